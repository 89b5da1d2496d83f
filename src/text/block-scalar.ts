import { type Document, type Scalar, visit } from 'yaml'

/** The block scalar (`|`, `>`) whose header, lines or last line break an offset is in. */
export const blockScalarAt = (document: Document.Parsed, offset: number): Scalar | undefined => {
  let found: Scalar | undefined
  visit(document, {
    Scalar: (_, scalar) => {
      const { type, range } = scalar
      const isBlock = type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED'
      if (!isBlock || !range || offset < range[0] || offset >= range[1]) return undefined
      found = scalar
      return visit.BREAK
    }
  })
  return found
}

/** The chomping indicator of a block scalar: `-`, to which the line break behind it is no text, `+`, to which all are, or none. */
export const chompingOf = (text: string, { range }: Scalar): string =>
  /^[|>]\d?([-+]?)/.exec(text.slice(range?.[0] ?? 0))?.[1] ?? ''
