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
  return text => matches(pattern, text)
}

/** True for a text that is a pattern. */
export const isGlob = (text: string): boolean => /[*?]/.test(text)

// on a mismatch only the last star takes one character more: what earlier ones took needs no other try
const matches = (pattern: string, text: string): boolean => {
  let [at, index] = [0, 0]
  let [star, resume] = [-1, 0]
  while (index < text.length) {
    const wanted = pattern[at]
    if (wanted === '*') {
      star = at
      resume = index
      at += 1
    } else if (wanted === '?' || wanted === text[index]) {
      at += 1
      index += 1
    } else if (star >= 0) {
      resume += 1
      index = resume
      at = star + 1
    } else return false
  }
  while (pattern[at] === '*') at += 1
  return at === pattern.length
}
