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

/** The block scalar that ends before an offset, with nothing but blanks between them. */
export const blockScalarBefore = (text: string, document: Document.Parsed, offset: number): Scalar | undefined =>
  blockScalarAt(document, text.slice(0, offset).trimEnd().length - 1)

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

/**
 * Where a block scalar would end that has its text before an offset, the end of a line: behind the last of the blank lines
 * and comments there that would be lines of it.
 */
export const endBehind = (text: string, shape: BlockScalarShape, offset: number): number => {
  const lines = /\r?\n([ \t]*(?:#[^\r\n]*)?)(?=\r?\n|$)/gy
  lines.lastIndex = offset
  let end = offset
  for (const { 0: found, 1: line = '', index } of text.matchAll(lines)) {
    const next = index + found.length
    if (isLineOf(line, shape, next < text.length)) end = next
    else if (line.trim() !== '') break
  }
  return end
}

const isLineOf = (line: string, { column, isEmpty, chomping }: BlockScalarShape, hasBreak: boolean): boolean => {
  const indent = line.search(/[^ ]|$/)
  if (line.trim() !== '') return indent >= column
  // no line of it, and the parser takes none behind it
  if (indent < line.length) return true
  // the parser takes spaces that end a text for a line of one that has none
  const isKept = chomping === '+' && (hasBreak || (isEmpty && indent >= column))
  return isKept || (indent > column && !isEmpty)
}

/** Where a block scalar of a parsed text ends: behind its last line, and with `+` behind the last of its blank lines. */
export const blockScalarEnd = (text: string, scalar: Scalar): number => {
  const [from = 0, to = 0] = scalar.range ?? []
  const last = from + text.slice(from, to).trimEnd().length
  return endBehind(text, shapeOf(text, scalar), last + (/[^\r\n]*/.exec(text.slice(last, to))?.[0].length ?? 0))
}
