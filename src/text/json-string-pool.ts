import { hasEscape, unescaped } from './json-string.ts'

/**
 * Gives what the string between `start` and `end` says, as `unescaped`: the same string for the same bytes where it was asked
 * for lately, so that most are neither made nor hashed again. A pool belongs to one reader.
 */
export type StringPool = (bytes: Buffer, view: DataView, start: number, end: number) => string

const PLACES = 4096
const LONGEST = 64

/** A pool without strings. */
export const stringPool = (): StringPool => {
  const pool: string[] = new Array<string>(PLACES).fill('')
  return (bytes, view, start, end) => {
    const length = end - start
    if (length < 4 || length > LONGEST) return unescaped(bytes, start, end)
    const place = placeOf(view, start, end)
    const held = pool[place] ?? ''
    if (held.length === length && isSame(held, bytes, start)) return held
    if (hasEscape(bytes, start, end)) return unescaped(bytes, start, end)
    return (pool[place] = bytes.toString('latin1', start, end))
  }
}

const placeOf = (view: DataView, start: number, end: number): number => {
  const middle = (start + end - 4) >> 1
  let hash = Math.imul(view.getInt32(start, true), 0x9e3779b1) ^ (end - start)
  hash = Math.imul(hash ^ view.getInt32(middle, true), 0x85ebca6b)
  hash = Math.imul((hash ^ (hash >>> 15)) + view.getInt32(end - 4, true), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) & (PLACES - 1)
}

const isSame = (text: string, bytes: Buffer, start: number): boolean => {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) !== bytes[start + index]) return false
  return true
}
