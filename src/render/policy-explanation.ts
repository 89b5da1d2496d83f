import type { Request } from '../audit/request.ts'
import type { Explanation, Verdict } from '../policy/explanation.ts'
import { codeLines } from './code-frame.ts'
import { LEVEL_WORDS, levelText } from './level.ts'
import { harmless, type Paint, wrapText } from './paint.ts'
import { requestSentence } from './request-words.ts'

/** A policy's text, and on which lines a rule of it stands. */
export interface RuleSource {
  readonly file: string
  readonly lines: readonly string[]
  readonly placeOf: (rule: number | null) => { readonly first: number; readonly last: number } | undefined
}

/** A rule with its place: `rules[2], policy.yaml:14`. */
export const rulePlace = ({ rule, line }: Pick<Verdict, 'rule' | 'line'>, file: string): string =>
  rule === null || line === null ? 'no rule matches' : harmless(`rules[${rule}], ${file}:${line}`)

/** What a policy does with a request, the rule that says so, and why no earlier one does. */
export const explanationLines = (
  request: Request,
  explanation: Explanation,
  source: RuleSource,
  paint: Paint,
  width: number
): string[] => {
  const { level, rule, why } = explanation
  const place = source.placeOf(rule)
  return [
    ...wrapText(harmless(requestSentence(request)), width, '  '),
    '',
    `${levelText(level, paint, 9)} ${rulePlace(explanation, source.file)}`,
    ...factLines(explanation, paint, width),
    ...(place ? ['', ...codeLines(source.lines, place, paint, width)] : []),
    ...(why.length > 0 ? ['', ...passedLines(explanation, paint, width)] : [])
  ]
}

const factLines = (explanation: Explanation, paint: Paint, width: number): string[] => {
  const { level, stages, omitStages, omitManagedFields } = explanation
  const omitted = omitStages.length === 0 ? '' : `; ${omitStages.join(', ')} omitted`
  const at = stages.length === 0 ? 'at no stage: nothing is written' : `at ${stages.join(', ')}`
  const hasBodies = level === 'Request' || level === 'RequestResponse'
  const facts = [
    LEVEL_WORDS[level],
    ...(level === 'None' ? [] : [`${at}${omitted}`]),
    ...(omitManagedFields && hasBodies ? ['managedFields are left out of the bodies'] : [])
  ]
  return facts.flatMap(fact => wrapText(fact, width - 10).map(line => paint.dim(`          ${line}`)))
}

const passedLines = ({ rule, why }: Explanation, paint: Paint, width: number): string[] => [
  rule === null
    ? 'No rule matches:'
    : why.length === 1
      ? 'The earlier rule does not match:'
      : 'The earlier rules do not match:',
  ...why.flatMap(({ rule: index, line, field, message }) => {
    const place = `  rules[${index}]`.padEnd(12)
    const [first = '', ...rest] = wrapText(harmless(`line ${line}, ${field}: ${message}`), width - 12)
    return [`${paint.dim(place)}${first}`, ...rest.map(each => `${' '.repeat(12)}${each}`)]
  })
]

/** One request and its verdict on one line, for many of them. */
export const verdictLine = (request: Request, verdict: Verdict, paint: Paint): string =>
  `${levelText(verdict.level, paint, 15)} ${(verdict.rule === null ? 'no rule' : `rules[${verdict.rule}]`).padEnd(9)} ${harmless(requestSentence(request))}`
