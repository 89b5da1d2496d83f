import { AuditError } from '../errors.ts'
import { requestOfEvent } from '../audit/event-request.ts'
import { isLevel, isStage } from '../audit/level.ts'
import { isRecord, stringAt, type Unknown } from '../text/guard.ts'
import { microsecondsOf } from '../text/time.ts'
import { isNamed, jsonName } from './json-name.ts'
import { compact, elementsOf, skipSpace, type Span, visitMembers } from '../text/json-spans.ts'
import type { Bodies, LogEvent, TakeEvent } from './log-event.ts'
import { managedFieldsIn } from './managed-fields.ts'

/** A parsed value with the place where it stands. */
export interface Placed {
  readonly value: unknown
  readonly bytes: Uint8Array
  readonly span: Span
  /** True where it is the only thing on its line. */
  readonly isLine: boolean
  /** In how many lists it stands; 0. */
  readonly lists?: number
}

// there is no more than an array of lists
const MOST_LISTS = 16

/** Gives the events of a parsed value: of an event, an EventList or a list. What is no audit event is told of instead. */
export const takeParsed = (placed: Placed, take: TakeEvent, refuse: (why: string) => void): void => {
  const { value, bytes, span } = placed
  const items = isRecord(value) && !('stage' in value) ? value.items : value
  if (Array.isArray(items)) {
    if ((placed.lists ?? 0) >= MOST_LISTS) {
      refuse('holds lists in lists without an event')
      return
    }
    takeItems(
      items,
      elementsOf(bytes, isRecord(value) ? itemsAt(bytes, span) : span.start, span.end),
      placed,
      take,
      refuse
    )
    return
  }
  // as Go writes an empty list
  if (isRecord(value) && value.kind === 'EventList' && items === null) return
  const event = parsedEvent(placed)
  if (event === null) refuse(WANTED)
  else take(event)
}

const takeItems = (
  items: readonly unknown[],
  spans: Iterator<Span>,
  { bytes, lists = 0 }: Placed,
  take: TakeEvent,
  refuse: (why: string) => void
): void => {
  for (const value of items) {
    const { value: span } = spans.next() as { value?: Span } // as: behind the last one there is none
    if (!span) throw new AuditError('IMPOSSIBLE', 'an item of a list was not found')
    takeParsed({ value, bytes, span, isLine: false, lists: lists + 1 }, take, refuse)
  }
}

const WANTED = 'is JSON and no audit event: an object with a known level and stage, a requestURI and a verb is wanted'

// JSON.parse takes the last one of a name
const itemsAt = (bytes: Uint8Array, { start, end }: Span): number => {
  let at = end
  visitMembers(bytes, start + 1, end, (key, keyEnd, value) => {
    if (isNamed(bytes, key, keyEnd, ITEMS)) at = value
  })
  return at
}

const parsedEvent = ({ value, bytes, span, isLine }: Placed): LogEvent | null => {
  const [level, stage] = [stringAt(value, 'level'), stringAt(value, 'stage')]
  const request = requestOfEvent(value)
  if (!isRecord(value) || request === null || level === undefined || stage === undefined) return null
  if (!isLevel(level) || !isStage(stage)) return null
  const line = isLine ? bytes.subarray(span.start, span.end) : compact(bytes, span)
  const time = stringAt(value, 'stageTimestamp') ?? ''
  return {
    level,
    stage,
    request,
    place: -1,
    time,
    moment: microsecondsOf(time) ?? null,
    size: line.length + 1,
    bodies: () => bodiesIn(line, value, wholeMember),
    managedFields: () => withoutPatch(request.verb, bodiesIn(line, value, managedFieldsOf)),
    value: () => value,
    line: () => line
  }
}

const bodiesIn = (line: Uint8Array, value: Unknown, measure: Measure): Bodies => {
  const hasBodies = 'requestObject' in value || 'responseObject' in value
  return hasBodies ? measureBodies(line, skipSpace(line, 0, line.length) + 1, line.length, measure) : NO_BODIES
}

const NO_BODIES: Bodies = { request: 0, response: 0 }

/** How much counts of a member, whose key begins at one place and whose value stands from another to a third. */
export type Measure = (bytes: Uint8Array, key: number, value: number, end: number) => number

/** All of a member, with a comma. */
export const wholeMember: Measure = (_, key, __, end) => end - key + 1

/** What is left out of a body where managed fields are omitted. */
export const managedFieldsOf: Measure = (bytes, _, value, end) => managedFieldsIn(bytes, value, end)

/** Of managed fields: the API server records the body of a patch as it was sent. */
export const withoutPatch = (verb: string, managed: Bodies): Bodies =>
  verb === 'patch' ? { request: 0, response: managed.response } : managed

/** The sizes of the bodies among the members that stand from `at` on. */
export const measureBodies = (bytes: Uint8Array, at: number, end: number, measure: Measure): Bodies => {
  let [request, response] = [0, 0]
  // JSON.parse takes the last one of a name
  visitMembers(bytes, at, end, (key, keyEnd, value, valueEnd) => {
    if (isNamed(bytes, key, keyEnd, REQUEST_OBJECT)) request = measure(bytes, key, value, valueEnd)
    else if (isNamed(bytes, key, keyEnd, RESPONSE_OBJECT)) response = measure(bytes, key, value, valueEnd)
  })
  return { request, response }
}

const REQUEST_OBJECT = jsonName('requestObject')
const RESPONSE_OBJECT = jsonName('responseObject')
const ITEMS = jsonName('items')
