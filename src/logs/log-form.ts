import { skipSpace } from './json-spans.ts'
import { startOf } from './line-splitter.ts'

/** How events stand in a log: on lines, or as JSON values in any layout. */
export type LogForm = 'lines' | 'values'

/** The form of a log by its beginning; undefined where more of it is needed, of which there is none behind a whole one. */
export const formOf = (bytes: Buffer, size: number, isWhole: boolean): LogForm | undefined => {
  const start = skipSpace(bytes, startOf(bytes, size, 0), size)
  if (start === size) return isWhole ? 'lines' : undefined
  if (bytes[start] === OPEN_LIST) return 'values'
  if (bytes[start] !== OPEN_MAP) return 'lines'
  const held = bytes.subarray(0, size)
  const end = held.indexOf(LINE_FEED, start)
  if (end === -1 && !isWhole) return undefined
  // a list of events on one line, too long to be looked at whole
  if (end === -1) return EVENT_LIST.test(held.toString('latin1', start, start + BEGINNING)) ? 'values' : 'lines'
  if (isJson(held.toString('utf8', start, end))) return 'lines'
  if (end + 1 === size && !isWhole) return undefined
  // a list whose items stand on lines of their own
  const line = held.toString('latin1', start, Math.min(end, start + BEGINNING))
  if (EVENT_LIST.test(line) && line.trimEnd().endsWith('[')) return 'values'
  // on the line behind a cut one the next event begins; behind the first line of a long value it goes on
  return end + 1 === size || bytes[end + 1] === OPEN_MAP ? 'lines' : 'values'
}

const [LINE_FEED, OPEN_LIST, OPEN_MAP] = [0x0a, 0x5b, 0x7b]
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
