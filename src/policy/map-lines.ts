import { goNodeAt, type GoSource, parseGoPlaces } from '../text/go-source.ts'
import { positionAt } from '../text/source.ts'
import { mappingLines } from './fault.ts'

/** The 1-based lines on which a rule begins and ends. */
export interface RuleLines {
  readonly first: number
  readonly last: number
}

/** The lines of a rule whose first line is known. */
export const ruleLinesFrom = (source: GoSource, rule: number, first: number): RuleLines => {
  const node = goNodeAt(source, ['rules', rule])
  return { first, last: node ? Math.max(first, positionAt(source.text, node.end).line) : first }
}

/** The lines of the first rules of an accepted policy's text. */
export const ruleLines = (text: string, file: string, count: number): RuleLines[] => {
  const source = parseGoPlaces(text, file)
  const lineOf = mappingLines(source)
  return Array.from({ length: count }, (_, rule) => ruleLinesFrom(source, rule, lineOf(['rules', rule])))
}
