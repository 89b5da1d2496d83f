/** A piece of bytes, from `start` up to `end`. */
export interface Span {
  readonly start: number
  readonly end: number
}

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_MAP = 0x7b
const CLOSE_MAP = 0x7d

/** Where a string ends whose opening quote is at `at`: behind its closing quote; -1 where it is not closed. */
export const closedString = (bytes: Uint8Array, at: number, end: number): number => {
  for (let next = at + 1; next < end; next++) {
    const byte = bytes[next]
    if (byte === BACKSLASH) next += 1
    else if (byte === QUOTE) return next + 1
  }
  return -1
}

/** Where a string, a list or a mapping ends that begins at `at`; -1 where it is not closed. */
export const closedValue = (bytes: Uint8Array, at: number, end: number): number => {
  if (bytes[at] === QUOTE) return closedString(bytes, at, end)
  let depth = 0
  for (let next = at; next < end; next++) {
    const byte = bytes[next]
    if (byte === QUOTE) {
      next = closedString(bytes, next, end) - 1
      if (next < 0) return -1
    } else if (byte === OPEN_MAP || byte === OPEN_LIST) depth += 1
    else if (byte === CLOSE_MAP || byte === CLOSE_LIST) {
      depth -= 1
      if (depth === 0) return next + 1
    }
  }
  return -1
}

/** Where the JSON value ends that begins at `at`, at the latest at `end`. */
export const valueEnd = (bytes: Uint8Array, at: number, end: number): number => {
  const first = bytes[at]
  if (first !== QUOTE && first !== OPEN_MAP && first !== OPEN_LIST) return scalarEnd(bytes, at, end)
  const closed = closedValue(bytes, at, end)
  return closed === -1 ? end : closed
}

/** Where the string ends that begins at `at`, at the latest at `end`. */
export const stringEnd = (bytes: Uint8Array, at: number, end: number): number => {
  const closed = closedString(bytes, at, end)
  return closed === -1 ? end : closed
}

const scalarEnd = (bytes: Uint8Array, at: number, end: number): number => {
  let next = at
  while (next < end && !isSpace(bytes[next]) && !isMark(bytes[next])) next += 1
  return next
}

const isMark = (byte: number | undefined): boolean => byte === COMMA || byte === CLOSE_MAP || byte === CLOSE_LIST

/** True for the white space of JSON. */
export const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

/** The first place from `at` on that is no white space. */
export const skipSpace = (bytes: Uint8Array, at: number, end: number): number => {
  let next = at
  while (next < end && isSpace(bytes[next])) next += 1
  return next
}

/** Is told of a member: where its key begins and ends, with its quotes, and where its value does. */
export type VisitMember = (key: number, keyEnd: number, value: number, valueEnd: number) => void

/** Visits the members of a mapping from the first one whose key stands at or behind `at`; what is no JSON ends them. */
export const visitMembers = (bytes: Uint8Array, at: number, end: number, visit: VisitMember): void => {
  let next = at
  for (;;) {
    next = skipSpace(bytes, next, end)
    if (next < end && bytes[next] === COMMA) next = skipSpace(bytes, next + 1, end)
    if (next >= end || bytes[next] !== QUOTE) return
    const keyEnd = stringEnd(bytes, next, end)
    const colon = skipSpace(bytes, keyEnd, end)
    if (colon >= end || bytes[colon] !== COLON) return
    const value = skipSpace(bytes, colon + 1, end)
    const stop = valueEnd(bytes, value, end)
    visit(next, keyEnd, value, stop)
    if (stop === value) return
    next = stop
  }
}

/** The elements of the list that begins at `at`; none where there is no list. */
export function* elementsOf(bytes: Uint8Array, at: number, end: number): Generator<Span> {
  if (bytes[at] !== OPEN_LIST) return
  let next = at + 1
  for (;;) {
    next = skipSpace(bytes, next, end)
    if (next < end && bytes[next] === COMMA) next = skipSpace(bytes, next + 1, end)
    if (next >= end || bytes[next] === CLOSE_LIST) return
    const start = next
    next = valueEnd(bytes, start, end)
    if (next === start) return
    yield { start, end: next }
  }
}

/** A JSON value on one line: without the white space outside its strings, all else as it stands. */
export const compact = (bytes: Uint8Array, { start, end }: Span): Uint8Array => {
  const kept = Buffer.allocUnsafe(end - start)
  let size = 0
  for (let next = start; next < end;) {
    if (isSpace(bytes[next])) {
      next += 1
      continue
    }
    const stop = bytes[next] === QUOTE ? stringEnd(bytes, next, end) : next + 1
    kept.set(bytes.subarray(next, stop), size)
    size += stop - next
    next = stop
  }
  return kept.subarray(0, size)
}

/** True where lists and mappings stand in each other more than `deepest` times. */
export const isDeeper = (bytes: Uint8Array, { start, end }: Span, deepest: number): boolean => {
  let depth = 0
  for (let next = start; next < end; next++) {
    const byte = bytes[next]
    if (byte === QUOTE) next = stringEnd(bytes, next, end) - 1
    else if (byte === OPEN_MAP || byte === OPEN_LIST) depth += 1
    else if (byte === CLOSE_MAP || byte === CLOSE_LIST) depth -= 1
    if (depth > deepest) return true
  }
  return false
}
