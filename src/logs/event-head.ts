import type { Level, Stage } from '../audit/level.ts'
import { pathAttributes } from '../audit/request-path.ts'
import { type Request, UNKNOWN_SENDER } from '../audit/request.ts'
import { parsedOrNot, utf8Of } from './raw-json.ts'
import { requestReader } from './request-reader.ts'
import { isRecord } from '../text/guard.ts'

/** What was read of an event without parsing it: its first members and its last ones, and where the others lie. */
export interface EventHead {
  readonly level: Level
  readonly stage: Stage
  readonly request: Request
  /** The stageTimestamp. */
  readonly time: string
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
  const requestIn = requestReader()
  const head: Writable<EventHead> = { ...NO_HEAD }

  // the line in Latin-1, as far as it is looked at; gives where the rest begins. A quote inside a string has a backslash
  // before it, so each of the marks that are looked for, as `","stage":"`, stands between two members and nowhere else
  const readFront = (text: string, bytes: Buffer, start: number): number => {
    const level = markAt(bytes, start + LEVEL.length, LEVELS)
    if (level === null) return NOT_SO
    const idEnd = text.indexOf('"', LEVEL.length + level.mark.length)
    const stage = idEnd === -1 ? null : markAt(bytes, start + idEnd, STAGES)
    if (stage === null) return NOT_SO
    const uriAt = idEnd + stage.mark.length
    const userEnd = text.indexOf(SOURCES, uriAt)
    const request = userEnd === -1 ? null : requestIn(text.slice(uriAt, userEnd))
    if (request === null) return NOT_SO
    head.level = level.is
    head.stage = stage.is
    head.request = request
    return userEnd + 1
  }
  // the line's end in Latin-1, from a place on
  const readTail = (text: string, bytes: Buffer, from: number): boolean => {
    // the last place at which it stands: before it may be bodies that have it too
    const at = text.lastIndexOf(RECEIVED)
    const timeAt = at + RECEIVED.length + TIME_LENGTH + STAGED.length
    if (at === -1 || from + at < head.restAt || timeAt + TIME_LENGTH + 2 > text.length) return false
    if (!isAt(bytes, from + timeAt - STAGED.length, STAGED) || !areTimes(bytes, from + timeAt)) return false
    if (!isLastMapAt(bytes, from, text, timeAt + TIME_LENGTH)) return false
    head.time = text.slice(timeAt, timeAt + TIME_LENGTH)
    head.tailAt = from + at
    return true
  }
  // of an event without annotations, as all are that are written when a request comes, the last members have one length
  const readShortTail = (bytes: Buffer, end: number): boolean => {
    const at = end - SHORT_TAIL
    const timeAt = end - END.length - TIME_LENGTH
    if (at < head.restAt || !isAt(bytes, at, RECEIVED_BYTES) || !isAt(bytes, timeAt - STAGED.length, STAGED))
      return false
    if (!areTimes(bytes, timeAt) || !isAt(bytes, end - END.length, END)) return false
    head.time = bytes.toString('latin1', timeAt, timeAt + TIME_LENGTH)
    head.tailAt = at
    return true
  }
  const readTailWithin = (bytes: Buffer, end: number, most: number): boolean => {
    const from = Math.max(head.restAt, end - most)
    return readTail(bytes.toString('latin1', from, end), bytes, from)
  }
  const readHead = (bytes: Buffer, start: number, end: number): boolean => {
    if (end - start < SHORTEST || !isAt(bytes, start, LEVEL)) return false
    const text = bytes.toString('latin1', start, Math.min(end, start + HEAD))
    let rest = readFront(text, bytes, start)
    const isWhole = end - start <= HEAD
    if (rest === NOT_SO && !isWhole)
      rest = readFront(bytes.toString('latin1', start, Math.min(end, start + LONGEST_HEAD)), bytes, start)
    if (rest === NOT_SO) return false
    head.restAt = start + rest
    // an event that was cut off when the server ended, with the next server's first one behind it
    if (isWhole ? text.includes(BEGINNING, rest) : isBegunAgain(bytes, head.restAt, end)) return false
    if (readShortTail(bytes, end)) return true
    return isWhole
      ? readTail(text, bytes, start)
      : readTailWithin(bytes, end, TAIL) || (end - head.restAt > TAIL && readTailWithin(bytes, end, LONGEST_TAIL))
  }
  return { head, readHead }
}

