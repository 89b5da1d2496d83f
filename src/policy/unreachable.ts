import { isForPaths, isForResources } from './evaluate.ts'
import type { Policy, Rule } from './policy.ts'
import { reachableDecisions } from './reach.ts'

/** A rule that decides no request, and the earlier ones that together take all that it would match. */
export interface UnreachableRule {
  readonly rule: number
  readonly hiddenBy: readonly number[]
}

/** The rules of a policy that no request gets to. Exact: see reachableDecisions. */
export const unreachableRules = (policy: Policy): UnreachableRule[] => {
  const reached = new Set(reachableDecisions([policy]).map(({ rules }) => rules[0]))
  return policy.rules.flatMap((_, rule) => (reached.has(rule) ? [] : [{ rule, hiddenBy: hidersOf(policy, rule) }]))
}

/** The earlier rules that take requests which a rule would match. */
export const hidersOf = (policy: Policy, rule: number): number[] => {
  const own = policy.rules[rule]
  if (own === undefined) return []
  const at = policy.rules.flatMap((other, index) => (index < rule && mayMeet(other, own) ? [index] : []))
  const before = { ...policy, rules: at.flatMap(index => policy.rules[index] ?? []) }
  // what the rule would match are the requests that a policy of it alone decides
  const hiders = reachableDecisions([before, { ...policy, rules: [own] }])
    .filter(({ rules }) => rules[1] === 0)
    .flatMap(({ rules: [hider = null] }) => (hider === null ? [] : (at[hider] ?? [])))
  return [...new Set(hiders)].sort((a, b) => a - b)
}

/** False where no request can match both rules, as a first look at their lists tells. */
const mayMeet = (a: Rule, b: Rule): boolean =>
  meet(a.verbs, b.verbs) &&
  meet(a.users, b.users) &&
  meet(a.namespaces, b.namespaces) &&
  !(isForPaths(a) && isForResources(b)) &&
  !(isForResources(a) && isForPaths(b)) &&
  (groupsOf(a).includes('*') || groupsOf(b).includes('*') || meet(groupsOf(a), groupsOf(b)))

const groupsOf = (rule: Rule): readonly string[] => rule.resources.map(entry => entry.group)

const meet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === 0 || b.length === 0 || a.some(word => b.includes(word))
