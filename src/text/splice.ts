import { AuditError } from '../errors.ts'

/** A piece of text that takes the place of the characters from `start` to `end`. */
export interface Splice {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** The order of splices in a text; insertions come before what begins at the same place. */
export const bySplice = (a: Splice, b: Splice): number => a.start - b.start || a.end - b.end

/** A text with its splices made. They must not overlap; of several at one place the insertions keep their order. */
export const splice = (text: string, splices: readonly Splice[]): string => {
  const ordered = splices.map((each, index) => ({ ...each, index })).sort((a, b) => bySplice(a, b) || a.index - b.index)
  let result = ''
  let done = 0
  for (const { start, end, text: insertion } of ordered) {
    if (start < done) throw new AuditError('IMPOSSIBLE', 'two edits overlap')
    result += text.slice(done, start) + insertion
    done = end
  }
  return result + text.slice(done)
}
