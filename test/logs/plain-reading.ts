import { requestOfEvent } from '../../src/audit/event-request.ts'
import { isLevel, isStage, type Level, type Stage } from '../../src/audit/level.ts'
import type { Request } from '../../src/audit/request.ts'
import { isRecord, listAt, stringAt } from '../../src/text/guard.ts'
import { compact, itemsOf, type Member, membersOf } from './json-members.ts'
import { managedFieldsIn } from './managed-fields.ts'

/** An event of a log, read the plain way. */
export interface PlainEvent {
  readonly level: Level
  readonly stage: Stage
  readonly request: Request
  readonly time: string
  /** Its own bytes: without white space about it, and in a list without any between its parts. */
  readonly line: Uint8Array
  /** In bytes, with a line break. */
  readonly size: number
  /** Bytes of `,"requestObject":...` and `,"responseObject":...`; 0 where there is none. */
  readonly bodies: { readonly request: number; readonly response: number }
  /** The part of them that is gone where managed fields are omitted: the body of a patch stays as it was sent. */
  readonly managed: { readonly request: number; readonly response: number }
}

/** What a line holds: its events, and how much of it is none. */
export interface PlainLine {
  readonly events: readonly PlainEvent[]
  readonly bad: number
}

const NOTHING: PlainLine = { events: [], bad: 0 }

/**
 * What a line of a log holds, its line break included: every byte goes through JSON.parse. What is no JSON, or an item that
 * is no event, is bad; an empty line is not.
 */
export const readPlainLine = (line: Uint8Array): PlainLine => {
  const text = Buffer.from(line.buffer, line.byteOffset, line.length).toString()
  if (/^[ \t\r\n]*$/.test(text)) return NOTHING
  const value = parsed(text)
  return value === undefined ? { events: [], bad: 1 } : readValue(value, trimmed(line))
}

const readValue = (value: unknown, json: Uint8Array): PlainLine => {
  if (isEmptyList(value)) return NOTHING
  if (!isEventList(value) && !Array.isArray(value)) return readEvent(value, json)
  const spans = spansOfItems(value, json)
  const items = Array.isArray(value) ? value : listAt(value, 'items')
  return joined(spans.map(({ start, end }, index) => readValue(items[index], compact(json.subarray(start, end)))))
}

/** The lines of a log, each with its line break; a byte order mark before the first is left out. */
export function* plainLines(log: Uint8Array): Generator<Uint8Array> {
  const hasMark = log[0] === 0xef && log[1] === 0xbb && log[2] === 0xbf
  for (let at = hasMark ? 3 : 0; at < log.length;) {
    const found = log.indexOf(0x0a, at)
    const end = found === -1 ? log.length : found + 1
    yield log.subarray(at, end)
    at = end
  }
}

const trimmed = (line: Uint8Array): Uint8Array => {
  const text = Buffer.from(line.buffer, line.byteOffset, line.length).toString('latin1')
  const start = text.search(/[^ \t\r\n]/)
  return line.subarray(start, start + text.slice(start).replace(/[ \t\r\n]+$/, '').length)
}

// what JSON.parse refuses is what is looked for here
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

// without a list it is no event either
const isEventList = (value: unknown): boolean =>
  isRecord(value) && stringAt(value, 'kind') === 'EventList' && Array.isArray(value['items'])

// Go writes null for an empty list
const isEmptyList = (value: unknown): boolean =>
  isRecord(value) && stringAt(value, 'kind') === 'EventList' && value['items'] === null

const joined = (lines: readonly PlainLine[]): PlainLine => ({
  events: lines.flatMap(({ events }) => events),
  bad: lines.reduce((sum, { bad }) => sum + bad, 0)
})

const spansOfItems = (value: unknown, line: Uint8Array): { readonly start: number; readonly end: number }[] =>
  Array.isArray(value)
    ? itemsOf(line, 0)
    : itemsOf(line, membersOf(line, 0).findLast(({ key }) => key === 'items')?.valueStart ?? 0)

const readEvent = (value: unknown, json: Uint8Array): PlainLine => {
  const request = requestOfEvent(value)
  const [level = '', stage = ''] = [stringAt(value, 'level'), stringAt(value, 'stage')]
  if (request === null || !isLevel(level) || !isStage(stage)) return { events: [], bad: 1 }
  const time = stringAt(value, 'stageTimestamp') ?? ''
  return {
    events: [
      { level, stage, request, time, line: json, size: json.length + 1, ...bodiesOf(json, request.verb === 'patch') }
    ],
    bad: 0
  }
}

const bodiesOf = (json: Uint8Array, isPatch: boolean): Pick<PlainEvent, 'bodies' | 'managed'> => {
  const members = membersOf(json, 0)
  const [sent, answered] = ['requestObject', 'responseObject'].map(name => members.findLast(({ key }) => key === name))
  // with its comma
  const sizeOf = (member: Member | undefined): number => (member === undefined ? 0 : member.end - member.start + 1)
  const managedIn = (member: Member | undefined): number =>
    member === undefined ? 0 : managedFieldsIn(json, member.valueStart)
  return {
    bodies: { request: sizeOf(sent), response: sizeOf(answered) },
    managed: { request: isPatch ? 0 : managedIn(sent), response: managedIn(answered) }
  }
}
