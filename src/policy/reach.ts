import type { Request } from '../audit/request.ts'
import { AuditError } from '../errors.ts'
import { bitsWhere, type Choice, choicesFrom, EMPTY_REQUEST, type Within } from './choices.ts'
import type { Policy, Rule } from './policy.ts'

/** Rules, one of each policy, that decide the same request; null where none of a policy's rules takes it. */
export interface ReachedDecision {
  readonly rules: readonly (number | null)[]
  /** One of the requests that they decide. */
  readonly request: Request
}

/**
 * Every combination of rules that decides some request, with one such request. Exact: rules compare words for equality and
 * with a few patterns, so requests fall into finitely many kinds, and each kind is tried, many at a time: after each part of
 * a request only the set of rules that are left counts, not how it came about. Throws TOO_COMPLEX for policies with so many
 * kinds of requests that it would take minutes: some hundred rules that each name many words of every sort.
 */
export const reachableDecisions = (policies: readonly Policy[], within: Within = {}): readonly ReachedDecision[] =>
  decisionsAmong(policies)([within])

/** As reachableDecisions, of requests within one bound or another; for several such questions about the same policies. */
export const decisionsAmong = (
  policies: readonly Policy[]
): ((bounds: readonly Within[]) => readonly ReachedDecision[]) => {
  const rules = policies.flatMap(policy => policy.rules)
  const ranges = rangesOf(policies)
  const choicesIn = choicesFrom(policies)
  const [whole, afterTarget, afterNamespace, afterVerb, afterUser] = [
    bitsWhere(rules, () => true),
    freeOf(rules, [NAMESPACES, VERBS, USERS, GROUPS]),
    freeOf(rules, [VERBS, USERS, GROUPS]),
    freeOf(rules, [USERS, GROUPS]),
    freeOf(rules, [GROUPS])
  ]
  let left = MOST_STEPS
  const narrow = <T>(
    states: States,
    tried: readonly Choice<T>[],
    part: (value: T) => Partial<Request>,
    free: bigint
  ) => {
    left -= states.size * tried.length
    if (left < 0) throw new AuditError('TOO_COMPLEX', 'the rules tell too many kinds of requests apart to try them all')
    return narrowBy(states, tried, part, mask => prune(mask, ranges, free))
  }
  const start: States = new Map([[whole, EMPTY_REQUEST]])
  const reachIn = (within: Within): States[] => {
    const choices = choicesIn(within)
    const forTargets = narrow(start, choices.targets, target => ({ ...target, resourceRequest: true }), afterTarget)
    const inNamespaces = narrow(forTargets, choices.namespaces, namespace => ({ namespace }), afterNamespace)
    const forResources = narrow(inNamespaces, choices.verbs, verb => ({ verb }), afterVerb)
    const forPaths = narrow(start, choices.paths, path => ({ path }), afterNamespace)
    return [forResources, narrow(forPaths, choices.pathVerbs, verb => ({ verb }), afterVerb)].map(states =>
      narrow(states, choices.users, user => ({ user }), afterUser)
    )
  }
  return bounds => {
    left = MOST_STEPS
    const found = new Map<string, ReachedDecision>()
    const tried = new Set<bigint>()
    for (const states of bounds.flatMap(reachIn)) {
      for (const [mask, request] of states) {
        if (tried.has(mask)) continue
        tried.add(mask)
        for (const reached of decisionsIn(policies, ranges, mask, request)) {
          const key = reached.rules.join()
          if (!found.has(key)) found.set(key, reached)
        }
      }
    }
    return [...found.values()]
  }
}

/** What reachableDecisions finds, or null where it would take too long. */
export const reachedDecisions = (
  policies: readonly Policy[],
  within: Within = {}
): readonly ReachedDecision[] | null => {
  try {
    return reachableDecisions(policies, within)
  } catch (error) {
    if (error instanceof AuditError && error.code === 'TOO_COMPLEX') return null
    throw error
  }
}

/** How many sets of rules are formed at most: a second or two. */
const MOST_STEPS = 2_000_000

