import { badLines } from './bad-lines.ts'
import type { EventReader } from './event-reader.ts'
import { isNamed, jsonName } from './json-name.ts'
import { closedString, closedValue, skipSpace, visitMembers } from '../text/json-spans.ts'
import { startOf } from './line-splitter.ts'
import { type LogSplitter, TOO_LONG } from './log-splitter.ts'

const LINE_FEED = 0x0a
const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_MAP = 0x7b
const CLOSE_MAP = 0x7d

/** A place in the bytes to go on from, or how a value there is to be read. */
type Step =
  | { readonly kind: 'go on' | 'enter'; readonly at: number }
  | { readonly kind: 'value'; readonly start: number; readonly end: number }
  | { readonly kind: 'more' }

/**
 * A splitter for JSON values that follow each other in any layout: events over several lines, one array of events, an
 * EventList. Of arrays and of the items of a list, one element at a time is held.
 */
export const valueSplitter = (reader: EventReader): LogSplitter => {
  const bad = badLines()
  let [offset, lines, isCut] = [0, 0, false]
  // lists in lists without an event between
  let entered = 0

  // bytes that were looked through for nothing
  let spent = 0

  // gives where to go on: behind a damaged value that may be at a value that it swallowed
  const read = (bytes: Buffer, start: number, end: number, line: number): number => {
    const before = bad.count()
    bad.at(line, offset + start)
    reader.readValue(bytes, start, end, bad.refuse)
    if (bad.count() === before) return end
    spent += end - start
    return nextValue(bytes, start, end)
  }
  const consume = (bytes: Buffer, size: number, isEnd: boolean): number => {
    let at = startOf(bytes, size, offset)
    let line = lines + 1
    let nextAt = 0
    for (;;) {
      const next = skipSpace(bytes, at, size)
      line += lineFeeds(bytes, at, next)
      at = next
      if (at >= size) break
      const isSpent = spent > SPENT_AT_FIRST + SPENT_A_BYTE * (offset + at)
      if (isSpent && nextAt <= at) nextAt = nextValue(bytes, at, size)
      const limit = isSpent ? nextAt : size
      const step = stepAt(bytes, at, limit, isEnd || limit < size, entered < MOST_ENTERED)
      if (step.kind === 'more' || step.kind === 'enter') spent += size - at
      if (step.kind === 'more') break
      if (step.kind !== 'go on') entered = step.kind === 'enter' ? entered + 1 : 0
      const end = step.kind === 'value' ? read(bytes, step.start, step.end, line) : step.at
      isCut = isEnd && step.kind === 'value' && end === size && bad.count() > 0
      line += lineFeeds(bytes, at, end)
      at = end
    }
    lines = line - 1
    offset += at
    return at
  }
  return {
    consume,
    giveUp: (bytes, size) => {
      bad.at(lines + 1, offset)
      bad.refuse(TOO_LONG)
      lines += lineFeeds(bytes, 0, size)
      offset += size
    },
    isDone: () => false,
    isPatient: true,
    reading: () => bad.reading(lines, isCut)
  }
}

const lineFeeds = (bytes: Buffer, start: number, end: number): number => {
  let count = 0
  for (let at = start; at < end; at++) if (bytes[at] === LINE_FEED) count += 1
  return count
}

const MOST_ENTERED = 16

// a value that is not closed swallows those behind it, and each of many would be looked for up to the end: when as much was
// spent, none is taken to reach beyond a line that begins with a brace, which no printer writes inside of one
const SPENT_AT_FIRST = 16 * 1024 * 1024
const SPENT_A_BYTE = 4

// where a value begins on a line of its own; the end where there is none
const nextValue = (bytes: Buffer, at: number, end: number): number => {
  const next = bytes.subarray(0, end).indexOf('\n{', at + 1)
  return next === -1 ? end : next + 1
}

const goOn = (at: number): Step => ({ kind: 'go on', at })
const MORE: Step = { kind: 'more' }

// inside an array or a list of items the elements are values, and so are they behind it: the marks between are passed over
const stepAt = (bytes: Buffer, at: number, size: number, isEnd: boolean, mayEnter: boolean): Step => {
  const byte = bytes[at]
  if (byte === COMMA || byte === OPEN_LIST || byte === CLOSE_LIST || byte === CLOSE_MAP) return goOn(at + 1)
  if (byte === QUOTE) return memberStep(bytes, at, size, isEnd)
  if (byte !== OPEN_MAP) return garbageStep(bytes, at, size, isEnd)
  const end = closedValue(bytes, at, size)
  if (end !== -1) return { kind: 'value', start: at, end }
  const items = mayEnter ? itemsAt(bytes, at, size) : undefined
  if (items !== undefined) return { kind: 'enter', at: items }
  return isEnd ? { kind: 'value', start: at, end: size } : MORE
}

// what is beside the items of a list tells nothing of an event
const memberStep = (bytes: Buffer, at: number, size: number, isEnd: boolean): Step => {
  const keyEnd = closedString(bytes, at, size)
  if (keyEnd === -1) return garbageStep(bytes, at, size, isEnd)
  const colon = skipSpace(bytes, keyEnd, size)
  // a text among the elements of an array
  if (colon < size && bytes[colon] !== COLON) return { kind: 'value', start: at, end: keyEnd }
  const start = skipSpace(bytes, colon + 1, size)
  const isItems = isNamed(bytes, at, keyEnd, ITEMS) && bytes[start] === OPEN_LIST
  if (isItems && start < size) return goOn(start + 1)
  const end = start < size ? valueIn(bytes, start, size) : -1
  if (end !== -1) return goOn(end)
  return isEnd ? { kind: 'value', start: at, end: size } : MORE
}

const ITEMS = jsonName('items')

const valueIn = (bytes: Buffer, start: number, size: number): number => {
  const first = bytes[start]
  if (first === QUOTE || first === OPEN_LIST || first === OPEN_MAP) return closedValue(bytes, start, size)
  const found = bytes.subarray(start, size).findIndex(byte => byte === COMMA || byte === CLOSE_MAP)
  return found === -1 ? -1 : start + found
}

// a number or a word of JSON ends where it does, and all else with its line
const garbageStep = (bytes: Buffer, at: number, size: number, isEnd: boolean): Step => {
  const [scalar = ''] = SCALAR.exec(bytes.toString('latin1', at, Math.min(size, at + LONGEST_SCALAR))) ?? []
  if (scalar !== '' && at + scalar.length < size) return { kind: 'value', start: at, end: at + scalar.length }
  const end = bytes.subarray(0, size).indexOf(LINE_FEED, at)
  if (end === -1 && !isEnd) return MORE
  return { kind: 'value', start: at, end: end === -1 ? size : end }
}

const SCALAR = /^(?:-?[\d.]+(?:[eE][-+]?\d+)?|true|false|null)(?=[\s,\]}])/
const LONGEST_SCALAR = 64

const itemsAt = (bytes: Buffer, at: number, size: number): number | undefined => {
  let found: number | undefined
  visitMembers(bytes, at + 1, size, (key, keyEnd, value) => {
    if (isNamed(bytes, key, keyEnd, ITEMS) && value < size && bytes[value] === OPEN_LIST) found ??= value + 1
  })
  return found
}
