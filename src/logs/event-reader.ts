import { AuditError } from '../errors.ts'
import { isRecord, type Unknown } from '../text/guard.ts'
import { type EventHead, headReader } from './event-head.ts'
import { closedValue, isDeeper, isSpace, skipSpace, type Span } from '../text/json-spans.ts'
import type { Bodies, LogEvent, TakeEvent } from './log-event.ts'
import { TIME_LENGTH } from './moment-reader.ts'
import { managedFieldsOf, measureBodies, takeParsed, wholeMember, withoutPatch } from './parsed-event.ts'

/** Reads pieces of a log that each hold one JSON value; white space about it is no part of it. */
export interface EventReader {
  /** Gives the events of a line; what is no event is refused, with the reason. */
  readonly readLine: (bytes: Buffer, start: number, end: number, refuse: Refuse) => void
  /** Gives the events of a value that may stand on several lines, or beside others. */
  readonly readValue: (bytes: Buffer, start: number, end: number, refuse: Refuse) => void
}

/** Who is told of what is no event. */
export type Refuse = (why: string) => void

/**
 * A reader that hands on the events of a log. A line in the usual form is not parsed (see headReader) unless the reader is
 * strict, or the event's `value` is asked for. It remembers senders: one reader is best for all parts of a log.
 */
export const eventReader = (take: TakeEvent, { isStrict }: { readonly isStrict: boolean }): EventReader => {
  const { head, readHead } = headReader()
  const quick = quickEvent(head)
  const readWhole = (bytes: Buffer, span: Span, isLine: boolean, refuse: Refuse): void => {
    if (span.start === span.end) return
    const parsed = parse(bytes, span)
    if (parsed.why === undefined) takeParsed({ value: parsed.value, bytes, span, isLine }, take, refuse)
    else refuse(parsed.why)
  }
  const readLine = (bytes: Buffer, from: number, to: number, refuse: Refuse): void => {
    const end = endOf(bytes, from, to)
    const start = skipSpace(bytes, from, end)
    if (isStrict || !readHead(bytes, start, end)) {
      readWhole(bytes, { start, end }, true, refuse)
      return
    }
    try {
      take(quick(bytes, start, end))
    } catch (error) {
      // what lies between the head and the tail is looked at only when all of the event is asked for
      if (!(error instanceof AuditError) || error.code !== 'BAD_EVENT') throw error
      refuse(error.message)
    }
  }
  return {
    readLine,
    readValue: (bytes, start, end, refuse) => readWhole(bytes, trimmed(bytes, start, end), false, refuse)
  }
}

const endOf = (bytes: Buffer, start: number, end: number): number => {
  let stop = end
  while (stop > start && isSpace(bytes[stop - 1])) stop -= 1
  return stop
}

const trimmed = (bytes: Buffer, start: number, end: number): Span => {
  const stop = endOf(bytes, start, end)
  return { start: skipSpace(bytes, start, stop), end: stop }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

// one object for all lines: to make another for each takes a good part of the time that a line takes
const quickEvent = (head: EventHead): ((bytes: Buffer, start: number, end: number) => LogEvent) => {
  let bytes: Buffer = Buffer.alloc(0)
  let [start, end] = [0, 0]
  let [value, bodies]: [Unknown?, Bodies?] = []
  const event: Writable<Omit<LogEvent, 'time'>> & Pick<LogEvent, 'time'> = {
    level: head.level,
    stage: head.stage,
    request: head.request,
    place: head.place,
    get time(): string {
      return bytes.toString('latin1', head.timeAt, head.timeAt + TIME_LENGTH)
    },
    moment: head.moment,
    size: 0,
    bodies: () => (bodies ??= measureBodies(bytes, head.restAt, head.tailAt, wholeMember)),
    managedFields: () =>
      withoutPatch(head.request.verb, measureBodies(bytes, head.restAt, head.tailAt, managedFieldsOf)),
    value: () => (value ??= parseEvent(bytes, { start, end })),
    line: () => bytes.subarray(start, end)
  }
  return (newBytes, newStart, newEnd) => {
    bytes = newBytes
    start = newStart
    end = newEnd
    value = undefined
    bodies = undefined
    event.level = head.level
    event.stage = head.stage
    event.request = head.request
    event.place = head.place
    event.moment = head.moment
    event.size = end - start + 1
    return event
  }
}

const parseEvent = (bytes: Buffer, span: Span): Unknown => {
  const { value, why } = parse(bytes, span)
  if (isRecord(value)) return value
  throw new AuditError('BAD_EVENT', why ?? 'is no JSON object')
}

interface Parsed {
  readonly value?: unknown
  readonly why?: string
}

// deeper ones take memory without end; a short line cannot
const DEEPEST = 10_000
const SHORT = 1_000_000

const parse = (bytes: Buffer, span: Span): Parsed => {
  if (span.end - span.start > SHORT && isDeeper(bytes, span, DEEPEST)) return { why: 'is nested too deeply' }
  try {
    return { value: JSON.parse(bytes.toString('utf8', span.start, span.end)) }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { why: whyNoJson(bytes, span) }
  }
}

// the engine's own words are others in each release, and in the executable
const whyNoJson = (bytes: Buffer, { start, end }: Span): string => {
  const begins = bytes.toString('latin1', start, Math.min(end, start + 100))
  if (/^\S+ AUDIT: id="/.test(begins)) return 'is in the legacy format of the audit log, which is not read'
  if (/^[{[]/.test(begins) && closedValue(bytes, start, end) === -1) return 'is cut off: its JSON does not end'
  return `is no JSON: it begins with "${begins.slice(0, SHOWN).replace(/[^ -~]/g, '?')}"`
}

const SHOWN = 20
