import { keysOfRequest } from '../audit/asked-request.ts'
import type { CaseResult } from '../policy/run-cases.ts'
import { codeLines } from './code-frame.ts'
import { levelText } from './level.ts'
import { harmless, type Paint, wrapText } from './paint.ts'
import { type RuleSource, rulePlace } from './policy-explanation.ts'
import { explainCommand, requestSentence } from './request-words.ts'

/** How a policy did on its cases: each that failed with the rule that decided, and how many passed. */
export const policyTestLines = (
  results: readonly CaseResult[],
  cases: string,
  source: RuleSource,
  paint: Paint,
  width: number
): string[] => {
  const failed = results.filter(({ misses }) => misses.length > 0)
  const more = failed.length - SHOWN
  const count = `${results.length - failed.length} of ${results.length} passed`
  return [
    ...failed.slice(0, SHOWN).flatMap(result => [...failureLines(result, cases, source, paint, width), '']),
    ...(more > 0 ? [`${more} more failed; all are in -o json`, ''] : []),
    `${paint.bold(harmless(source.file))}: ${failed.length === 0 ? paint.green(count) : paint.red(count)}`
  ]
}

/** How many failures are shown; who reads more has a program. */
const SHOWN = 20

const failureLines = (
  { test, explanation, misses }: CaseResult,
  cases: string,
  source: RuleSource,
  paint: Paint,
  width: number
): string[] => {
  const place = source.placeOf(explanation.rule)
  const head = `${paint.red(paint.bold('fail'))} ${paint.dim(harmless(`${cases}:${test.line}`))}`
  return [
    test.description === undefined ? head : `${head} ${harmless(test.description)}`,
    ...wrapText(harmless(requestSentence(test.request)), width - 2).map(line => `  ${line}`),
    ...misses.map(({ what, wanted, found }) => `  ${what}: wanted ${wanted}, found ${found}`),
    `  ${levelText(explanation.level, paint)} by ${rulePlace(explanation, source.file)}`,
    ...(place ? codeLines(source.lines, place, paint, width, 6) : []),
    '  to see why:',
    ...explainCommand(source.file, test.request, width - 4).map(line => `    ${harmless(line)}`)
  ]
}

/** One case's result for JSON. */
export const caseJson = ({ test, explanation, misses }: CaseResult): Record<string, unknown> => ({
  line: test.line,
  ...(test.description === undefined ? {} : { description: test.description }),
  passed: misses.length === 0,
  request: keysOfRequest(test.request),
  misses,
  explanation
})
