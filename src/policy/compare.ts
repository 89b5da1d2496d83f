import type { Request } from '../audit/request.ts'
import { type Decision, decisionOf, evaluate } from './evaluate.ts'
import { plainRequest } from './plain-request.ts'
import type { Policy } from './policy.ts'
import { reachableDecisions } from './reach.ts'

/** Whether two policies record the same; where they do not, a request on which they differ and what each decides. */
export type Comparison =
  | { readonly kind: 'equal' }
  | { readonly kind: 'different'; readonly request: Request; readonly a: Decision; readonly b: Decision }

/**
 * Compares what two policies record of every possible request: the level, and, where something is recorded, the omitted
 * stages and, where bodies are, whether their managed fields are left out. Exact: see reachableDecisions.
 */
export const comparePolicies = (a: Policy, b: Policy): Comparison => {
  const differ = (request: Request): boolean => !recordsTheSame(evaluate(a, request), evaluate(b, request))
  const found = reachableDecisions([a, b]).find(
    ({ rules }) => !recordsTheSame(decisionOf(a, rules[0] ?? null), decisionOf(b, rules[1] ?? null))
  )
  if (found === undefined) return { kind: 'equal' }
  const request = plainRequest(found.request, differ)
  return { kind: 'different', request, a: evaluate(a, request), b: evaluate(b, request) }
}

/** True for decisions that leave the same events. */
export const recordsTheSame = (a: Decision, b: Decision): boolean => {
  if (a.level !== b.level) return false
  if (a.level === 'None') return true
  const hasBodies = a.level === 'Request' || a.level === 'RequestResponse'
  return a.omitStages.join() === b.omitStages.join() && (!hasBodies || a.omitManagedFields === b.omitManagedFields)
}
