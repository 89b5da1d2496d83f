import { senderOf } from '../audit/event-request.ts'
import type { Sender } from '../audit/request.ts'
import { isRecord } from '../text/guard.ts'
import { parsedOrNot, utf8Of } from './raw-json.ts'
import { detached, remember } from './remember.ts'

/**
 * A function that gives the sender of a request from the text of an event, in Latin-1, behind `"user":` and before
 * `,"sourceIPs":`; null where that is not one mapping, with whom the user acts for behind it.
 */
export const senderReader = (): ((raw: string) => Sender | null) => {
  const known = remember(4096, parseSender)
  const recent = Array.from({ length: RECENT }, (): Recent => ({ raw: '', sender: null }))
  return raw => {
    // most users say the same of themselves again and again: to compare it is sooner done than to look it up
    const place = recent[placeOf(raw)]
    if (place?.raw === raw) return place.sender
    const sender = known(raw)
    if (place) {
      place.raw = detached(raw)
      place.sender = sender
    }
    return sender
  }
}

interface Recent {
  raw: string
  sender: Sender | null
}

const RECENT = 1021

// from a few of its characters, and more of those in which users differ: names, and the credentials of their tokens
const placeOf = (raw: string): number => {
  const { length } = raw
  let sum = length
  for (let part = 1; part <= 12; part++) sum = (sum * 31 + raw.charCodeAt(((length * part) / 13) | 0)) | 0
  return Math.abs(sum % RECENT)
}

// another member, or a piece of one, is left to the parser of the whole
const USER_MEMBERS = ['user', 'impersonatedUser', 'authenticationMetadata']

const parseSender = (raw: string): Sender | null => {
  const value = parsedOrNot(`{"user":${utf8Of(raw)}}`)
  if (!isRecord(value) || !isRecord(value.user)) return null
  return Object.keys(value).every(key => USER_MEMBERS.includes(key)) ? senderOf(value) : null
}
