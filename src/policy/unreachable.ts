import type { Policy } from './policy.ts'
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

// what the rule would match are the requests that a policy of it alone decides
const hidersOf = (policy: Policy, rule: number): number[] => {
  const own = policy.rules.slice(rule, rule + 1)
  const before = { ...policy, rules: policy.rules.slice(0, rule) }
  const hiders = reachableDecisions([before, { ...policy, rules: own }])
    .filter(({ rules }) => rules[1] === 0)
    .flatMap(({ rules }) => rules[0] ?? [])
  return [...new Set(hiders)].sort((a, b) => a - b)
}
