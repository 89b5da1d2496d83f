import type { Level, Stage } from '../audit/level.ts'

/** The resources of one API group that a rule selects; `''` is the core group. */
export interface GroupResources {
  readonly group: string
  readonly resources: readonly string[]
  readonly resourceNames: readonly string[]
}

/** One rule of a policy. An empty list selects everything, as an absent one does. */
export interface Rule {
  /** The 1-based line of the rule's first key. */
  readonly line: number
  readonly level: Level
  readonly users: readonly string[]
  readonly userGroups: readonly string[]
  readonly verbs: readonly string[]
  readonly resources: readonly GroupResources[]
  readonly namespaces: readonly string[]
  readonly nonResourceURLs: readonly string[]
  readonly omitStages: readonly Stage[]
  /** Null where the rule leaves it to the policy. */
  readonly omitManagedFields: boolean | null
}

/** An audit policy that the API server accepts. */
export interface Policy {
  readonly rules: readonly Rule[]
  readonly omitStages: readonly Stage[]
  readonly omitManagedFields: boolean
}

/** A policy as it was decoded: of the right shape, its words not yet checked. */
export interface DraftPolicy extends Omit<Policy, 'rules' | 'omitStages'> {
  readonly rules: readonly DraftRule[]
  readonly omitStages: readonly string[]
}

/** A rule as it was decoded, its level and stages not yet checked. */
export interface DraftRule extends Omit<Rule, 'level' | 'omitStages'> {
  readonly level: string
  readonly omitStages: readonly string[]
}
