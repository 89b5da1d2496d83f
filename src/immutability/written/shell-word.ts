import { type ShellCursor, skipPast, take } from './shell-cursor.ts'
import type { ShellStep, ShellWord } from './shell-step.ts'

const BRACES = /\{[^\s{}'"]{0,200}(?:,|\.\.)[^\s{}'"]{0,200}\}/y
const PLAIN = /[^\s\\'"`$;&|<>()*?[\]{~]+/y
const QUOTED = /[^\\"`$]+/y
const VARIABLE = /[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]/y

interface Draft {
  text: string
  isWhole: boolean
  readonly inner: ShellStep[]
}

/** Reads the word at a place in a script that begins one; it ends at a blank or an operator. */
export const readShellWord = (cursor: ShellCursor): ShellWord => {
  const draft: Draft = { text: '', isWhole: true, inner: [] }
  const start = cursor.at
  // what a bracket begins is a pattern only when another ends it
  let bracket = -1
  while (cursor.at < cursor.text.length) {
    const char = cursor.text[cursor.at] ?? ''
    if (/[\s;&|<>()]/.test(char)) break
    const plain = take(cursor, PLAIN)
    if (plain) add(draft, plain[0])
    else if (char === '~' && cursor.at === start) unknown(draft, cursor, 1)
    else if (char === '*' || char === '?') unknown(draft, cursor, 1)
    else if (char === '{' && take(cursor, BRACES)) draft.isWhole = false
    else if (char === ']' && bracket >= 0 && draft.isWhole) {
      draft.text = draft.text.slice(0, bracket)
      unknown(draft, cursor, 1)
    } else if (!readSpecial(cursor, draft, char)) {
      if (char === '[' && bracket < 0) bracket = draft.text.length
      add(draft, char)
      cursor.at += 1
    }
  }
  return draft
}

const add = (draft: Draft, text: string): void => {
  if (draft.isWhole) draft.text += text
}

const unknown = (draft: Draft, cursor: ShellCursor, length: number): void => {
  draft.isWhole = false
  cursor.at += length
}

// quotes, escapes and expansions; false for any other character
const readSpecial = (cursor: ShellCursor, draft: Draft, char: string): boolean => {
  if (char === '\\') readEscape(cursor, draft)
  else if (char === "'") {
    cursor.at += 1
    add(draft, skipPast(cursor, "'"))
  } else if (char === '"') readQuoted(cursor, draft)
  else if (char === '`') readBackquoted(cursor, draft)
  else if (char === '$') readExpansion(cursor, draft, false)
  else return false
  return true
}

const readEscape = (cursor: ShellCursor, draft: Draft): void => {
  const next = cursor.text[cursor.at + 1] ?? ''
  if (next !== '\n') add(draft, next)
  cursor.at += 2
}

const readQuoted = (cursor: ShellCursor, draft: Draft): void => {
  cursor.at += 1
  while (cursor.at < cursor.text.length) {
    const plain = take(cursor, QUOTED)
    if (plain) add(draft, plain[0])
    const char = cursor.text[cursor.at]
    if (char === '"') break
    if (char === '\\') {
      if (!/[$`"\\\n]/.test(cursor.text[cursor.at + 1] ?? '')) add(draft, '\\')
      readEscape(cursor, draft)
    } else if (char === '`') readBackquoted(cursor, draft)
    else if (char === '$') readExpansion(cursor, draft, true)
  }
  cursor.at += 1
}

const readBackquoted = (cursor: ShellCursor, draft: Draft): void => {
  draft.isWhole = false
  const script = untilUnescaped(cursor, '`').replace(/\\([\\`$])/g, '$1')
  for (const step of cursor.backquoted(script)) draft.inner.push(step)
}

// what stands between the character here and the next that is not escaped; the place is behind that one then
const untilUnescaped = (cursor: ShellCursor, char: string): string => {
  const start = cursor.at + 1
  let end = start
  while (end < cursor.text.length && cursor.text[end] !== char) end += cursor.text[end] === '\\' ? 2 : 1
  cursor.at = end + 1
  return cursor.text.slice(start, end)
}

const readExpansion = (cursor: ShellCursor, draft: Draft, isQuoted: boolean): void => {
  cursor.at += 1
  const char = cursor.text[cursor.at]
  if (char === "'" && !isQuoted) return readAnsi(cursor, draft)
  if (char === '"' && !isQuoted) return
  if (char === '(' && cursor.text[cursor.at + 1] === '(') skipArithmetic(cursor)
  else if (char === '(') {
    cursor.at += 1
    for (const step of cursor.substitution(cursor)) draft.inner.push(step)
  } else if (char === '{') skipBraces(cursor)
  else if (!take(cursor, VARIABLE)) return add(draft, '$')
  draft.isWhole = false
}

const readAnsi = (cursor: ShellCursor, draft: Draft): void => {
  const text = untilUnescaped(cursor, "'")
  if (text.includes('\\')) draft.isWhole = false
  else add(draft, text)
}

/** Goes past an arithmetic expression that begins here with two brackets. */
export const skipArithmetic = (cursor: ShellCursor): void => {
  let depth = 0
  for (; cursor.at < cursor.text.length; cursor.at++) {
    const char = cursor.text[cursor.at]
    if (char === '(') depth += 1
    if (char === ')') depth -= 1
    if (depth === 0) break
  }
  cursor.at += 1
}

const skipBraces = (cursor: ShellCursor): void => {
  let depth = 0
  for (; cursor.at < cursor.text.length; cursor.at++) {
    const char = cursor.text[cursor.at]
    if (char === '\\') cursor.at += 1
    else if (char === "'" && depth === 1) {
      cursor.at += 1
      skipPast(cursor, "'")
      cursor.at -= 1
    } else if (char === '{') depth += 1
    else if (char === '}') depth -= 1
    if (depth === 0) break
  }
  cursor.at += 1
}
