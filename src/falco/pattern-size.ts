/** The largest regular expression that is compiled; RE2 itself has room for about four times as many states. */
export const LARGEST_PATTERN = 20_000

/**
 * About how many states a regular expression has once its repeats are written out: what compiling and matching it costs.
 */
export const patternSize = (pattern: string): number => {
  const around: number[] = []
  let [size, last] = [0, 0]
  const add = (more: number): void => {
    size += more
    last = more
  }
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at]
    if (character === '(') {
      around.push(size)
      size = 0
    } else if (character === ')') {
      const inner = size + 1
      size = around.pop() ?? 0
      add(inner)
    } else if (character === '{') {
      const [repeat = '', least = '', most = least] =
        /^\{(\d{1,9}),?(\d{1,9})?\}/.exec(pattern.slice(at, at + 24)) ?? []
      const count = Math.max(1, Number(most), Number(least))
      size += last * (count - 1)
      last *= count
      at += Math.max(0, repeat.length - 1)
    } else {
      if (character === '[') at = classEnd(pattern, at)
      if (character === '\\') at += 1
      add(1)
    }
  }
  return around.reduce((sum, each) => sum + each, size)
}

// a bracket that comes first is a member
const classEnd = (pattern: string, start: number): number => {
  const first = start + (pattern[start + 1] === '^' ? 2 : 1)
  const end = pattern.indexOf(']', first + 1)
  return end === -1 ? pattern.length : end
}
