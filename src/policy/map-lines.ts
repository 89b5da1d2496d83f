import { goNodeAt, parseGoSource } from '../text/go-source.ts'
import { positionAt } from '../text/source.ts'
import { lineOfMapping } from './fault.ts'

/** The 1-based lines on which a rule begins and ends. */
export interface RuleLines {
  readonly first: number
  readonly last: number
}

/** The lines of the first rules of an accepted policy's text. */
export const ruleLines = (text: string, file: string, count: number): RuleLines[] => {
  const source = parseGoSource(text, file)
  return Array.from({ length: count }, (_, index) => {
    const path = ['rules', index]
    const first = lineOfMapping(source, path)
    const node = goNodeAt(source, path)
    return { first, last: node ? Math.max(first, positionAt(text, node.end).line) : first }
  })
}
