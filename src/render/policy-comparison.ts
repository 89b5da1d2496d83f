import type { Request } from '../audit/request.ts'
import type { Verdict } from '../policy/explanation.ts'
import { codeLines } from './code-frame.ts'
import { levelText } from './level.ts'
import { harmless, type Paint, wrapText } from './paint.ts'
import { type RuleSource, rulePlace } from './policy-explanation.ts'
import { explainCommand, requestSentence } from './request-words.ts'

/** What one of two policies does with the request on which they differ. */
export interface Side {
  readonly verdict: Verdict
  readonly source: RuleSource
}

/** A request on which two policies differ, and the rule of each that decides it. */
export const differenceLines = (
  request: Request,
  sides: readonly [Side, Side],
  paint: Paint,
  width: number
): string[] => {
  const [a, b] = sides
  return [
    ...wrapText(harmless(`${a.source.file} and ${b.source.file} differ, for example on this request:`), width),
    ...wrapText(harmless(requestSentence(request)), width - 2).map(line => `  ${paint.bold(line)}`),
    ...sides.flatMap(side => ['', ...sideLines(side, paint, width)]),
    '',
    'To see why:',
    ...sides.flatMap(({ source }) => explainCommand(source.file, request, width - 2).map(line => `  ${harmless(line)}`))
  ]
}

const sideLines = ({ verdict, source }: Side, paint: Paint, width: number): string[] => {
  const place = source.placeOf(verdict.rule)
  const { level, stages, omitManagedFields } = verdict
  const facts = [
    ...(level === 'None' ? [] : [stages.length === 0 ? 'at no stage' : `at ${stages.join(', ')}`]),
    ...(omitManagedFields && level !== 'None' && level !== 'Metadata' ? ['without managedFields'] : [])
  ]
  return [
    `${levelText(level, paint, 15)} ${rulePlace(verdict, source.file)}`,
    ...(facts.length > 0 ? [paint.dim(`${' '.repeat(16)}${facts.join(', ')}`)] : []),
    ...(place ? codeLines(source.lines, place, paint, width, 6) : [])
  ]
}
