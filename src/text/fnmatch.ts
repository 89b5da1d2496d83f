import { asciiLower } from './ascii-case.ts'
import { matchesPieces, type Piece } from './star-match.ts'

/** How a pattern is held against a text. */
export interface FnmatchOptions {
  /** Upper and lower case of ASCII are the same. */
  readonly ignoreCase?: boolean
}

/**
 * A matcher for whole byte strings as the C library's fnmatch without flags: `*`, `?`, `[a-z]`, `[!a]`, `[[:alpha:]]`, and
 * a backslash that takes the next character as it is; a slash is a character like others. Its time grows with the text times the pattern, never faster.
 */
export const fnmatcher = (
  pattern: string,
  { ignoreCase = false }: FnmatchOptions = {}
): ((text: string) => boolean) => {
  const pieces = piecesOf(ignoreCase ? asciiLower(pattern) : pattern)
  return text => matchesPieces(pieces, ignoreCase ? asciiLower(text) : text)
}

const piecesOf = (pattern: string): Piece[] => {
  const pieces: Piece[] = []
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at]
    const set = character === '[' ? bracketAt(pattern, at) : undefined
    if (set) {
      pieces.push(set.has)
      at = set.end
    } else if (character === '*') {
      if (pieces.at(-1) !== 'star') pieces.push('star')
    } else if (character === '?') pieces.push(() => true)
    else {
      // a backslash at the end matches nothing
      if (character === '\\') at += 1
      pieces.push(only(pattern.charCodeAt(at)))
    }
  }
  return pieces
}

const only =
  (wanted: number): ((character: number) => boolean) =>
  character =>
    character === wanted

const CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /[\0-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t\n\v\f\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/
}

interface Bracket {
  readonly has: (character: number) => boolean
  readonly end: number
}

// undefined where it is not closed: the bracket is a character then
const bracketAt = (pattern: string, start: number): Bracket | undefined => {
  const isNegated = /[!^]/.test(pattern[start + 1] ?? '')
  const first = start + (isNegated ? 2 : 1)
  const table = new Uint8Array(256)
  let at = first
  while (at < pattern.length) {
    if (pattern[at] === ']' && at > first) return { has: character => (table[character] === 1) !== isNegated, end: at }
    const [, name = ''] = /^\[:([a-z]+):\]/.exec(pattern.slice(at, at + 12)) ?? []
    const members = CLASSES[name]
    if (members) {
      for (let code = 0; code < 256; code += 1) if (members.test(String.fromCharCode(code))) table[code] = 1
      at += name.length + 4
      continue
    }
    if (pattern[at] === '\\') at += 1
    const low = pattern.charCodeAt(at)
    const isRange = pattern[at + 1] === '-' && at + 2 < pattern.length && pattern[at + 2] !== ']'
    if (isRange) at += pattern[at + 2] === '\\' ? 3 : 2
    const high = isRange ? pattern.charCodeAt(at) : low
    for (let code = low; code <= high; code += 1) table[code] = 1
    at += 1
  }
  return undefined
}
