import type { Level, Stage } from '../audit/level.ts'
import { pathAttributes } from '../audit/request-path.ts'
import { type Request, UNKNOWN_SENDER } from '../audit/request.ts'
import { isRecord } from '../text/guard.ts'
import { isMarkAt, type Mark, markOf, viewOf, wordAt } from './byte-words.ts'
import { momentReader, TIME_LENGTH } from './moment-reader.ts'
import { parsedOrNot, utf8Of } from './raw-json.ts'
import { requestReader } from './request-reader.ts'
import { hasSecondEvent } from './second-event.ts'

// numbers stand before their first use: there the bundle has them in place of their names, which is quicker by a twentieth
const QUOTE = 0x22
const OPEN_MAP = 0x7b
const CLOSE_MAP = 0x7d
/** A UUID. */
const ID_LENGTH = 36
/** How much of a line's end is looked at first where its annotations have braces, and where that is not enough. */
const TAIL = 512
const LONGEST_TAIL = 16_384

/** What was read of an event without parsing it: its first members and its last ones, and where the others lie. */
export interface EventHead {
  readonly level: Level
  readonly stage: Stage
  readonly request: Request
  /** Where the request is remembered, -1 where it is not. */
  readonly place: number
  /** The stageTimestamp in microseconds since 1970. */
  readonly moment: number
  /** Where it stands. */
  readonly timeAt: number
  /** Where the members behind the user begin, which is at the quote of `sourceIPs`. */
  readonly restAt: number
  /** Where `,"requestReceivedTimestamp"` stands, the first of the last members. */
  readonly tailAt: number
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** Reads heads of lines, each into one and the same object. */
export interface HeadReader {
  readonly head: EventHead
  /** False for a line of another form. */
  readonly readHead: (bytes: Buffer, start: number, end: number) => boolean
}

/**
 * Reads the head of a line as kube-apiserver writes it: members in the order of its Event type and without
 * white space (k8s.io/apiserver pkg/apis/audit/v1/types.go). Every other line is to be parsed whole.
 *
 * Of a line that is JSON and has no member twice it reads what JSON.parse would. The first members follow each other from
 * the first byte on. The last ones reach to the end of the line, so nothing in a body can be taken for them. What lies
 * between the two is not looked at: damage in there is not seen.
 */
export const headReader = (): HeadReader => {
  const requests = requestReader()
  const moments = momentReader()
  const head: Writable<EventHead> = { ...NO_HEAD }
  let looked: Buffer = Buffer.alloc(0)
  let view = viewOf(looked)

  // a quote inside a string has a backslash before it, so each of the marks that are looked for, as `","stage":"`, stands
  // between two members and nowhere else
  const readFront = (start: number, end: number): boolean => {
    const level = isMarkAt(view, start, end, LEVEL) ? valueAt(view, start + LEVEL.length, end, LEVELS) : null
    if (level === null) return false
    const idAt = start + LEVEL.length + level.mark.length
    // a UUID, or what the client gave
    const stageAt = hasQuote(view, idAt, end) ? looked.indexOf(QUOTE, idAt) : idAt + ID_LENGTH
    const stage = valueAt(view, stageAt, end, STAGES)
    if (stage === null || !requests.read(looked, view, stageAt + stage.mark.length, end)) return false
    head.level = level.is
    head.stage = stage.is
    head.request = requests.found.request
    head.place = requests.found.place
    head.restAt = requests.found.end
    return true
  }
  // the last members, without the annotations, from `at` on
  const readLast = (at: number, end: number): boolean => {
    const receivedAt = at + RECEIVED.length
    const stagedAt = receivedAt + TIME_LENGTH
    const timeAt = stagedAt + STAGED.length
    if (at < head.restAt || timeAt + TIME_LENGTH > end) return false
    if (!isMarkAt(view, at, end, RECEIVED_MARK) || !isMarkAt(view, stagedAt, end, STAGED)) return false
    const moment = moments.read(view, timeAt)
    // what is left open of the other time is too short for a member that anyone asks for
    if (moment === null || !moments.isTimeEnd(view, receivedAt)) return false
    head.moment = moment
    head.timeAt = timeAt
    head.tailAt = at
    return true
  }
  // the line ends with annotations, whose strings have no braces
  const readPlainTail = (end: number): boolean => {
    const open = openBrace(view, looked, end - 3, head.restAt)
    return isMarkAt(view, open + 1 - ANNOTATIONS.length, end, ANNOTATIONS)
      ? readLast(open + 1 - ANNOTATIONS.length - LAST, end)
      : false
  }
  const readTailWithin = (end: number, most: number): boolean => {
    const from = Math.max(head.restAt, end - most)
    const text = looked.toString('latin1', from, end)
    // the last place at which it stands: before it may be bodies that have it too
    const at = text.lastIndexOf(RECEIVED)
    const annotations = at + LAST
    if (at === -1 || !isMarkAt(view, from + annotations, end, ANNOTATIONS) || !readLast(from + at, end)) return false
    return text.endsWith('}}') && isRecord(parsedOrNot(utf8Of(text.slice(annotations + ANNOTATIONS.length - 1, -1))))
  }
  const readTail = (end: number): boolean => {
    if (looked[end - 1] !== CLOSE_MAP) return false
    if (looked[end - 2] === QUOTE) return readLast(end - 2 - LAST, end)
    if (looked[end - 2] !== CLOSE_MAP) return false
    return readPlainTail(end) || readTailWithin(end, TAIL) || readTailWithin(end, LONGEST_TAIL)
  }
  const readHead = (bytes: Buffer, start: number, end: number): boolean => {
    if (bytes !== looked) {
      looked = bytes
      view = viewOf(bytes)
    }
    // an event that was cut off when the server ended has the next server's first one behind it
    return readFront(start, end) && readTail(end) && !hasSecondEvent(view, head.restAt, end)
  }
  return { head, readHead }
}

const NO_REQUEST: Request = { ...UNKNOWN_SENDER, verb: '', ...pathAttributes('') }
const NO_HEAD: EventHead = {
  level: 'None',
  stage: 'Panic',
  request: NO_REQUEST,
  place: -1,
  moment: 0,
  timeAt: 0,
  restAt: 0,
  tailAt: 0
}

// the marks between the values
const LEVEL = markOf('{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"')
const STAGED = markOf('","stageTimestamp":"')
const RECEIVED = ',"requestReceivedTimestamp":"'
const RECEIVED_MARK = markOf(RECEIVED)
const ANNOTATIONS = markOf('","annotations":{')
const LAST = RECEIVED.length + TIME_LENGTH + STAGED.length + TIME_LENGTH

interface Marked<T> {
  readonly is: T
  readonly mark: Mark
}

const LEVELS: readonly Marked<Level>[] = (['Metadata', 'RequestResponse', 'Request'] as const).map(is => ({
  is,
  mark: markOf(`${is}","auditID":"`)
}))

const STAGES: readonly Marked<Stage>[] = (
  ['ResponseComplete', 'RequestReceived', 'ResponseStarted', 'Panic'] as const
).map(is => ({ is, mark: markOf(`","stage":"${is}","requestURI":"`) }))

const valueAt = <T>(view: DataView, at: number, end: number, values: readonly Marked<T>[]): Marked<T> | null => {
  for (const value of values) if (isMarkAt(view, at, end, value.mark)) return value
  return null
}

// the last opening brace before a place, with no closing one behind it; -1 where there is none
const openBrace = (view: DataView, bytes: Uint8Array, before: number, from: number): number => {
  let at = before
  for (;;) {
    // four at once where none of them can be a brace: all that have no bit of 0x80, also when 5 is added, are below them
    while (at - 3 >= from && isBelowBraces(wordAt(view, at - 3))) at -= 4
    for (let next = 0; next < 4; next++, at--) {
      if (at < from || bytes[at] === CLOSE_MAP) return -1
      if (bytes[at] === OPEN_MAP) return at
    }
  }
}

// whether there is a quote where a UUID would stand: four at once, of which one is 0 when the quote is taken from it
const hasQuote = (view: DataView, at: number, end: number): boolean => {
  if (at + ID_LENGTH > end) return true
  for (let next = at; next < at + ID_LENGTH; next += 4) {
    const rest = wordAt(view, next) ^ 0x22222222
    if (((rest - 0x01010101) & ~rest & 0x80808080) !== 0) return true
  }
  return false
}

const isBelowBraces = (word: number): boolean => (((word + 0x05050505) | word) & 0x80808080) === 0
