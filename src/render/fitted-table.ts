import { harmless, type Paint } from './paint.ts'

/** A column of a table; numbers stand on the right, and text is cut where there is no room for it. */
export interface FittedColumn {
  readonly title: string
  readonly isNumber?: boolean
  readonly cells: readonly string[]
}

const BETWEEN = 2
const NARROWEST = 8

/** Columns side by side, their titles above, in lines of at most a width; texts from outside are made harmless. */
export const fittedTable = (columns: readonly FittedColumn[], width: number, paint: Paint, indent = '  '): string[] => {
  const cleaned = columns.map(column => ({ ...column, cells: column.cells.map(oneLine) }))
  const widths = widthsOf(cleaned, width - indent.length)
  const line = (cells: readonly string[]): string =>
    `${indent}${cells
      .map((cell, index) => {
        const room = widths[index] ?? 0
        const text = cutText(cell, room)
        return columns[index]?.isNumber === true ? text.padStart(room) : text.padEnd(room)
      })
      .join(' '.repeat(BETWEEN))}`.trimEnd()
  const rows = cleaned[0]?.cells.length ?? 0
  return [
    paint.dim(line(columns.map(({ title }) => title))),
    ...Array.from({ length: rows }, (_, row) => line(cleaned.map(({ cells }) => cells[row] ?? '')))
  ]
}

/** A text in at most so many characters, its end left out where it is longer. */
export const cutText = (text: string, room: number): string =>
  text.length <= room ? text : `${text.slice(0, Math.max(0, room - 3))}...`

// a table has one line for a row
const oneLine = (text: string): string =>
  harmless(text).replace(/[\n\t]/g, character => (character === '\n' ? '\\n' : '\\t'))

const widthsOf = (columns: readonly FittedColumn[], room: number): number[] => {
  const widths = columns.map(({ title, cells }) => Math.max(title.length, ...cells.map(cell => cell.length)))
  const total = (): number => widths.reduce((sum, each) => sum + each, 0) + BETWEEN * (widths.length - 1)
  while (total() > room) {
    const texts = widths.flatMap((each, index) =>
      columns[index]?.isNumber === true || each <= NARROWEST ? [] : [[each, index] as const]
    )
    // the widest gives first
    const [widest] = texts.sort(([a], [b]) => b - a)
    if (!widest) break
    const [second] = texts.slice(1)
    const over = total() - room
    const lowest = Math.max(NARROWEST, (second?.[0] ?? 0) - 1)
    widths[widest[1]] = Math.max(lowest, widest[0] - over)
  }
  return widths
}
