import { microsecondsOf } from '../text/time.ts'

const SECONDS = { w: 7 * 86_400, d: 86_400, h: 3600, m: 60, s: 1 } as const

/**
 * Microseconds since 1970 of a time that a person asks for: as RFC 3339, a day (its beginning in UTC), or so long before
 * `now` (milliseconds since 1970) as `15m`, `2h`, `3d`, `1h30m`. Undefined for what is none of them.
 */
export const askedTime = (text: string, now: number): number | undefined => {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return microsecondsOf(`${text}T00:00:00Z`)
  return beforeNow(text, now) ?? microsecondsOf(text)
}

const beforeNow = (text: string, now: number): number | undefined => {
  if (!/^(\d+(\.\d+)?[wdhms])+$/.test(text)) return undefined
  let seconds = 0
  for (const [, amount, unit] of text.matchAll(/([\d.]+)([wdhms])/g)) {
    seconds += Number(amount) * SECONDS[unit as keyof typeof SECONDS] // as: one of the letters of the expression
  }
  return now * 1000 - seconds * 1e6
}
