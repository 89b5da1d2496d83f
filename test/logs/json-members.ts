/** A member of a JSON object, as offsets in bytes. */
export interface Member {
  readonly key: string
  /** Where the key's first quote is. */
  readonly start: number
  readonly valueStart: number
  /** Behind the value's last byte. */
  readonly end: number
}

/** The members of the object that begins at an offset of a valid JSON text, or before which white space stands there. */
export const membersOf = (json: Uint8Array, from: number): Member[] => {
  const members: Member[] = []
  let at = blank(json, blank(json, from) + 1)
  while (json[at] !== CLOSE_BRACE) {
    const keyEnd = skipString(json, at)
    const valueStart = blank(json, blank(json, keyEnd) + 1)
    const end = skipValue(json, valueStart)
    const key: unknown = JSON.parse(Buffer.from(json.subarray(at, keyEnd)).toString())
    members.push({ key: String(key), start: at, valueStart, end })
    at = blank(json, end)
    if (json[at] === COMMA) at = blank(json, at + 1)
  }
  return members
}

/** Where the items of the list begin and end that begins at an offset of a valid JSON text. */
export const itemsOf = (json: Uint8Array, from: number): { readonly start: number; readonly end: number }[] => {
  const items: { start: number; end: number }[] = []
  let at = blank(json, blank(json, from) + 1)
  while (json[at] !== CLOSE_BRACKET) {
    const end = skipValue(json, at)
    items.push({ start: at, end })
    at = blank(json, end)
    if (json[at] === COMMA) at = blank(json, at + 1)
  }
  return items
}

/** A valid JSON text without the white space between its parts. */
export const compact = (json: Uint8Array): Uint8Array => {
  const parts: Uint8Array[] = []
  for (let at = 0; at < json.length;) {
    const end = json[at] === QUOTE ? skipString(json, at) : at + 1
    if (!isBlank(json[at])) parts.push(json.subarray(at, end))
    at = end
  }
  return Buffer.concat(parts)
}

const code = (character: string): number => character.charCodeAt(0)
const QUOTE = code('"')
const BACKSLASH = code('\\')
const COMMA = code(',')
const OPEN_BRACE = code('{')
const CLOSE_BRACE = code('}')
const OPEN_BRACKET = code('[')
const CLOSE_BRACKET = code(']')

const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d

const blank = (json: Uint8Array, from: number): number => {
  let at = from
  while (isBlank(json[at])) at += 1
  return at
}

/** Behind the string that begins at an offset. */
const skipString = (json: Uint8Array, from: number): number => {
  let at = from + 1
  while (json[at] !== QUOTE) {
    if (at >= json.length) throw new Error('a string without an end: this is no JSON')
    at += json[at] === BACKSLASH ? 2 : 1
  }
  return at + 1
}

/** Behind the value that begins at an offset: braces and brackets in strings do not count. */
const skipValue = (json: Uint8Array, from: number): number => {
  const first = json[from]
  if (first === QUOTE) return skipString(json, from)
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) return skipWord(json, from)
  let depth = 0
  let at = from
  do {
    const byte = json[at]
    if (at >= json.length) throw new Error('a value without an end: this is no JSON')
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1
    if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1
    at = byte === QUOTE ? skipString(json, at) : at + 1
  } while (depth > 0)
  return at
}

/** Behind a number, true, false or null. */
const skipWord = (json: Uint8Array, from: number): number => {
  let at = from
  while (at < json.length && !isBlank(json[at]) && ![COMMA, CLOSE_BRACE, CLOSE_BRACKET].includes(json[at] ?? 0)) at += 1
  return at
}
