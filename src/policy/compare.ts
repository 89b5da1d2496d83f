import { LONG_RUNNING, stagesOf } from '../audit/stages.ts'
import type { Stage } from '../audit/level.ts'
import type { Request } from '../audit/request.ts'
import { plainUsersOf, type Within } from './choices.ts'
import { type Decision, decisionOf, evaluate } from './evaluate.ts'
import { plainRequest } from './plain-request.ts'
import type { Policy } from './policy.ts'
import { reachableDecisions, type ReachedDecision } from './reach.ts'

/** Whether two policies record the same; where they do not, a request on which they differ and what each decides. */
export type Comparison =
  | { readonly kind: 'equal' }
  | { readonly kind: 'different'; readonly request: Request; readonly a: Decision; readonly b: Decision }

/**
 * Compares what two policies record of every possible request: the level, the stages that such a request goes through and,
 * of a resource at a level with bodies, whether their managed fields are left out. Exact: see reachableDecisions, which
 * throws TOO_COMPLEX.
 */
export const comparePolicies = (a: Policy, b: Policy): Comparison => {
  const differs = (request: Request): boolean => !recordsTheSame(request, evaluate(a, request), evaluate(b, request))
  const found = findDifference(a, b, differs)
  if (found === undefined) return { kind: 'equal' }
  const request = plainRequest(found, differs)
  return { kind: 'different', request, a: evaluate(a, request), b: evaluate(b, request) }
}

const findDifference = (a: Policy, b: Policy, differs: (request: Request) => boolean): Request | undefined => {
  const all = reachableDecisions([a, b])
  const found = all.find(({ request }) => differs(request))
  // decisions that differ, on a request that does not show it
  const hidden = all.filter(({ rules }) =>
    isOtherDecision(decisionOf(a, rules[0] ?? null), decisionOf(b, rules[1] ?? null))
  )
  if (found || hidden.length === 0) return found?.request
  const isHidden = ({ rules }: ReachedDecision): boolean => hidden.some(each => each.rules.join() === rules.join())
  for (const within of kindsOf([a, b])) {
    const shown = reachableDecisions([a, b], within).find(each => isHidden(each) && differs(each.request))
    if (shown) return shown.request
  }
  return undefined
}

/** Requests that go through other stages than most, and those whose sender is known. */
const kindsOf = (policies: readonly Policy[]): Within[] => {
  const users = plainUsersOf(policies)
  const { verbs, subresources, path } = LONG_RUNNING
  return [{ users }, { users, verbs }, { users, subresources }, { users, pathPrefix: path }, { users: [null] }]
}

const isOtherDecision = (a: Decision, b: Decision): boolean =>
  a.level !== b.level || a.omitStages.join() !== b.omitStages.join() || a.omitManagedFields !== b.omitManagedFields

/** True for decisions that leave the same events of a request. */
export const recordsTheSame = (request: Request, a: Decision, b: Decision): boolean => {
  const [own, other] = [eventsOf(request, a), eventsOf(request, b)]
  if (own.length === 0 && other.length === 0) return true
  if (a.level !== b.level || own.join() !== other.join()) return false
  const hasBodies = request.resourceRequest && (a.level === 'Request' || a.level === 'RequestResponse')
  return !hasBodies || a.omitManagedFields === b.omitManagedFields
}

// a handler may fail, and then Panic comes in the place of ResponseComplete; not so behind a failed authentication
const eventsOf = (request: Request, { level, omitStages }: Decision): Stage[] => {
  if (level === 'None') return []
  const stages: readonly Stage[] = request.user === null ? stagesOf(request) : [...stagesOf(request), 'Panic']
  return stages.filter(stage => !omitStages.includes(stage))
}
