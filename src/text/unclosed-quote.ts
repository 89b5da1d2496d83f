import { type Document, visit } from 'yaml'

/**
 * The offset of a quote that is still open where a parsed text ends, undefined where there is none. The parser looks at the
 * last character alone, and takes the second of `'a''`, or the escaped one of `"a\"`, for the end.
 */
export const unclosedQuote = (document: Document.Parsed, text: string): number | undefined => {
  if (!/["']$/.test(text.slice(-1))) return undefined
  let found: number | undefined
  visit(document, {
    Scalar: (_, { type, range }) => {
      if (range?.[1] !== text.length || (type !== 'QUOTE_SINGLE' && type !== 'QUOTE_DOUBLE')) return undefined
      if (!isClosed(text.slice(range[0]))) found = range[0]
      return visit.BREAK
    }
  })
  return found
}

const isClosed = (quoted: string): boolean => {
  // an escaped one is written twice
  if (quoted.startsWith("'")) return quoted.split("'").length % 2 === 1
  let at = quoted.length - 2
  while (quoted[at] === '\\') at -= 1
  return (quoted.length - at) % 2 === 0
}
