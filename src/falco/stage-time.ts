/** A moment; the nanoseconds are those of its second. */
export interface Moment {
  seconds: number
  nanoseconds: number
}

const QUOTE = 0x22
const DIGITS_OF_NANOSECONDS = 9

/**
 * Reads the time of an event from the string at `at` as kube-apiserver writes it, in UTC. False for every other form, for
 * which there is readGoTime.
 */
export const readUtcTime = (bytes: Uint8Array, at: number, into: Moment): boolean => {
  if (!isMarked(bytes, at)) return false
  const [year, month, day] = [digitsAt(bytes, at + 1, 4), digitsAt(bytes, at + 6, 2), digitsAt(bytes, at + 9, 2)]
  const [hour, minute, second] = [digitsAt(bytes, at + 12, 2), digitsAt(bytes, at + 15, 2), digitsAt(bytes, at + 18, 2)]
  if (!(year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month))) return false
  if (!(hour < 24 && minute < 60 && second < 60)) return false
  let end = 20
  if (bytes[at + end] === 0x2e) {
    do end += 1
    while (isDigit(bytes[at + end]))
    if (end === 21 || end > 21 + DIGITS_OF_NANOSECONDS) return false
  }
  if (bytes[at + end] !== 0x5a || bytes[at + end + 1] !== QUOTE) return false
  into.seconds = daysSince1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second
  into.nanoseconds = end === 20 ? 0 : digitsAt(bytes, at + 21, end - 21) * 10 ** (DIGITS_OF_NANOSECONDS - (end - 21))
  return true
}

// the number of so many digits; NaN where there is another byte
const digitsAt = (bytes: Uint8Array, at: number, count: number): number => {
  let value = 0
  for (let next = at; next < at + count; next++) {
    const digit = (bytes[next] ?? 0) - 0x30
    if (digit < 0 || digit > 9) return NaN
    value = value * 10 + digit
  }
  return value
}

// what stands between the numbers of "2026-11-22T10:00:00
const isMarked = (bytes: Uint8Array, at: number): boolean =>
  bytes[at] === QUOTE &&
  bytes[at + 5] === 0x2d &&
  bytes[at + 8] === 0x2d &&
  bytes[at + 11] === 0x54 &&
  bytes[at + 14] === 0x3a &&
  bytes[at + 17] === 0x3a

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39

/** How many days a month has, from 1 on. */
export const daysIn = (year: number, month: number): number =>
  month === 2 ? (isLeap(year) ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)

/** Days from 1970-01-01 to a day, in the calendar of today for all years. */
export const daysSince1970 = (year: number, month: number, day: number): number => {
  // years that begin with March, so that a leap day is the last one
  const marchYear = month > 2 ? year : year - 1
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400)
  return marchYear * 365 + leapDays + dayOfYear - 719_468
}
