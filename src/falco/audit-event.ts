import { isKey, type JsonBytes, memberAt, type MemberName, memberName, NOWHERE } from '../text/json-member.ts'
import { stringPool } from '../text/json-string-pool.ts'
import { pastSpace, scanColon, scanString, scanValue, viewOf } from '../text/json-scan.ts'

/**
 * An event of the audit log as it stands in bytes. One and the same object stands for all events of a reader: what is to be
 * kept of it has to be read while it is given.
 */
export interface AuditEvent extends JsonBytes {
  /** Where its opening brace is. */
  readonly start: number
  /** Where the values of the members of MEMBERS begin, in that order; NOWHERE for what is not there. */
  readonly members: Int32Array
  /** True where a key of the event itself is written with escapes. */
  readonly hasEscapedKey: boolean
  /** Which one it is, from 1 on, of those that were taken. */
  readonly number: number
  /** The stageTimestamp, as seconds since 1970. */
  readonly seconds: number
  /** What is over of a second. */
  readonly nanoseconds: number
  /** The time of the first event that was taken. */
  readonly first: { readonly seconds: number; readonly nanoseconds: number }
}

const MEMBERS = [
  'kind',
  'items',
  'stageTimestamp',
  'auditID',
  'stage',
  'annotations',
  'user',
  'impersonatedUser',
  'verb',
  'requestURI',
  'objectRef',
  'requestObject',
  'responseObject',
  'responseStatus',
  'sourceIPs',
  'userAgent',
  'level',
  'apiVersion'
] as const

/** An event that is being read. */
export type OpenEvent = { -readonly [K in keyof AuditEvent]: AuditEvent[K] }

const NO_BYTES = Buffer.alloc(0)

/** An event of which nothing was read yet. */
export const openEvent = (): OpenEvent => ({
  bytes: NO_BYTES,
  view: viewOf(NO_BYTES),
  pool: stringPool(),
  start: 0,
  end: 0,
  members: new Int32Array(MEMBERS.length).fill(NOWHERE),
  hasEscapedKey: false,
  number: 0,
  seconds: 0,
  nanoseconds: 0,
  first: { seconds: 0, nanoseconds: 0 }
})

/** The member of an event, for `placeOfMember`. */
export interface EventMember extends MemberName {
  readonly slot: number
}

/** A member of events, by its name as a byte string. */
export const eventMember = (text: string): EventMember => ({
  ...memberName(text),
  slot: MEMBERS.findIndex(name => name === text)
})

/** Where the value of a member of an event begins; NOWHERE where there is none. */
export const placeOfMember = (event: AuditEvent, member: EventMember): number => {
  const place = member.slot === -1 ? NOWHERE : (event.members[member.slot] ?? NOWHERE)
  if (place !== NOWHERE || (member.slot !== -1 && !event.hasEscapedKey)) return place
  return memberAt(event, event.start, member)
}

const QUOTE = 0x22
const COMMA = 0x2c
const BACKSLASH = 0x5c
const CLOSE_MAP = 0x7d

/**
 * Goes over the mapping at `at`, remembers where the values of its members are, and gives where it ends; `~place` of the
 * first byte that is not as it should be, as scanValue.
 */
export const scanEvent = (event: OpenEvent, bytes: Buffer, at: number, end: number): number => {
  showBytes(event, bytes)
  const { view } = event
  event.start = at
  event.hasEscapedKey = false
  event.members.fill(NOWHERE)
  let next = pastSpace(view, at + 1, end)
  if (next < end && bytes[next] === CLOSE_MAP) return (event.end = next + 1)
  for (;;) {
    if (next >= end || bytes[next] !== QUOTE) return ~next
    const keyEnd = scanString(view, next, end)
    if (keyEnd < 0) return keyEnd
    const value = scanColon(view, keyEnd, end)
    if (value < 0) return value
    const stop = scanValue(view, value, end, 2)
    if (stop < 0) return stop
    noteMember(event, next, keyEnd, value)
    next = pastSpace(view, stop, end)
    if (next >= end) return ~next
    if (bytes[next] === CLOSE_MAP) return (event.end = next + 1)
    if (bytes[next] !== COMMA) return ~next
    next = pastSpace(view, next + 1, end)
  }
}

/** Lets an event look at other bytes. */
export const showBytes = (event: OpenEvent, bytes: Buffer): void => {
  if (event.bytes === bytes) return
  event.bytes = bytes
  event.view = viewOf(bytes)
}

// of members with one name the first is meant
const noteMember = (event: OpenEvent, key: number, keyEnd: number, value: number): void => {
  const { bytes, members } = event
  const slot = SLOTS[hashOf(keyEnd - key - 2, bytes[keyEnd - 2] ?? 0)] ?? -1
  const name = slot === -1 ? undefined : NAMES[slot]
  if (name && isKey(bytes, key, keyEnd, name)) {
    if (members[slot] === NOWHERE) members[slot] = value
    return
  }
  for (let at = key; at < keyEnd; at++) if (bytes[at] === BACKSLASH) event.hasEscapedKey = true
}

const NAMES: readonly Uint8Array[] = MEMBERS.map(name => Buffer.from(name))

// no two of the names have both the length and the last letter in common
const hashOf = (length: number, last: number): number => ((length & 31) << 7) | (last & 127)

const SLOTS: Int8Array = NAMES.reduce(
  (slots, name, slot) => {
    slots[hashOf(name.length, name.at(-1) ?? 0)] = slot
    return slots
  },
  new Int8Array(32 << 7).fill(-1)
)
