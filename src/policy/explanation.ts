import type { Level, Stage } from '../audit/level.ts'
import type { Request } from '../audit/request.ts'
import { recordedStages } from '../audit/stages.ts'
import type { Decision } from './evaluate.ts'
import type { Policy } from './policy.ts'
import { type Passed, passedRules } from './why.ts'

/** What a policy does with one request. */
export interface Verdict {
  /** The 0-based index of the rule that decides, null where none does. */
  readonly rule: number | null
  /** The 1-based line of the rule's first key. */
  readonly line: number | null
  readonly level: Level
  /** Those of the policy and of the rule together, in stage order. */
  readonly omitStages: readonly Stage[]
  /** Those at which an event is written. */
  readonly stages: readonly Stage[]
  readonly omitManagedFields: boolean
}

/** What a policy does with one request, and why no earlier rule decides it. */
export interface Explanation extends Verdict {
  readonly why: readonly Passed[]
}

/** A decision as people and programs read it, with the line of its rule and the stages that it leaves. */
export const verdictOf = (policy: Policy, request: Request, decision: Decision): Verdict => ({
  rule: decision.rule,
  line: policy.rules[decision.rule ?? -1]?.line ?? null,
  level: decision.level,
  omitStages: decision.omitStages,
  stages: recordedStages(request, decision),
  omitManagedFields: decision.omitManagedFields
})

/** Why a policy decides a request as it does; `decide` is evaluate or what compilePolicy gives. */
export const explain = (policy: Policy, request: Request, decide: (request: Request) => Decision): Explanation => {
  const decision = decide(request)
  return { ...verdictOf(policy, request, decision), why: passedRules(policy, decision.rule, request) }
}
