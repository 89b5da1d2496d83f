import type { HostPath } from '../../paths.ts'
import type { Shortfall } from '../drill.ts'
import type { Seen } from '../seen.ts'

/** A line of a file of columns. */
export interface CommaLine {
  /** Counted from 1. */
  readonly line: number
  readonly columns: readonly string[]
}

/** The lines of a file of the node that are not empty, their columns without the blanks around them; or that it is not there. */
export const commaLines = (seen: Seen, file: HostPath): readonly CommaLine[] | Shortfall => {
  const text = seen.text(file)
  if (text === null) return { code: 'no-answers', found: `${file} is not there`, file }
  const lines = text
    .split(/\r?\n/)
    .map((each, index) => ({ line: index + 1, columns: each.split(',').map(column => column.trim()) }))
    .filter(({ columns }) => columns.some(column => column !== ''))
  return lines.length > 0 ? lines : { code: 'no-answers', found: `${file} is empty`, file }
}
