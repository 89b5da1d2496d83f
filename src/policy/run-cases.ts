import type { Finding } from '../finding.ts'
import type { Case } from './cases.ts'
import { type Doubt, doubtsAbout } from './doubts.ts'
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

/** What in the cases cannot come from an API server: a case may pass and prove nothing. */
export const doubtfulCases = (policy: Policy, cases: readonly Case[], file: string): Finding[] =>
  cases.flatMap(({ request, line }) => doubtsAbout(request, policy).map(doubt => ({ ...findingOf(doubt), file, line })))

const findingOf = ({ about, message, instead }: Doubt): Finding => {
  // who sends a request may be left open; what it asks for may not
  const severity = about === 'groups' ? 'info' : 'warning'
  const parts = Object.entries(instead).filter(([key, value]) => key !== 'subresource' || value !== '')
  const words = parts.map(
    ([key, value]) => `${key}: ${typeof value === 'string' ? word(value) : `[${value.join(', ')}]`}`
  )
  return {
    code: `cases-doubtful-${about}`,
    severity,
    message,
    ...(words.length === 0 ? {} : { remediation: `write ${words.join(', ')}` })
  }
}

const word = (text: string): string => (text === '' ? '""' : text)
