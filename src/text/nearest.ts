/** The word that a misspelt one comes nearest to; undefined where none is near. A short word allows for fewer mistakes. */
export const nearestWord = (word: string, words: readonly string[]): string | undefined => {
  const limit = word.length < 5 ? 1 : 2
  const ranked = words
    .map(each => ({ each, away: distance(word, each) }))
    .filter(({ away }) => away <= limit)
    .sort((a, b) => a.away - b.away)
  return ranked[0]?.each
}

/**
 * How many letters must be added, left out, changed or swapped with the next; upper and lower case count as one. What is
 * beyond the limit is not counted out.
 */
export const distance = (a: string, b: string, limit = 2): number => {
  const [from, to] = [a.toLowerCase().slice(0, 40), b.toLowerCase()]
  // at least that many
  const longer = Math.abs(from.length - to.length)
  if (longer > limit) return longer
  let before: number[] = []
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const change = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      const swap = isSwap ? (before[j - 2] ?? 0) + 1 : change
      next.push(Math.min(change, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    before = row
    row = next
  }
  return row[to.length] ?? 0
}
