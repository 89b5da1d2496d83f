/** When something happened: seconds since 1970, and nanoseconds of that second. */
export interface Instant {
  readonly seconds: number
  readonly nanoseconds: number
}

// above it 64 bits of nanoseconds begin anew, as they do below 0
const LAST_SECOND = 18_446_744_073

/** A time in nanoseconds since 1970, in digits: it is too long for a number of JavaScript. */
export const nanosecondsText = ({ seconds, nanoseconds }: Instant): string =>
  seconds > 0 && seconds < LAST_SECOND
    ? `${seconds}${padded(nanoseconds, 9)}`
    : BigInt.asUintN(64, BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds)).toString()

/** A time in UTC as Falco writes it in ISO 8601 (libsinsp/utils.cpp of falcosecurity/libs: ts_to_iso_8601). */
export const isoTime = (at: Instant): string =>
  `${new Date(at.seconds * 1000).toISOString().slice(0, 19)}.${padded(at.nanoseconds, 9)}+0000`

/** The date where this program runs, as 2026-11-22. */
export const localDate = (at: Instant): string => {
  const date = new Date(at.seconds * 1000)
  return `${padded(date.getFullYear(), 4)}-${padded(date.getMonth() + 1)}-${padded(date.getDate())}`
}

/** The time of day where this program runs, as 10:00:00. */
export const localTime = (at: Instant): string => {
  const date = new Date(at.seconds * 1000)
  return `${padded(date.getHours())}:${padded(date.getMinutes())}:${padded(date.getSeconds())}`
}

/** The same with nanoseconds, as alerts begin. */
export const localClock = (at: Instant): string => `${localTime(at)}.${fractionText(at)}`

/** What is over of a second, in nine digits. */
export const fractionText = ({ nanoseconds }: Instant): string => padded(nanoseconds, 9)

const padded = (value: number, length = 2): string => String(value).padStart(length, '0')
