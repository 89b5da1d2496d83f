/** How a column of a table stands. */
export interface Column {
  readonly title: string
  readonly isRight?: boolean
  /** How its cells are painted, when they have their width. */
  readonly paint?: (text: string, row: number) => string
}

/** A table with two blanks between its columns; the last one is not filled up. */
export const tableLines = (
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  head: (text: string) => string
): string[] => {
  const widths = columns.map(({ title }, index) => Math.max(title.length, ...rows.map(row => row[index]?.length ?? 0)))
  const line = (cells: readonly string[], paint: (cell: string, column: number) => string): string =>
    columns
      .map(({ isRight }, index) => {
        const [cell, width] = [cells[index] ?? '', widths[index] ?? 0]
        const isLast = index === columns.length - 1
        return paint(isRight === true ? cell.padStart(width) : isLast ? cell : cell.padEnd(width), index)
      })
      .join('  ')
      .trimEnd()
  return [
    line(
      columns.map(({ title }) => title),
      cell => head(cell)
    ),
    ...rows.map((row, at) => line(row, (cell, index) => columns[index]?.paint?.(cell, at) ?? cell))
  ]
}
