import { requestOf } from '../audit/event-request.ts'
import { type PathAttributes, pathAttributes } from '../audit/request-path.ts'
import { type Request, UNKNOWN_SENDER } from '../audit/request.ts'
import { type Asker, askerReader } from './asker-reader.ts'
import { hashOf, pieceTable } from './piece-table.ts'
import { textOf } from './raw-json.ts'
import { remember } from './remember.ts'

const QUOTE = 0x22
const QUESTION = 0x3f
const BACKSLASH = 0x5c
const PERCENT = 0x25
const LETTER_M = 0x6d
const REQUESTS = 8192

/** The request of an event. */
export interface ReadRequest {
  readonly request: Request
  /** Where the request is remembered, -1 where it is not. */
  readonly place: number
  /** Where the members behind the user begin, which is at the quote of `sourceIPs`. */
  readonly end: number
}

/** Reads requests, all into one and the same object. */
export interface RequestReader {
  readonly found: ReadRequest
  /**
   * Reads the URI, the verb and the user, in this order, from behind `"requestURI":"` on. False for a piece that is to be
   * parsed with all of its line.
   */
  readonly read: (bytes: Buffer, view: DataView, at: number, end: number) => boolean
}

/** A reader that remembers requests: most of a log are made again and again. */
export const requestReader = (): RequestReader => {
  const readAsker = askerReader()
  const known = pieceTable<KnownRequest>(REQUESTS, 1, 128)
  const namedAttributes = remember(4096, attributesOfNamed)
  const isWorthIt = thirdTime(REQUESTS)
  const found = { request: requestOf('', '', UNKNOWN_SENDER), place: -1, end: 0 }

  const make = (bytes: Buffer, at: number, path: number, asker: Asker): boolean => {
    const text = textOf(bytes.toString('latin1', at, path))
    if (text === null) return false
    found.request = requestOf(asker.verb, '', asker.sender, pathAttributes(text))
    return true
  }
  const makeNamed = (bytes: Buffer, at: number, uriEnd: number, { verb, sender }: Asker): boolean => {
    const raw = bytes.toString('latin1', at, uriEnd)
    const rest = raw.search(PLAIN_REST)
    if (rest !== -1) {
      const attributes = namedAttributes(raw.slice(0, rest))
      if (attributes === null) return false
      found.request = requestOf(verb, '', sender, attributes)
      return true
    }
    const uri = textOf(raw)
    if (uri === null) return false
    found.request = requestOf(verb, uri, sender)
    return true
  }
  const readPath = (bytes: Buffer, view: DataView, at: number, path: number, asker: Asker): boolean => {
    // with what ends it, so that no path is the beginning of another
    const length = path - at + 1
    if (length < 4) return make(bytes, at, path, asker)
    const hash = Math.imul(hashOf(view, at, length) ^ asker.number, 0x9e3779b1)
    const place = known.find(view, at, path + 1, hash)
    const before = place === -1 ? undefined : known.values[place]
    if (before?.asker === asker) {
      found.request = before.request
      found.place = place
      return true
    }
    if (!make(bytes, at, path, asker)) return false
    if (isWorthIt(hash)) known.keep(view, at, length, hash, { request: found.request, asker })
    return true
  }
  const read = (bytes: Buffer, view: DataView, at: number, end: number): boolean => {
    const path = pathEnd(bytes, at, end)
    if (path === -1) return false
    const query = bytes[path] === QUOTE ? path : queryEnd(bytes, path, end)
    const uriEnd = Math.abs(query)
    const asker = readAsker(bytes, view, uriEnd, end)
    if (asker === undefined) return false
    found.place = -1
    found.end = uriEnd + asker.length + 1
    const isNamed = query < 0 && (asker.verb === 'list' || asker.verb === 'watch')
    return isNamed ? makeNamed(bytes, at, uriEnd, asker) : readPath(bytes, view, at, path, asker)
  }
  return { found, read }
}

interface KnownRequest {
  readonly request: Request
  readonly asker: Asker
}

// the part of a query that differs from one watch of an object to the next, and selects nothing
const PLAIN_REST =
  /\\u0026resourceVersion=\w*(?:\\u0026(?:(?:resourceVersionMatch|timeout|watch)=\w*|timeoutSeconds=\d{1,18}))*$/

// of a list or watch, with the name that its query selects
const attributesOfNamed = (raw: string): PathAttributes | null => {
  const uri = textOf(raw)
  if (uri === null) return null
  const attributes = pathAttributes(uri)
  return { ...attributes, name: requestOf('list', uri, UNKNOWN_SENDER, attributes).name }
}

// a function that is true for a number that it is given the third time: many requests are told of twice, when they come and
// when they are answered, and to remember one takes as long as to read three
const thirdTime = (places: number): ((hash: number) => boolean) => {
  const last = new Int32Array(places)
  const times = new Uint8Array(places)
  return hash => {
    const place = hash & (places - 1)
    const before = last[place] === hash ? (times[place] ?? 0) : 0
    last[place] = hash
    times[place] = before + 1
    return before === 2
  }
}

// where a path ends, behind which a query may stand; -1 for one with an escape, which may be a question mark
const pathEnd = (bytes: Uint8Array, at: number, end: number): number => {
  for (let next = at; next < end; next++) {
    const byte = bytes[next]
    if (byte === QUOTE || byte === QUESTION) return next
    if (byte === BACKSLASH) return -1
  }
  return -1
}

// where a query ends; less than 0 if it may select an object by name, as one that has metadata.name, as it is or with letters
// that are written as percent signs or as escapes. An ampersand is an escape always
const queryEnd = (bytes: Uint8Array, at: number, end: number): number => {
  let mayName = false
  for (let next = at; next < end; next++) {
    const byte = bytes[next]
    if (byte === QUOTE) return mayName ? -next : next
    if (byte === BACKSLASH) {
      mayName ||= !isTextAt(bytes, next, AMPERSAND)
      next += 1
    } else if (byte === PERCENT) mayName ||= bytes[next + 1] === 0x36 || bytes[next + 1] === 0x37
    else if (byte === LETTER_M) mayName ||= isTextAt(bytes, next, METADATA)
  }
  return end
}

const AMPERSAND = Buffer.from('\\u0026')
const METADATA = Buffer.from('metadata')

const isTextAt = (bytes: Uint8Array, at: number, text: Uint8Array): boolean => {
  for (let index = 0; index < text.length; index++) if (bytes[at + index] !== text[index]) return false
  return true
}
