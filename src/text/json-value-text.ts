import type { JsonBytes } from './json-member.ts'
import { scanString, scanValue } from './json-scan.ts'
import { compact, isSpace } from './json-spans.ts'

const QUOTE = 0x22
const OPEN_LIST = 0x5b
const OPEN_MAP = 0x7b

/** What the JSON value at `at` says, as a byte string: a string what it says, and all else its JSON on one line. */
export const valueText = (json: JsonBytes, at: number): string => stringText(json, at) ?? valueJson(json, at)

/** What the JSON string at `at` says, as a byte string; undefined for every other value. */
export const stringText = ({ bytes, view, end, pool }: JsonBytes, at: number): string | undefined =>
  bytes[at] === QUOTE ? pool(bytes, view, at + 1, scanString(view, at, end) - 1) : undefined

/** The JSON of the value at `at` on one line, as a byte string; strings, numbers and members that are there twice as they are. */
export const valueJson = (json: JsonBytes, at: number): string => {
  const { bytes, view, end } = json
  const stop = scanValue(view, at, end)
  const isPlain = bytes[at] !== OPEN_MAP && bytes[at] !== OPEN_LIST
  if (isPlain || !hasSpace(json, at, stop)) return bytes.toString('latin1', at, stop)
  return Buffer.from(compact(bytes, { start: at, end: stop })).toString('latin1')
}

const hasSpace = ({ bytes, view }: JsonBytes, start: number, end: number): boolean => {
  for (let at = start; at < end; at++) {
    if (bytes[at] === QUOTE) at = scanString(view, at, end) - 1
    else if (isSpace(bytes[at])) return true
  }
  return false
}
