/** Words between double quotes, with commas between them; nothing in them is escaped. */
export const joinQuote = (words: readonly string[]): string => words.map(word => `"${word}"`).join(', ')

/** The singular for one, else the plural. */
export const pluralize = (singular: string, plural: string, count: number): string => (count === 1 ? singular : plural)

/** `container "a"` or `containers "a", "b"`. */
export const quotedContainers = (names: readonly string[]): string =>
  `${pluralize('container', 'containers', names.length)} ${joinQuote(names)}`

/** Each word once, sorted by code points: Go sorts the bytes of UTF-8, which is the same order. */
export const sortedSet = (words: Iterable<string>): string[] => [...new Set(words)].sort(compareCodePoints)

const compareCodePoints = (a: string, b: string): number => {
  const [left, right] = [Array.from(a), Array.from(b)]
  const at = left.findIndex((character, index) => character !== right[index])
  if (at < 0) return left.length - right.length
  return (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? -1)
}
