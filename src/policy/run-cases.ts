import type { Case } from './cases.ts'
import { explain, type Explanation } from './explanation.ts'
import { evaluate } from './evaluate.ts'
import type { Policy } from './policy.ts'

/** One thing that a policy does otherwise than a case wants. */
export interface Miss {
  readonly what: 'level' | 'rule' | 'stages'
  readonly wanted: string
  readonly found: string
}

/** What a policy does with a case; passed where nothing is missed. */
export interface CaseResult {
  readonly test: Case
  readonly explanation: Explanation
  readonly misses: readonly Miss[]
}

/** Tries every case on a policy. */
export const runCases = (policy: Policy, cases: readonly Case[]): CaseResult[] =>
  cases.map(test => {
    const explanation = explain(policy, test.request, request => evaluate(policy, request))
    return { test, explanation, misses: missesOf(test, explanation) }
  })

/** A rule by its place in the file's list, as in `rules[2]`. */
export const ruleName = (rule: number | null): string => (rule === null ? 'no rule' : `rules[${rule}]`)

const missesOf = ({ level, rule, stages }: Case, found: Explanation): Miss[] => {
  const misses: Miss[] = []
  if (level !== found.level) misses.push({ what: 'level', wanted: level, found: found.level })
  if (rule !== undefined && rule !== found.rule)
    misses.push({ what: 'rule', wanted: ruleName(rule), found: ruleName(found.rule) })
  if (stages !== undefined && stages.join() !== found.stages.join())
    misses.push({ what: 'stages', wanted: stageNames(stages), found: stageNames(found.stages) })
  return misses
}

const stageNames = (stages: readonly string[]): string => (stages.length > 0 ? stages.join(', ') : 'none')
