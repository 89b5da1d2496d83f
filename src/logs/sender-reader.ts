import { senderOf } from '../audit/event-request.ts'
import type { Sender } from '../audit/request.ts'
import { isRecord } from '../text/guard.ts'
import { parsedOrNot, utf8Of } from './raw-json.ts'
import { remember } from './remember.ts'

/**
 * A function that gives the sender of a request from the text of an event, in Latin-1, behind `"user":` and before
 * `,"sourceIPs":`; null where that is not one mapping, with whom the user acts for behind it.
 */
export const senderReader = (): ((raw: string) => Sender | null) => remember(4096, parseSender)

// another member, or a piece of one, is left to the parser of the whole
const USER_MEMBERS = ['user', 'impersonatedUser', 'authenticationMetadata']

const parseSender = (raw: string): Sender | null => {
  const value = parsedOrNot(`{"user":${utf8Of(raw)}}`)
  if (!isRecord(value) || !isRecord(value.user)) return null
  return Object.keys(value).every(key => USER_MEMBERS.includes(key)) ? senderOf(value) : null
}
