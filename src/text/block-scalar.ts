import { type Document, type Scalar, visit } from 'yaml'

/** Whether a scalar is written with `|` or `>`. */
export const isBlockScalar = ({ type }: Scalar): boolean => type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED'

/** The block scalar (`|`, `>`) whose header, lines or last line break an offset is in. */
export const blockScalarAt = (document: Document.Parsed, offset: number): Scalar | undefined => {
  let found: Scalar | undefined
  visit(document, {
    Scalar: (_, scalar) => {
      const { range } = scalar
      if (!isBlockScalar(scalar) || !range || offset < range[0] || offset >= range[1]) return undefined
      found = scalar
      return visit.BREAK
    }
  })
  return found
}

/** How a block scalar is written. */
export interface BlockScalarShape {
  /** The column (0-based) of its lines, or of the leftmost that a line could have where it has none. */
  readonly column: number
  /** All its lines are blank, or it has none. */
  readonly isEmpty: boolean
  /** The chomping indicator: `-`, to which the line break behind it is no text, `+`, to which all are, or none. */
  readonly chomping: string
}

/** How a block scalar of a parsed text is written. */
export const shapeOf = (text: string, { range, srcToken }: Scalar): BlockScalarShape => {
  const [header = '', ...lines] = text.slice(range?.[0], range?.[1]).split('\n')
  const [, chomping = ''] = /^[|>]\d?([-+]?)/.exec(header) ?? []
  const [, indicator] = /^[|>][-+]?(\d)/.exec(header) ?? []
  const outer = srcToken && 'indent' in srcToken ? srcToken.indent : 0
  const first = lines.find(line => line.trim() !== '')
  const column = indicator === undefined ? first?.search(/\S/) : outer + Number(indicator)
  return { column: column ?? outer + 1, isEmpty: first === undefined, chomping }
}

/** Whether a line behind a block scalar would be one of its lines, and not only a comment or a blank line. */
export const isLineOf = (line: string, { column, isEmpty }: BlockScalarShape): boolean => {
  const indent = line.search(/[^ ]|$/)
  return indent < line.length ? indent >= column : indent > column && !isEmpty
}

/** Where a block scalar of a parsed text ends: behind its last line, and with `+` behind the last of its blank lines. */
export const blockScalarEnd = (text: string, scalar: Scalar): number => {
  const shape = shapeOf(text, scalar)
  const to = scalar.range?.[1] ?? 0
  if (shape.chomping === '+') return to - (/\r?\n$/.exec(text.slice(scalar.range?.[0], to))?.[0].length ?? 0)
  let end = to
  for (;;) {
    const feed = text.lastIndexOf('\n', end - 1)
    const line = text.slice(feed + 1, end)
    if (feed < (scalar.range?.[0] ?? 0) || line.trim() !== '' || isLineOf(line, shape)) return end
    end = text[feed - 1] === '\r' ? feed - 1 : feed
  }
}
