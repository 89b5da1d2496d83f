/** A part of a pattern: any characters, none among them, or one of which it says whether it fits. */
export type Piece = 'star' | ((character: number) => boolean)

/**
 * True where a whole text is as the pieces say. On a mismatch only the last star takes one character more, since what earlier
 * ones took needs no other try: the time grows with the lengths of both multiplied, never faster.
 */
export const matchesPieces = (pieces: readonly Piece[], text: string): boolean => {
  let [at, index] = [0, 0]
  let [star, resume] = [-1, 0]
  while (index < text.length) {
    const piece = pieces[at]
    if (piece === 'star') {
      star = at
      resume = index
      at += 1
    } else if (piece?.(text.charCodeAt(index)) === true) {
      at += 1
      index += 1
    } else if (star >= 0) {
      resume += 1
      index = resume
      at = star + 1
    } else return false
  }
  while (pieces[at] === 'star') at += 1
  return at === pieces.length
}
