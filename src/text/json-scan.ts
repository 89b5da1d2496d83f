// numbers stand before their first use: there the bundle has them in place of their names, which is quicker
const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_MAP = 0x7b
const CLOSE_MAP = 0x7d
const BLANK = 0x20

/** How many values may stand in each other (valyala/fastjson parser.go 1.6: MaxDepth). */
export const DEEPEST_VALUE = 300

/** The bytes of a buffer by number of several. */
export const viewOf = ({ buffer, byteOffset, byteLength }: Buffer): DataView =>
  new DataView(buffer, byteOffset, byteLength)

/**
 * Where the JSON value ends that begins at `at`, or `~place` of the first byte that is not as it should be. It asks for what
 * valyala/fastjson asks for: brackets, commas, colons and quotes in their places. What strings and numbers hold it takes as
 * it is.
 */
export const scanValue = (view: DataView, at: number, end: number, depth = 1): number => {
  if (at >= end || depth > DEEPEST_VALUE) return ~at
  const first = view.getUint8(at)
  if (first === QUOTE) return scanString(view, at, end)
  if (first === OPEN_MAP) return scanMap(view, at, end, depth)
  if (first === OPEN_LIST) return scanList(view, at, end, depth)
  return scanScalar(view, at, end)
}

/** Where the string ends whose opening quote is at `at`: behind its closing quote; `~end` where it is not closed. */
export const scanString = (view: DataView, at: number, end: number): number => {
  let next = at + 1
  for (;;) {
    // four at once where none is a quote or a backslash
    while (next + 4 <= end && !hasMark(view.getInt32(next, true))) next += 4
    for (;;) {
      if (next >= end) return ~end
      const byte = view.getUint8(next)
      if (byte === QUOTE) return next + 1
      next += 1
      if (byte !== BACKSLASH) continue
      next += 1
      break
    }
  }
}

// a byte that is the mark becomes 0, of which alone a one can be borrowed without its highest bit
const hasMark = (word: number): boolean => {
  const quote = word ^ 0x22222222
  const backslash = word ^ 0x5c5c5c5c
  return ((((quote - 0x01010101) & ~quote) | ((backslash - 0x01010101) & ~backslash)) & 0x80808080) !== 0
}

/** Where the value of a member begins whose key ends at `at`; `~place` where no colon and value follow. */
export const scanColon = (view: DataView, at: number, end: number): number => {
  const colon = pastSpace(view, at, end)
  return colon < end && view.getUint8(colon) === COLON ? pastSpace(view, colon + 1, end) : ~colon
}

/** The first place from `at` on that is no white space. */
export const pastSpace = (view: DataView, at: number, end: number): number => {
  let next = at
  while (next < end && isSpace(view.getUint8(next))) next += 1
  return next
}

const isSpace = (byte: number): boolean =>
  byte <= BLANK && (byte === BLANK || byte === 0x0a || byte === 0x0d || byte === 0x09)

const scanMap = (view: DataView, at: number, end: number, depth: number): number => {
  let next = pastSpace(view, at + 1, end)
  if (next < end && view.getUint8(next) === CLOSE_MAP) return next + 1
  for (;;) {
    if (next >= end || view.getUint8(next) !== QUOTE) return ~next
    const keyEnd = scanString(view, next, end)
    if (keyEnd < 0) return keyEnd
    const value = scanColon(view, keyEnd, end)
    if (value < 0) return value
    const stop = scanValue(view, value, end, depth + 1)
    if (stop < 0) return stop
    next = pastSpace(view, stop, end)
    if (next >= end) return ~next
    const mark = view.getUint8(next)
    if (mark === CLOSE_MAP) return next + 1
    if (mark !== COMMA) return ~next
    next = pastSpace(view, next + 1, end)
  }
}

const scanList = (view: DataView, at: number, end: number, depth: number): number => {
  let next = pastSpace(view, at + 1, end)
  if (next < end && view.getUint8(next) === CLOSE_LIST) return next + 1
  for (;;) {
    const stop = scanValue(view, next, end, depth + 1)
    if (stop < 0) return stop
    next = pastSpace(view, stop, end)
    if (next >= end) return ~next
    const mark = view.getUint8(next)
    if (mark === CLOSE_LIST) return next + 1
    if (mark !== COMMA) return ~next
    next = pastSpace(view, next + 1, end)
  }
}

const scanScalar = (view: DataView, at: number, end: number): number => {
  let next = at
  while (next < end && isOfNumber(view.getUint8(next))) next += 1
  if (next > at + 1 || next === end) return next
  const isSign = next > at && (view.getUint8(at) === 0x2b || view.getUint8(at) === 0x2d)
  if (next > at && !isSign) return next
  const [word = ''] = (isSign ? UNREAL : WORD).exec(wordAt(view, next, end)) ?? []
  return word === '' ? ~at : next + word.length
}

const isOfNumber = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || byte === 0x2b || byte === 0x2d || byte === 0x2e || byte === 0x45 || byte === 0x65

// the words of JSON, and what stands for numbers that are none
const WORD = /^(?:true|false|null|[nN][aA][nN]|[iI][nN][fF])/
const UNREAL = /^(?:nan|inf)/i
const LONGEST_WORD = 5

const wordAt = (view: DataView, at: number, end: number): string => {
  let word = ''
  for (let next = at; next < Math.min(at + LONGEST_WORD, end); next++) word += String.fromCharCode(view.getUint8(next))
  return word
}
