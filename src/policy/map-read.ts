/** Which cell: indexes into the lists of a map. */
export interface MapPlace {
  readonly sender: number
  readonly namespace: number
  readonly row: number
  readonly column: number
}

/**
 * The deciding rule of every cell, each thing said once. A line is a row of the picture: the rule of each column, NO_RULE or
 * NO_REQUEST. The first sheet has a line for each row; other sheets say what differs, and lead to the one that they are
 * compared with: the first sender's in the same namespace, and for the first sender the first namespace's.
 */
export interface MapCells {
  readonly lines: readonly (readonly number[])[]
  /** By sender: the index of the sheets that hold for it. */
  readonly kinds: readonly number[]
  /** By kind of sender and by namespace: row, line, row, line, and so on. */
  readonly sheets: readonly (readonly (readonly number[])[])[]
}

export const NO_RULE = -1
export const NO_REQUEST = -2

/** A function that gives the rule of a cell, NO_RULE or NO_REQUEST. */
export const cellReader = (cells: MapCells): ((place: MapPlace) => number) => {
  const whole = new Map<string, readonly number[]>()
  const sheetOf = (kind: number, namespace: number): readonly number[] => {
    const key = `${kind} ${namespace}`
    const known = whole.get(key)
    if (known) return known
    const base = kind + namespace === 0 ? [] : kind === 0 ? sheetOf(0, 0) : sheetOf(0, namespace)
    const sheet = withDifferences(base, cells.sheets[kind]?.[namespace] ?? [])
    whole.set(key, sheet)
    return sheet
  }
  return ({ sender, namespace, row, column }) => {
    const line = sheetOf(cells.kinds[sender] ?? 0, namespace)[row] ?? -1
    return cells.lines[line]?.[column] ?? NO_REQUEST
  }
}

const withDifferences = (base: readonly number[], differences: readonly number[]): number[] => {
  const sheet = [...base]
  for (let index = 0; index < differences.length; index += 2)
    sheet[differences[index] ?? 0] = differences[index + 1] ?? 0
  return sheet
}

/** The rows in which a sender's sheet differs from that of anyone else in the same namespace. */
export const rowsApart = ({ kinds, sheets }: MapCells, sender: number, namespace: number): number[] => {
  const kind = kinds[sender] ?? 0
  return kind === 0 ? [] : (sheets[kind]?.[namespace] ?? []).filter((_, index) => index % 2 === 0)
}
