import { requestOf } from '../audit/event-request.ts'
import { pathAttributes } from '../audit/request-path.ts'
import type { Request, Sender } from '../audit/request.ts'
import { textOf } from './raw-json.ts'
import { senderReader } from './sender-reader.ts'

/**
 * A function that gives the request of an event from the piece behind `"requestURI":"` and before `,"sourceIPs":`, which
 * has the URI, the verb and the user, in this order, in Latin-1. Null for a piece that is to be parsed with all of its line.
 */
export const requestReader = (): ((raw: string) => Request | null) => {
  const senderOf = senderReader()
  return raw => {
    const uriEnd = raw.indexOf('"')
    const verbAt = uriEnd + VERB.length
    const verbEnd = raw.indexOf('"', verbAt)
    if (uriEnd === -1 || verbEnd === -1 || !raw.startsWith(VERB, uriEnd) || !raw.startsWith(USER, verbEnd)) return null
    const verb = textOf(raw.slice(verbAt, verbEnd))
    const sender = senderOf(raw.slice(verbEnd + USER.length))
    return verb === null || sender === null ? null : requestIn(raw.slice(0, uriEnd), verb, sender)
  }
}

const VERB = '","verb":"'
const USER = '","user":'

const requestIn = (uri: string, verb: string, sender: Sender): Request | null => {
  const query = uri.indexOf('?')
  if (query !== -1 && (verb === 'list' || verb === 'watch') && mayName(uri)) {
    const whole = textOf(uri)
    return whole === null ? null : requestOf(verb, whole, sender)
  }
  const path = textOf(query === -1 ? uri : uri.slice(0, query))
  // a question mark that is written as an escape begins the query too: such a line is parsed
  if (path === null || path.includes('?')) return null
  return requestOf(verb, '', sender, pathAttributes(path))
}

// without any of these a request selects no object by name: its field selector has no metadata.name, neither as it is nor
// with some of the letters written as percent signs or as escapes
const NAMING = ['metadata', '%6', '%7', '\\u0025', '\\u006', '\\u007']
const mayName = (uri: string): boolean => {
  for (const part of NAMING) if (uri.includes(part)) return true
  return false
}
