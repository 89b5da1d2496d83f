import type { Place } from './condition.ts'
import { byteString, textOf } from './event-source.ts'
import { OPERATORS } from './words.ts'

/** Takes the words of a condition one by one, where Falco's parser would find them. */
export interface Lexer {
  /** Passes over blanks; true where there were some. */
  readonly blanks: () => boolean
  /** Passes over a text that stands here; with a blank behind it over that too. */
  readonly take: (text: string, options?: { readonly isBlankBehind: true }) => boolean
  /** Passes over a text where what follows is as wanted. */
  readonly takeIf: (text: string, isWanted: (rest: string) => boolean) => boolean
  readonly identifier: () => string | undefined
  readonly fieldName: () => string | undefined
  readonly bareArgument: () => string | undefined
  readonly number: () => string | undefined
  /** What a string in quotes says. */
  readonly quoted: () => string | undefined
  /** A string in quotes or a bare word. */
  readonly text: () => string | undefined
  readonly operator: () => (typeof OPERATORS)[number] | undefined
  readonly isBehindBlank: () => boolean
  readonly isAtEnd: () => boolean
  /** The word that was taken last. */
  readonly token: () => string
  readonly place: () => Place
  /** Throws a SyntaxError. */
  readonly fail: (message: string) => never
}

// the expressions of parser.h; POSIX [:space:] is six characters, JavaScript's \s is more
const SPACE = ' \\t\\n\\v\\f\\r'
const IDENTIFIER = /[a-zA-Z]+[a-zA-Z0-9_]*/y
const FIELD_NAME = /[a-zA-Z]+[a-zA-Z0-9_]*(?:\.[a-zA-Z]+[a-zA-Z0-9_]*)+/y
const BARE_ARGUMENT = new RegExp(`[^\\][\\"'${SPACE}]+`, 'y')
const NUMBER = /0[xX][0-9a-zA-Z]+|[+-]?[0-9]+\.?[0-9]*(?:[eE][+-][0-9]+)?/y
const BARE_WORD = new RegExp(`[^()"'${SPACE}=,]+`, 'y')
const NOT_BLANKS = new RegExp(`[${SPACE}]+`, 'y')
const BLANKS = /[ \t\b\r\n]+/y

/** A lexer at the beginning of a text. */
export const conditionLexer = (text: string): Lexer => {
  let [at, token] = [0, '']
  const placeOf = placesIn(text)
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0]
  }
  const matched = (pattern: RegExp): string | undefined => {
    const found = match(pattern)
    if (found === undefined) return undefined
    at += found.length
    token = found
    return found
  }
  const blanks = (): boolean => {
    const found = match(BLANKS)
    at += found?.length ?? 0
    return found !== undefined
  }
  const take = (word: string, options?: { readonly isBlankBehind: true }): boolean => {
    if (!text.startsWith(word, at)) return false
    const start = at
    at += word.length
    const gap = options ? match(NOT_BLANKS) : ''
    if (gap === undefined) at = start
    else {
      at += gap.length
      token = word + gap
    }
    return gap !== undefined
  }
  const fail = (message: string): never => {
    throw new SyntaxError(message)
  }
  const quoted = (): string | undefined => {
    const end = closingQuote(text, at)
    if (end === -1) return undefined
    const raw = text.slice(at, end + 1)
    at = end + 1
    token = unescaped(raw, fail)
    return token
  }
  // as upstream, a word that needs a blank and has none is passed over, and the next operators are tried behind it
  const operator = (): (typeof OPERATORS)[number] | undefined => {
    for (const kind of ['number', 'text', 'list'])
      for (const each of OPERATORS) {
        if (each.kind !== kind || !take(each.name)) continue
        if (!('isWord' in each) || blanks()) return each
        break
      }
    return undefined
  }
  return {
    blanks,
    take,
    takeIf: (word, isWanted) => text.startsWith(word, at) && isWanted(text.slice(at + word.length)) && take(word),
    identifier: () => matched(IDENTIFIER),
    fieldName: () => matched(FIELD_NAME),
    bareArgument: () => matched(BARE_ARGUMENT),
    number: () => matched(NUMBER),
    quoted,
    text: () => quoted() ?? matched(BARE_WORD),
    operator,
    isBehindBlank: () => /[ \t\b\r\n]/.test(text[at - 1] ?? ''),
    isAtEnd: () => at === text.length,
    token: () => token,
    place: () => placeOf(at),
    fail
  }
}

// a carriage return and a line feed are a line end each, as in parser.cpp
const placesIn = (text: string): ((offset: number) => Place) => {
  const starts = [0, ...Array.from(text.matchAll(/[\r\n]/g), ({ index }) => index + 1)]
  let line = 1
  return offset => {
    while ((starts[line] ?? Infinity) <= offset) line += 1
    while (line > 1 && (starts[line - 1] ?? 0) > offset) line -= 1
    return { offset, line, column: offset - (starts[line - 1] ?? 0) + 1 }
  }
}

// a backslash before a quote keeps the string open, even one that is escaped itself
const closingQuote = (text: string, at: number): number => {
  const quote = text[at]
  if (quote !== '"' && quote !== "'") return -1
  for (let end = text.indexOf(quote, at + 1); end !== -1; end = text.indexOf(quote, end + 1))
    if (text[end - 1] !== '\\') return end
  return -1
}

const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  '\\': '\\',
  '/': '/',
  // old rules escape a blank so, and mean the backslash
  ' ': '\\'
}

// \xc3\xa9 are the two bytes of one letter
const unescaped = (raw: string, fail: (message: string) => never): string =>
  /\\x[89a-fA-F]/.test(raw) ? textOf(replaced(byteString(raw), fail)) : replaced(raw, fail)

const replaced = (raw: string, fail: (message: string) => never): string =>
  raw.slice(1, -1).replace(/\\(x[0-9a-fA-F]{2}|[^]|$)/g, (_, escape: string) => {
    if (escape.length === 3) return String.fromCharCode(Number.parseInt(escape.slice(1), 16))
    if (escape === '"' || escape === "'") {
      if (escape === raw[0]) return escape
      return fail(`invalid \\${escape} escape in ${raw[0] ?? ''}-quoted string`)
    }
    return ESCAPES[escape] ?? fail(`unsupported string escape sequence: \\${escape}`)
  })