const BEGINNING = '{"kind":"Event","apiVersion":"audit.k8s.io/'

const isBegunAgain = (bytes: Buffer, from: number, end: number): boolean =>
  bytes.subarray(from, end).includes(BEGINNING)

const NO_REQUEST: Request = { ...UNKNOWN_SENDER, verb: '', ...pathAttributes('') }
const NO_HEAD: EventHead = {
  level: 'None',
  stage: 'Panic',
  request: NO_REQUEST,
  time: '',
  restAt: 0,
  tailAt: 0
}

const NOT_SO = -1

// how much of a line is looked at first, and where that is not enough
const HEAD = 1536
const LONGEST_HEAD = 65_536
const TAIL = 512
const LONGEST_TAIL = 16_384

// the marks between the values; they are compared as bytes, which is much quicker than startsWith
const LEVEL = Buffer.from('{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"')
const STAGED = Buffer.from('","stageTimestamp":"')
const SOURCES = ',"sourceIPs":['
const RECEIVED = ',"requestReceivedTimestamp":"'
const ANNOTATIONS = Buffer.from('","annotations":{')
const END = Buffer.from('"}')
const ENDS = Buffer.from('}}')
// Go writes a MicroTime with six digits always
const TIME = Buffer.from('0000-00-00T00:00:00.000000Z')
const TIME_LENGTH = TIME.length
const RECEIVED_BYTES = Buffer.from(RECEIVED)
const SHORT_TAIL = RECEIVED.length + TIME_LENGTH + STAGED.length + TIME_LENGTH + END.length
/** No line is shorter, so that no comparison reaches beyond its end into the next one. */
const SHORTEST = 300

interface Mark<T> {
  readonly is: T
  readonly mark: Uint8Array
}

const LEVELS: readonly Mark<Level>[] = (['Metadata', 'RequestResponse', 'Request'] as const).map(is => ({
  is,
  mark: Buffer.from(`${is}","auditID":"`)
}))

const STAGES: readonly Mark<Stage>[] = (
  ['ResponseComplete', 'RequestReceived', 'ResponseStarted', 'Panic'] as const
).map(is => ({ is, mark: Buffer.from(`","stage":"${is}","requestURI":"`) }))

const isAt = (bytes: Uint8Array, at: number, mark: Uint8Array): boolean => {
  for (let index = 0; index < mark.length; index++) if (bytes[at + index] !== mark[index]) return false
  return true
}

const markAt = <T>(bytes: Uint8Array, at: number, marks: readonly Mark<T>[]): Mark<T> | null => {
  for (const each of marks) if (isAt(bytes, at, each.mark)) return each
  return null
}

const ZERO = 0x30

const isTime = (bytes: Uint8Array, at: number): boolean => {
  for (let index = 0; index < TIME_LENGTH; index++) {
    const byte = bytes[at + index] ?? 0
    const wanted = TIME[index]
    if (wanted === ZERO ? byte < ZERO || byte > ZERO + 9 : byte !== wanted) return false
  }
  return true
}

// the time of the stage, and the one before it
const areTimes = (bytes: Uint8Array, at: number): boolean =>
  isTime(bytes, at) && isTime(bytes, at - STAGED.length - TIME_LENGTH)

// the annotations are there: one mapping that ends where the line does
const isLastMapAt = (bytes: Buffer, from: number, text: string, at: number): boolean => {
  const first = at + ANNOTATIONS.length
  const last = text.length - ENDS.length
  if (first > last || !isAt(bytes, from + at, ANNOTATIONS) || !isAt(bytes, from + last, ENDS)) return false
  if (text.indexOf('}', first) === last && text.indexOf('{', first) === -1) return true
  // in its strings there may be braces too
  return isRecord(parsedOrNot(utf8Of(text.slice(first - 1, -1))))
}
