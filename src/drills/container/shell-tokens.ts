/** A part of a word: text as it stands, or the value of a variable, which is split at blanks where no quotes are around it. */
export type WordPart =
  | { readonly kind: 'text'; readonly text: string; readonly isQuoted: boolean }
  | { readonly kind: 'variable'; readonly name: string; readonly isQuoted: boolean }

/** A word of a script, or an operator between words; a line break is `;`. */
export type ShellToken =
  | { readonly kind: 'word'; readonly parts: readonly WordPart[] }
  | { readonly kind: 'operator'; readonly text: ';' | '&&' | '||' | '(' | ')' }

const OPERATOR = /&&|\|\||;|\n|\(|\)/y
// where the output goes decides nothing here
const REDIRECTION = /\d?(?:>>?|&>)[ \t]*(?:&\d|[^\s;&|<>()$`'"]+)/y
const PLAIN = /[^\s;&|<>()$`'"\\*?#~]+|(?<=\S)#/y
const VARIABLE = /\$(?:(\w+|[@*])|\{(\w+)\})/y

interface Reader {
  readonly script: string
  readonly tokens: ShellToken[]
  at: number
  /** Of the word that is being read. */
  parts: WordPart[] | null
}

/** The tokens of a script for a POSIX shell; null where it does what is not known here: pipes, substitutions, patterns. */
export const shellTokens = (script: string): readonly ShellToken[] | null => {
  const reader: Reader = { script, tokens: [], at: 0, parts: null }
  while (reader.at < script.length) if (!readNext(reader)) return null
  endWord(reader)
  return reader.tokens
}

const take = (reader: Reader, pattern: RegExp): RegExpExecArray | null => {
  pattern.lastIndex = reader.at
  const found = pattern.exec(reader.script)
  if (found) reader.at += found[0].length
  return found
}

const add = (reader: Reader, part: WordPart): true => {
  reader.parts = [...(reader.parts ?? []), part]
  return true
}

const text = (reader: Reader, value: string, isQuoted: boolean): true =>
  add(reader, { kind: 'text', text: value, isQuoted })

const endWord = (reader: Reader): true => {
  if (reader.parts) reader.tokens.push({ kind: 'word', parts: reader.parts })
  reader.parts = null
  return true
}

const readNext = (reader: Reader): boolean => {
  if (take(reader, /(?:[ \t\r]|\\\n)+/y)) return endWord(reader)
  if (!reader.parts && (take(reader, /#[^\n]*/y) || take(reader, REDIRECTION))) return true
  const operator = take(reader, OPERATOR)?.[0]
  if (operator !== undefined) {
    endWord(reader)
    // as: one of those of the pattern
    reader.tokens.push({ kind: 'operator', text: (operator === '\n' ? ';' : operator) as ';' })
    return true
  }
  const plain = take(reader, PLAIN)
  if (plain) return text(reader, plain[0], false)
  const single = take(reader, /'([^']*)'/y)
  if (single) return text(reader, single[1] ?? '', true)
  const escaped = take(reader, /\\([^])/y)
  if (escaped) return text(reader, escaped[1] ?? '', true)
  return take(reader, /"/y) ? readQuoted(reader) : readVariable(reader, false)
}

const readVariable = (reader: Reader, isQuoted: boolean): boolean => {
  const found = take(reader, VARIABLE)
  return found !== null && add(reader, { kind: 'variable', name: found[1] ?? found[2] ?? '', isQuoted })
}

const readQuoted = (reader: Reader): boolean => {
  text(reader, '', true)
  while (reader.at < reader.script.length) {
    if (take(reader, /"/y)) return true
    const plain = take(reader, /[^"\\$`]+/y) ?? take(reader, /\\(?![$`"\\])/y)
    const escaped = plain ? null : take(reader, /\\([^])/y)
    if (plain) text(reader, plain[0], true)
    else if (escaped) text(reader, escaped[1] ?? '', true)
    else if (!readVariable(reader, true)) return false
  }
  return false
}