/** Sets of rules that are left, each with a request that leaves them. */
type States = ReadonlyMap<bigint, Request>

type Lists = readonly ((rule: Rule) => readonly string[])[]
const NAMESPACES = (rule: Rule): readonly string[] => rule.namespaces
const VERBS = (rule: Rule): readonly string[] => rule.verbs
const USERS = (rule: Rule): readonly string[] => rule.users
const GROUPS = (rule: Rule): readonly string[] => rule.userGroups

/** Where each policy's rules stand among all of them. */
interface Range {
  readonly start: number
  readonly mask: bigint
}

const rangesOf = (policies: readonly Policy[]): readonly Range[] => {
  const ranges: Range[] = []
  let start = 0
  for (const { rules } of policies) {
    ranges.push({ start, mask: ((1n << BigInt(rules.length)) - 1n) << BigInt(start) })
    start += rules.length
  }
  return ranges
}

const freeOf = (rules: readonly Rule[], later: Lists): bigint =>
  bitsWhere(rules, rule => later.every(listOf => listOf(rule).length === 0))

// a rule with nothing left to ask for decides: what comes after it in its policy does not count
const prune = (mask: bigint, ranges: readonly Range[], free: bigint): bigint => {
  let left = 0n
  for (const range of ranges) {
    const own = mask & range.mask
    const decided = own & free
    left |= decided === 0n ? own : own & (((decided & -decided) << 1n) - 1n)
  }
  return left
}

const narrowBy = <T>(
  states: States,
  tried: readonly Choice<T>[],
  part: (value: T) => Partial<Request>,
  prune: (mask: bigint) => bigint
): States => {
  const next = new Map<bigint, Request>()
  for (const [mask, request] of states) {
    for (const { value, rules } of tried) {
      const left = prune(mask & rules)
      if (!next.has(left)) next.set(left, { ...request, ...part(value) })
    }
  }
  return next
}

// groups: a request may have any set of them, so which rules can decide is a matter of which groups it must not have
function* decisionsIn(
  policies: readonly Policy[],
  ranges: readonly Range[],
  mask: bigint,
  request: Request
): Generator<ReachedDecision> {
  const walk = function* (index: number, taken: Taken): Generator<ReachedDecision> {
    const policy = policies[index]
    if (policy === undefined) {
      const groups = groupsFor(taken)
      if (groups) yield { rules: taken.rules, request: { ...request, groups } }
      return
    }
    for (const step of stepsIn(policy, ranges[index]?.start ?? 0, mask, taken)) yield* walk(index + 1, step)
  }
  yield* walk(0, { rules: [], avoided: new Set(), wanted: [] })
}

/** Who decides so far, the groups that the sender must not be in, and lists of which one group each is needed. */
interface Taken {
  readonly rules: readonly (number | null)[]
  readonly avoided: ReadonlySet<string>
  readonly wanted: readonly (readonly string[])[]
}

function* stepsIn(policy: Policy, start: number, mask: bigint, taken: Taken): Generator<Taken> {
  const avoided = new Set(taken.avoided)
  for (const [index, rule] of policy.rules.entries()) {
    if (((mask >> BigInt(start + index)) & 1n) === 0n) continue
    const rules = [...taken.rules, index]
    if (rule.userGroups.length === 0) {
      yield { rules, avoided, wanted: taken.wanted }
      return
    }
    if (rule.userGroups.some(group => !avoided.has(group))) {
      yield { rules, avoided: new Set(avoided), wanted: [...taken.wanted, rule.userGroups] }
    }
    for (const group of rule.userGroups) avoided.add(group)
  }
  yield { rules: [...taken.rules, null], avoided, wanted: taken.wanted }
}

const groupsFor = ({ avoided, wanted }: Taken): readonly string[] | undefined => {
  const groups = new Set<string>()
  for (const list of wanted) {
    const group = list.find(each => groups.has(each)) ?? list.find(each => !avoided.has(each))
    if (group === undefined) return undefined
    groups.add(group)
  }
  return [...groups]
}
