import { microsecondsOf } from '../text/time.ts'
import { formOf, numberAt, wordAt } from './byte-words.ts'

const NONE = -1

/** Reads times as kube-apiserver writes them, with six digits of a second always. */
export interface MomentReader {
  /** Microseconds since 1970 of the time at a place; null where there is none. */
  readonly read: (view: DataView, at: number) => number | null
  /** True where something ends as a time does. */
  readonly isTimeEnd: (view: DataView, at: number) => boolean
}

/** How long a time is, as 2026-11-22T00:04:29.799858Z. */
export const TIME_LENGTH = 27

/** A reader that keeps the last minute in mind, and the last day: the events of a log are near each other. */
export const momentReader = (): MomentReader => {
  // sixteen characters, as 2026-11-22T00:04
  let [month, minute] = [0, 0]
  let start = NaN
  let day = { name: '', start: NaN }
  const isLastMinute = (view: DataView, at: number): boolean =>
    !Number.isNaN(start) && numberAt(view, at) === month && numberAt(view, at + 8) === minute

  const startMinute = (view: DataView, at: number): boolean => {
    start = NaN
    if (!MINUTE.isAt(view, at)) return false
    month = numberAt(view, at)
    minute = numberAt(view, at + 8)
    const name = textAt(view, at, 10)
    if (name !== day.name) day = { name, start: microsecondsOf(`${name}T00:00:00Z`) ?? NaN }
    const [hours, minutes] = [twoDigits(view, at + 11), twoDigits(view, at + 14)]
    if (hours < 24 && minutes < 60) start = day.start + (hours * 60 + minutes) * 60e6
    return !Number.isNaN(start)
  }
  return {
    read: (view, at) => {
      const micros = microsOfMinute(view, at + 16)
      if (micros === NONE || (!isLastMinute(view, at) && !startMinute(view, at))) return null
      return start + micros
    },
    isTimeEnd: (view, at) => microsOfMinute(view, at + 16) !== NONE
  }
}

const MINUTE = formOf('0000-00-00T00:00')

// microseconds from what stands behind the minute, as :29.799858Z. Of its three words, `:29.`, `7998` and `858Z`, what is
// left of a digit is the digit, and of a mark nothing
const microsOfMinute = (view: DataView, at: number): number => {
  const first = wordAt(view, at) ^ 0x2e30303a
  const second = wordAt(view, at + 4) ^ 0x30303030
  const last = wordAt(view, at + 7) ^ 0x5a303030
  if (((first & 0xfff0f0ff) | (second & 0xf0f0f0f0) | (last & 0xfff0f0f0)) !== 0) return NONE
  // a nibble above 9 goes over
  if ((((first + 0x060600) | (second + 0x06060606) | (last + 0x060606)) & 0xf0f0f0f0) !== 0) return NONE
  const seconds = ((first >>> 8) & 15) * 10 + (first >>> 16)
  const thousands = (second & 15) * 100 + ((second >>> 8) & 15) * 10 + ((second >>> 16) & 15)
  const units = (last & 15) * 100 + ((last >>> 8) & 15) * 10 + (last >>> 16)
  // a leap second counts as the next one's beginning
  return seconds > 60 ? NONE : seconds * 1_000_000 + thousands * 1000 + units
}

const twoDigits = (view: DataView, at: number): number => (view.getUint8(at) - 0x30) * 10 + view.getUint8(at + 1) - 0x30

const textAt = (view: DataView, at: number, length: number): string =>
  String.fromCharCode(...Array.from({ length }, (_, index) => view.getUint8(at + index)))
