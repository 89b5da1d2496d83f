import { badLines } from './bad-lines.ts'
import type { EventReader } from './event-reader.ts'
import { type LogSplitter, TOO_LONG } from './log-splitter.ts'

/** Which lines of a file are read: those that begin at or behind the byte `from` and before `until`. */
export interface LogPart {
  readonly from: number
  readonly until: number
}

const WHOLE: LogPart = { from: 0, until: Infinity }
const LINE_FEED = 10

/**
 * A splitter for events on lines. For a part that does not begin with the file the first byte that it is given has to be
 * the one before the part: it tells whether the part begins with a line.
 */
export const lineSplitter = (reader: EventReader, part: LogPart = WHOLE): LogSplitter => {
  const bad = badLines()
  let offset = Math.max(0, part.from - 1)
  let skipping: 'another part' | 'too long' | undefined = part.from > 0 ? 'another part' : undefined
  let [lines, isDone, isCut] = [0, false, false]

  const skip = (bytes: Buffer, size: number): number => {
    const end = bytes.subarray(0, size).indexOf(LINE_FEED)
    if (end === -1) return size
    // the line belongs to the part that it begins in
    if (skipping === 'too long') lines += 1
    skipping = undefined
    return end + 1
  }
  const read = (bytes: Buffer, start: number, end: number): void => {
    bad.at(lines + 1, offset + start)
    reader.readLine(bytes, start, end, bad.refuse)
  }
  const readLast = (bytes: Buffer, start: number, end: number): void => {
    const before = bad.count()
    read(bytes, start, end)
    isCut = bad.count() > before
  }
  const readLines = (bytes: Buffer, from: number, size: number): number => {
    const held = size === bytes.length ? bytes : bytes.subarray(0, size)
    let start = from
    while (offset + start < part.until) {
      const end = held.indexOf(LINE_FEED, start)
      if (end === -1) return start
      read(held, start, end)
      lines += 1
      start = end + 1
    }
    isDone = true
    return start
  }
  const consume = (bytes: Buffer, size: number, isEnd: boolean): number => {
    let used = skipping === undefined ? startOf(bytes, size, offset) : skip(bytes, size)
    if (skipping === undefined) used = readLines(bytes, used, size)
    if (isEnd && !isDone && used < size) {
      readLast(bytes, used, size)
      used = size
    }
    offset += used
    return used
  }
  return {
    consume,
    giveUp: (_, size) => {
      bad.at(lines + 1, offset)
      bad.refuse(TOO_LONG)
      skipping = 'too long'
      offset += size
    },
    isDone: () => isDone,
    isPatient: false,
    reading: () => bad.reading(lines, isCut)
  }
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

/** Where the text of a file begins: behind a byte order mark. */
export const startOf = (bytes: Buffer, size: number, offset: number): number => {
  const mark = BYTE_ORDER_MARK.length
  return offset === 0 && size >= mark && BYTE_ORDER_MARK.equals(bytes.subarray(0, mark)) ? mark : 0
}
