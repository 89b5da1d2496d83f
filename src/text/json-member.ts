import { pastSpace, scanColon, scanString, scanValue } from './json-scan.ts'
import { hasEscape, unescaped } from './json-string.ts'
import type { StringPool } from './json-string-pool.ts'

const QUOTE = 0x22
const COMMA = 0x2c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_MAP = 0x7b

/** Bytes with JSON that `scanValue` takes. */
export interface JsonBytes {
  readonly bytes: Buffer
  /** The same bytes by number of several. */
  readonly view: DataView
  /** Where the JSON ends. */
  readonly end: number
  /** Gives what strings say. */
  readonly pool: StringPool
}

/** The name of a member, as it is looked for in bytes. */
export interface MemberName {
  /** A byte string. */
  readonly text: string
  readonly bytes: Uint8Array
}

/** A name to look for, from a byte string. */
export const memberName = (text: string): MemberName => ({ text, bytes: Buffer.from(text, 'latin1') })

/** What is given for a value that is not there. */
export const NOWHERE = -1

/** True where the key whose quote is at `at` and that ends behind `keyEnd` is a name as it stands. */
export const isKey = (bytes: Uint8Array, at: number, keyEnd: number, name: Uint8Array): boolean => {
  if (keyEnd - at - 2 !== name.length) return false
  for (let index = 0; index < name.length; index++) if (bytes[at + 1 + index] !== name[index]) return false
  return true
}

/**
 * Where the value of a member begins in the mapping at `at`; NOWHERE where there is none. Of several members with one name it
 * is the first one's, and a key that is written with escapes comes after those that are not (valyala/fastjson parser.go 1.6:
 * Object.Get).
 */
export const memberAt = (json: JsonBytes, at: number, name: MemberName): number => {
  const { bytes, view, end } = json
  if (bytes[at] !== OPEN_MAP) return NOWHERE
  let isEscaped = name.text.includes('\\')
  let next = isEscaped ? end : pastSpace(view, at + 1, end)
  while (next < end && bytes[next] === QUOTE) {
    const keyEnd = scanString(view, next, end)
    const value = scanColon(view, keyEnd, end)
    if (isKey(bytes, next, keyEnd, name.bytes)) return value
    isEscaped ||= keyEnd - next - 2 > name.bytes.length && hasEscape(bytes, next + 1, keyEnd - 1)
    next = behindComma(view, scanValue(view, value, end), end)
  }
  return isEscaped ? readMemberAt(json, at, name.text) : NOWHERE
}

const readMemberAt = (json: JsonBytes, at: number, name: string): number => {
  let found = NOWHERE
  eachMember(json, at, (key, keyEnd, value) => {
    if (found === NOWHERE && unescaped(json.bytes, key + 1, keyEnd - 1) === name) found = value
  })
  return found
}

/** Tells of each member of the mapping at `at` where its key begins and ends, with its quotes, and where its value begins. */
export const eachMember = (
  { bytes, view, end }: JsonBytes,
  at: number,
  tell: (key: number, keyEnd: number, value: number) => void
): void => {
  if (bytes[at] !== OPEN_MAP) return
  let next = pastSpace(view, at + 1, end)
  while (next < end && bytes[next] === QUOTE) {
    const keyEnd = scanString(view, next, end)
    const value = scanColon(view, keyEnd, end)
    tell(next, keyEnd, value)
    next = behindComma(view, scanValue(view, value, end), end)
  }
}

/** True where a list begins. */
export const isList = ({ bytes }: JsonBytes, at: number): boolean => bytes[at] === OPEN_LIST

/** Where the elements of the list at `at` begin; none where there is something else. */
export const elementsAt = ({ bytes, view, end }: JsonBytes, at: number): readonly number[] => {
  const elements: number[] = []
  if (bytes[at] !== OPEN_LIST) return elements
  let next = pastSpace(view, at + 1, end)
  while (next < end && bytes[next] !== CLOSE_LIST) {
    elements.push(next)
    next = behindComma(view, scanValue(view, next, end), end)
  }
  return elements
}

/** Where what follows on a value begins that ends at `at`: behind a comma, or the bracket that closes. */
export const behindComma = (view: DataView, at: number, end: number): number => {
  const next = pastSpace(view, at, end)
  return next < end && view.getUint8(next) === COMMA ? pastSpace(view, next + 1, end) : next
}
