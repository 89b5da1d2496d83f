import { type Cursor, fail, skip } from './cursor.ts'

const ESCAPES = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029'
} as const satisfies Record<string, string>

const LENGTHS = { x: 2, u: 4, U: 8 } as const satisfies Record<string, number>

const ofTable = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined

/** Reads what a backslash in double quotes begins: the escapes of YAML 1.1, without `\/`. */
export const takeEscape = (cursor: Cursor, start: number): string => {
  const letter = cursor.text[cursor.at + 1] ?? ''
  const simple = ofTable<string>(ESCAPES, letter)
  const length = ofTable<number>(LENGTHS, letter)
  if (simple !== undefined) {
    skip(cursor, 2)
    return simple
  }
  if (length === undefined) return fail(cursor, `\\${letter} is no escape of YAML 1.1`)
  skip(cursor, 2)
  const digits = cursor.text.slice(cursor.at, cursor.at + length)
  if (digits.length < length || !/^[0-9a-fA-F]+$/.test(digits))
    return fail(cursor, `\\${letter} wants ${length} hexadecimal digits`)
  const code = Number.parseInt(digits, 16)
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff)
    return fail(cursor, `\\${letter}${digits} is no character`, start)
  skip(cursor, length)
  return String.fromCodePoint(code)
}
