import { matchesPieces, type Piece } from './star-match.ts'

const STAR = 0x2a
const QUESTION = 0x3f

/**
 * A pattern in which `*` stands for any characters, none among them, and `?` for one, held against a whole text. Upper and
 * lower case differ. The time it takes grows with the lengths of both multiplied, never faster.
 */
export const globMatcher = (pattern: string): ((text: string) => boolean) => {
  if (!isGlob(pattern)) return text => text === pattern
  const [first = '', ...rest] = pattern.split('*')
  const isPlain = !pattern.includes('?')
  // the commonest forms: *, abc*, *abc
  if (isPlain && rest.length === 1) {
    const end = rest[0] ?? ''
    const least = first.length + end.length
    return text => text.length >= least && text.startsWith(first) && text.endsWith(end)
  }
  const pieces = piecesOf(pattern)
  return text => matchesPieces(pieces, text)
}

/** True for a text that is a pattern. */
export const isGlob = (text: string): boolean => /[*?]/.test(text)

const piecesOf = (pattern: string): Piece[] =>
  Array.from({ length: pattern.length }, (_, index) => {
    const wanted = pattern.charCodeAt(index)
    return wanted === STAR ? 'star' : character => wanted === QUESTION || character === wanted
  })
