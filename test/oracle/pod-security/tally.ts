import type { PodCheck } from '../../../src/immutability/pod-security/pod-check.ts'
import { POD_CHECKS } from '../../../src/immutability/pod-security/pod-checks.ts'
import type { ServerVerdict } from './server.ts'

/** How often a form of a check allowed and forbade a pod. */
export interface Tally {
  /** `sysctls 1.27` */
  readonly form: string
  readonly allowed: number
  readonly forbidden: number
}

/** How often each form of each check allowed and forbade, by what the server says; those that were never asked too. */
export const tallyOf = (verdicts: readonly (readonly [minor: number, ServerVerdict])[]): Tally[] => {
  const counts = new Map(FORMS.map(form => [form, { allowed: 0, forbidden: 0 }]))
  for (const [minor, { baseline, restricted }] of verdicts) {
    for (const { asked, forbidden } of [baseline, restricted]) {
      const bad = new Set<string>(forbidden.map(({ id }) => id))
      for (const id of asked) {
        const count = counts.get(formAt(id, minor))
        if (count) count[bad.has(id) ? 'forbidden' : 'allowed'] += 1
      }
    }
  }
  return [...counts].map(([form, count]) => ({ form, ...count }))
}

/** The forms that did not do both, in words. */
export const untried = (tallies: readonly Tally[]): string[] =>
  tallies
    .filter(({ allowed, forbidden }) => allowed === 0 || forbidden === 0)
    .map(({ form, allowed, forbidden }) => `${form} allowed ${allowed} and forbade ${forbidden} pods`)

/** The first release of every form of a check. */
export const FORM_MINORS: readonly number[] = [
  ...new Set(POD_CHECKS.flatMap(({ forms }) => forms.map(({ since }) => since)))
].sort((a, b) => a - b)

const CHECKS: readonly PodCheck[] = POD_CHECKS
const FORMS = CHECKS.flatMap(({ id, forms }) => forms.map(({ since }) => `${id} 1.${since}`))

const formAt = (id: string, minor: number): string => {
  const form = CHECKS.find(check => check.id === id)?.forms.findLast(({ since }) => since <= minor)
  return `${id} 1.${form?.since ?? '?'}`
}
