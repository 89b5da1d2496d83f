import type { Level } from '../../audit/level.ts'
import type { Request } from '../../audit/request.ts'
import { recordedStages } from '../../audit/stages.ts'
import type { Within } from '../choices.ts'
import { decisionOf, isForPaths, matchesEntry, matchesGroups, matchesUser, type Target } from '../evaluate.ts'
import type { Policy, Rule } from '../policy.ts'
import { reachableDecisions } from '../reach.ts'

/** Some of a policy's rules, as a policy: its rule n was rule `at[n]`. */
export interface Narrowed {
  readonly policy: Policy
  readonly at: readonly number[]
}

const keep = (policy: Policy, isMeant: (rule: Rule, index: number) => boolean): Narrowed => {
  const at = policy.rules.flatMap((rule, index) => (isMeant(rule, index) ? [index] : []))
  return { policy: { ...policy, rules: at.flatMap(index => policy.rules[index] ?? []) }, at }
}

/** A policy without some of its rules. */
export const withoutRules = (policy: Policy, left: ReadonlySet<number>): Narrowed =>
  keep(policy, (_, index) => !left.has(index))

/** A policy as it is for one sender: without the rules for others, and without a word about who. */
export const policyFor = (policy: Policy, sender: Pick<Request, 'user' | 'groups'>): Narrowed => {
  const own = keep(policy, rule => matchesUser(rule, sender.user) && matchesGroups(rule, sender))
  const rules = own.policy.rules.map(rule => ({ ...rule, users: [], userGroups: [] }))
  return { policy: { ...policy, rules }, at: own.at }
}

type Kind = Pick<Target, 'apiGroup' | 'resource' | 'subresource'>

const mayMatch = (rule: Rule, kind: Kind): boolean =>
  !isForPaths(rule) &&
  (rule.resources.length === 0 ||
    rule.resources.some(entry => matchesEntry({ ...entry, resourceNames: [] }, { ...kind, name: '' })))

/** A rule that decides some request, with one of those requests and what it makes of it. */
export interface Reached {
  readonly rule: number | null
  readonly level: Level
  readonly request: Request
  /** False where every stage of the request is omitted, taken as a long-running one. */
  readonly isLogged: boolean
}

/** The rules of a policy that decide some of the requests within bounds. Exact, as reachableDecisions is. */
export const reachedRules = (policy: Policy, within: Within = {}): readonly Reached[] => {
  const { targets, verbs } = within
  // rules that cannot match only cost time
  const some = keep(
    policy,
    rule =>
      (targets === undefined || targets.some(kind => mayMatch(rule, kind))) &&
      (verbs === undefined || rule.verbs.length === 0 || rule.verbs.some(verb => verbs.includes(verb)))
  )
  return reachableDecisions([some.policy], within).map(({ rules: [index = null], request }) => {
    const rule = index === null ? null : (some.at[index] ?? null)
    const decision = decisionOf(policy, rule)
    const asLong = request.user === null ? request : { ...request, verb: 'watch' }
    return { rule, level: decision.level, request, isLogged: recordedStages(asLong, decision).length > 0 }
  })
}
