import { oneLine } from './paint.ts'
import { roomOn, type Screen } from './screen.ts'

/** A column of a table of rows; numbers stand on the right. */
export interface FittedColumn<Row> {
  readonly title: string
  readonly isNumber?: boolean
  /** Where text is cut for which there is no room; numbers never are. */
  readonly cut?: Cut | 'never'
  readonly cell: (row: Row) => string
  /** How a cell is painted that has its width. */
  readonly paint?: (text: string, row: Row) => string
}

type Cut = 'start' | 'end'

/** Columns side by side, their titles above, in lines that a screen has room for; texts from outside are made harmless. */
export const fittedTable = <Row>(
  rows: readonly Row[],
  columns: readonly FittedColumn<Row>[],
  screen: Screen,
  { head, indent = '' }: { readonly head: (text: string) => string; readonly indent?: string }
): string[] => {
  const texts = rows.map(row => columns.map(({ cell }) => oneLine(cell(row))))
  const widths = widthsOf(columns, texts, roomOn(screen, screen.width - indent.length))
  const fit = (isNumber: boolean | undefined, text: string, index: number, cut?: Cut | 'never'): string => {
    const room = widths[index] ?? 0
    const short = cutText(text, room, cut === 'start' ? cut : 'end')
    if (isNumber === true) return short.padStart(room)
    return index === columns.length - 1 ? short : short.padEnd(room)
  }
  const line = (cells: readonly string[]): string => `${indent}${cells.join(' '.repeat(BETWEEN))}`.trimEnd()
  return [
    head(line(columns.map(({ title, isNumber }, index) => fit(isNumber, title, index)))),
    ...rows.map((row, at) =>
      line(
        columns.map(({ isNumber, cut, paint }, index) => {
          const cell = fit(isNumber, texts[at]?.[index] ?? '', index, cut)
          return paint ? paint(cell, row) : cell
        })
      )
    )
  ]
}

/** A text in at most so many characters, with dots for what is left out of it. */
export const cutText = (text: string, room: number, cut: Cut = 'end'): string => {
  if (text.length <= room) return text
  const left = Math.max(0, room - 3)
  return cut === 'end' ? `${text.slice(0, left)}...` : `...${text.slice(text.length - left)}`
}

const BETWEEN = 2
const NARROWEST = 8

const widthsOf = (
  columns: readonly Pick<FittedColumn<never>, 'title' | 'isNumber' | 'cut'>[],
  texts: readonly (readonly string[])[],
  room: number
): number[] => {
  const widths = columns.map(({ title }, index) => Math.max(title.length, ...texts.map(row => row[index]?.length ?? 0)))
  const total = (): number => widths.reduce((sum, each) => sum + each, 0) + BETWEEN * (widths.length - 1)
  while (total() > room) {
    const wide = columns.flatMap(({ isNumber, cut }, index) => {
      const width = widths[index] ?? 0
      return isNumber === true || cut === 'never' || width <= NARROWEST ? [] : [[width, index] as const]
    })
    // the widest gives first
    const [widest, second] = wide.sort(([a], [b]) => b - a)
    if (!widest) break
    const over = total() - room
    const lowest = Math.max(NARROWEST, (second?.[0] ?? 0) - 1)
    widths[widest[1]] = Math.max(lowest, widest[0] - over)
  }
  return widths
}
