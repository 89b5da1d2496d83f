import { microsecondsOf } from '../text/time.ts'

const SECONDS = { w: 7 * 86_400, d: 86_400, h: 3600, m: 60, s: 1 } as const

/**
 * Microseconds since 1970 of a time that a person asks for: as RFC 3339 writes it, a day or a time without a zone, which are
 * local, or so long before `now` (milliseconds since 1970) as `15m`, `2h`, `3d`, `1h30m`. Undefined for what is none of them.
 */
export const askedTime = (text: string, now: number): number | undefined =>
  beforeNow(text, now) ?? localTime(text) ?? microsecondsOf(text)

const LOCAL = /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(:\d\d(?:\.\d+)?)?)?$/

// where a clock is put forward the time between is none, and where it is put back it comes twice: Date takes the offset before
const localTime = (text: string): number | undefined => {
  const [, day, minute = '00:00', second = ':00'] = LOCAL.exec(text) ?? []
  // the 30th of February is no day here either
  const inUtc = day === undefined ? undefined : microsecondsOf(`${day}T${minute}${second}Z`)
  if (inUtc === undefined) return undefined
  const wanted = new Date(Math.floor(inUtc / 1000))
  const local = new Date(
    wanted.getUTCFullYear(),
    wanted.getUTCMonth(),
    wanted.getUTCDate(),
    wanted.getUTCHours(),
    wanted.getUTCMinutes(),
    wanted.getUTCSeconds(),
    wanted.getUTCMilliseconds()
  )
  return local.getTime() * 1000 + (inUtc % 1000)
}

const beforeNow = (text: string, now: number): number | undefined => {
  if (!/^(\d+(\.\d+)?[wdhms])+$/.test(text)) return undefined
  let seconds = 0
  for (const [, amount, unit] of text.matchAll(/([\d.]+)([wdhms])/g)) {
    seconds += Number(amount) * SECONDS[unit as keyof typeof SECONDS] // as: one of the letters of the expression
  }
  return now * 1000 - seconds * 1e6
}
