import { skipSpace } from '../text/json-spans.ts'
import { startOf } from './line-splitter.ts'

/** How events stand in a log: on lines, or as JSON values in any layout. */
export type LogForm = 'lines' | 'values'

/**
 * The form of a log by its beginning; undefined where more of it is needed, of which there is none behind a whole one. It
 * shows in the first value: lines before that, which begin no value or one that is cut off, tell nothing.
 */
export const formOf = (bytes: Buffer, size: number, isWhole: boolean): LogForm | undefined => {
  const held = bytes.subarray(0, size)
  let at = startOf(bytes, size, 0)
  for (let passed = 0; passed < MOST_PASSED; passed++) {
    const start = skipSpace(bytes, at, size)
    if (start === size) return isWhole ? 'lines' : undefined
    // further down it may begin a message of a program
    if (bytes[start] === OPEN_LIST && passed === 0) return 'values'
    const end = held.indexOf(LINE_FEED, start)
    const form = bytes[start] === OPEN_MAP ? formByLine(held, start, end, isWhole) : 'none'
    if (form !== 'none') return form
    if (end === -1) return isWhole ? 'lines' : undefined
    at = end + 1
  }
  return 'lines'
}

const MOST_PASSED = 20

/** The form that a line shows which begins with a brace; `end` is its line break, -1 where it is not there yet. */
const formByLine = (held: Buffer, start: number, end: number, isWhole: boolean): LogForm | 'none' | undefined => {
  if (end === -1 && !isWhole) return undefined
  // a list of events on one line, too long to be looked at whole
  if (end === -1) return EVENT_LIST.test(held.toString('latin1', start, start + BEGINNING)) ? 'values' : 'lines'
  if (isJson(held.toString('utf8', start, end))) return 'lines'
  if (end + 1 === held.length) return isWhole ? 'lines' : undefined
  // a list whose items stand on lines of their own, behind the first one or all
  const line = held.toString('latin1', start, Math.min(end, start + BEGINNING))
  const last = held
    .toString('latin1', Math.max(start, end - BEGINNING), end)
    .trimEnd()
    .at(-1)
  if (EVENT_LIST.test(line) && (last === '[' || last === ',')) return 'values'
  // behind the first line of a long value it goes on; behind one that is cut off the next event begins, or anything else
  return GOES_ON.includes(held[end + 1] ?? 0) ? 'values' : 'none'
}

const LINE_FEED = 0x0a
const OPEN_LIST = 0x5b
const OPEN_MAP = 0x7b
const GOES_ON: readonly number[] = [...Buffer.from(' \t"}')]
const BEGINNING = 256
const EVENT_LIST = /^\{\s*(?:"apiVersion"\s*:\s*"[^"]*"\s*,\s*)?"(?:kind"\s*:\s*"EventList|items|metadata)"/

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return false
  }
}
