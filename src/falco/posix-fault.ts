/**
 * What RE2 refuses in a pattern when it reads it as POSIX, which Falco's `regex` has it do: classes such as \d, marks such as
 * \b, and groups that begin with (?. Undefined where there is none of them.
 */
export const posixFault = (pattern: string): string | undefined => {
  let inBrackets = false
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at]
    if (character === '\\') {
      const escape = pattern[at + 1] ?? ''
      if (/[A-Zb-eg-mo-qsuw-z]/.test(escape) && escape !== 'x') return `invalid escape sequence: \\${escape}`
      at += 1
    } else if (inBrackets) {
      const named = /^\[:\^?[a-z]+:\]/.exec(pattern.slice(at, at + 16))
      if (named) at += named[0].length - 1
      else if (character === ']') inBrackets = false
    } else if (character === '[') {
      inBrackets = true
      // a bracket that comes first is a member
      at += /^\^?\]/.exec(pattern.slice(at + 1, at + 3))?.[0].length ?? 0
    } else if (character === '(' && pattern[at + 1] === '?') return 'no argument for repetition operator: ?'
  }
  return undefined
}
