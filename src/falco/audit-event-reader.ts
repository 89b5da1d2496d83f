import { behindComma, elementsAt, isList, type JsonBytes, memberAt, memberName, NOWHERE } from '../text/json-member.ts'
import { jsonFault } from '../text/json-fault.ts'
import { pastSpace, scanString, scanValue } from '../text/json-scan.ts'
import { compact } from '../text/json-spans.ts'
import { stringText } from '../text/json-value-text.ts'
import {
  type AuditEvent,
  eventMember,
  openEvent,
  type OpenEvent,
  placeOfMember,
  scanEvent,
  showBytes
} from './audit-event.ts'
import { PLUGIN_DEFAULTS } from './plugin-defaults.ts'
import { readGoTime } from './go-time.ts'
import { readUtcTime } from './stage-time.ts'

/** Who is told, in the plugin's words, of what is no event. */
export type Refuse = (why: string) => void

/** Gives the events of lines and of values. */
export interface AuditEventReader {
  /** Takes a line, or the body of a request, as the plugin does. White space is nothing. */
  readonly readLine: (bytes: Buffer, start: number, end: number, refuse: Refuse) => void
  /** As readLine; what has no kind is taken for an item of a list that was too long to be seen whole. */
  readonly readValue: (bytes: Buffer, start: number, end: number, refuse: Refuse) => void
}

export interface AuditEventOptions {
  /** Bytes that an event may have without its white space: 262144 where it is not given, as the plugin's maxEventSize. */
  readonly maxEventSize?: number | undefined
}

/**
 * A reader of audit events as the plugin k8saudit takes them: of arrays each element, of a list its items, and events
 * (falcosecurity/plugins plugins/k8saudit/pkg/k8saudit/source.go 0.18). It gives one and the same object for all of them.
 */
export const auditEventReader = (
  take: (event: AuditEvent) => void,
  { maxEventSize = PLUGIN_DEFAULTS.maxEventSize }: AuditEventOptions = {}
): AuditEventReader => {
  const event = openEvent()

  const takeEvent = (refuse: Refuse): void => {
    const why = timeFault(event) ?? sizeFault(event, maxEventSize)
    if (why !== undefined) {
      refuse(why)
      return
    }
    event.number += 1
    if (event.number === 1) event.first = { seconds: event.seconds, nanoseconds: event.nanoseconds }
    take(event)
  }
  // gives where it ends
  const takeItem = (at: number, end: number, refuse: Refuse): number => {
    if (event.bytes[at] !== OPEN_MAP) {
      refuse(NO_TIME)
      return scanValue(event.view, at, end)
    }
    const stop = scanEvent(event, event.bytes, at, end)
    takeEvent(refuse)
    return stop
  }
  const takeItems = (list: number, end: number, refuse: Refuse): void => {
    let next = pastSpace(event.view, list + 1, end)
    while (next < end && event.bytes[next] !== CLOSE_LIST)
      next = behindComma(event.view, takeItem(next, end, refuse), end)
  }
  // an element that is no event ends all: none of what stands before it is taken either
  const takeAll = (at: number, end: number, isItem: boolean, refuse: Refuse): void => {
    const found: number[] = []
    if (!gather({ ...event, end }, at, isItem, found)) refuse(UNKNOWN)
    else
      for (const each of found) {
        if (isList(event, each)) takeItems(each, end, refuse)
        else takeItem(each, end, refuse)
      }
  }
  const read = (bytes: Buffer, start: number, end: number, isItem: boolean, refuse: Refuse): void => {
    showBytes(event, bytes)
    const at = pastSpace(event.view, start, end)
    if (at === end) return
    const isMap = bytes[at] === OPEN_MAP
    const stop = isMap ? scanEvent(event, bytes, at, end) : scanValue(event.view, at, end)
    const tail = stop < 0 ? stop : pastSpace(event.view, stop, end)
    if (tail !== end) refuse(jsonFault(bytes, tail < 0 ? tail : ~tail, end))
    else if (isMap && isPlainEvent(event)) takeEvent(refuse)
    else takeAll(at, end, isItem, refuse)
  }
  return {
    readLine: (bytes, start, end, refuse) => read(bytes, start, end, false, refuse),
    readValue: (bytes, start, end, refuse) => read(bytes, start, end, true, refuse)
  }
}

const UNKNOWN = 'data not recognized as a k8s audit event'
const NO_TIME = "can't read stageTimestamp"

const OPEN_MAP = 0x7b
const CLOSE_LIST = 0x5d
const KIND = eventMember('kind')
const ITEMS = memberName('items')
const TIME = eventMember('stageTimestamp')
const EVENT = Buffer.from('"Event"')

const isPlainEvent = (event: AuditEvent): boolean => {
  const at = placeOfMember(event, KIND)
  for (let index = 0; index < EVENT.length; index++) if (event.bytes[at + index] !== EVENT[index]) return false
  return at !== NOWHERE
}

// where the events of a value begin, and the items of lists; false where there is something else among them
const gather = (json: JsonBytes, at: number, isItem: boolean, found: number[]): boolean => {
  if (isList(json, at)) return elementsAt(json, at).every(element => gather(json, element, isItem, found))
  const kindAt = memberAt(json, at, KIND)
  const isBare = isItem && kindAt === NOWHERE && memberAt(json, at, TIME) !== NOWHERE
  const kind = isBare ? 'Event' : kindAt === NOWHERE ? undefined : shortText(json, kindAt, LONGEST_KIND)
  if (kind === 'Event') found.push(at)
  if (kind !== 'EventList') return kind === 'Event'
  const items = memberAt(json, at, ITEMS)
  if (items === NOWHERE || !isList(json, items)) return false
  found.push(items)
  return true
}

const timeFault = (event: OpenEvent): string | undefined => {
  const at = placeOfMember(event, TIME)
  if (at === NOWHERE) return NO_TIME
  if (readUtcTime(event.bytes, at, event)) return undefined
  if (event.bytes[at] !== QUOTE) return readGoTime('', event)
  const text = shortText(event, at, LONGEST_TIME)
  return text === undefined ? `parsing time: it is longer than ${LONGEST_TIME} bytes` : readGoTime(text, event)
}

const QUOTE = 0x22
// each letter may be an escape of six bytes
const LONGEST_KIND = 64
const LONGEST_TIME = 4096

// what a string says; one of megabytes is not read for a word
const shortText = (json: JsonBytes, at: number, most: number): string | undefined =>
  json.bytes[at] === QUOTE && scanString(json.view, at, json.end) - at - 2 <= most ? stringText(json, at) : undefined

const sizeFault = ({ bytes, start, end }: AuditEvent, most: number): string | undefined => {
  if (end - start <= most) return undefined
  const size = compact(bytes, { start, end }).length
  return size > most ? `event larger than maxEventSize: size=${size}` : undefined
}
