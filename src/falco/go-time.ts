import { daysIn, daysSince1970, type Moment } from './stage-time.ts'

const LAYOUT = '2006-01-02T15:04:05.999999999Z07:00'

/** A part of the layout: how it is written there, the form it takes, and the greatest number, with the word for one above it. */
interface Part {
  readonly layout: string
  readonly form: RegExp
  readonly range?: readonly [least: number, most: number, word: string]
}

const PARTS: readonly Part[] = [
  { layout: '2006', form: /^\d{4}/ },
  { layout: '-', form: /^-/ },
  { layout: '01', form: /^\d\d/, range: [1, 12, 'month'] },
  { layout: '-', form: /^-/ },
  { layout: '02', form: /^\d\d/ },
  { layout: 'T', form: /^T/ },
  { layout: '15', form: /^\d\d?/, range: [0, 23, 'hour'] },
  { layout: ':', form: /^:/ },
  { layout: '04', form: /^\d\d/, range: [0, 59, 'minute'] },
  { layout: ':', form: /^:/ },
  { layout: '05', form: /^\d\d/, range: [0, 59, 'second'] },
  { layout: '.999999999', form: /^(?:[.,]\d+)?/ }
]

/**
 * Reads a time as Go's time.Parse does in the layout RFC3339Nano: also with one digit for the hour and a comma. Gives what
 * is wrong, in its words (time/format.go of Go 1.26); undefined where a time was read.
 */
export const readGoTime = (text: string, into: Moment): string | undefined => {
  const found: string[] = []
  let rest = text
  for (const { layout, form, range } of PARTS) {
    const [part] = form.exec(rest) ?? []
    if (part === undefined) return cannotParse(text, rest, layout)
    rest = rest.slice(part.length)
    if (range && (Number(part) < range[0] || Number(part) > range[1])) return outOfRange(text, range[2])
    found.push(part)
  }
  const zone = /^(?:Z|([-+])(\d\d):(\d\d))/.exec(rest)
  const far = /^[^Z]\d\d:/.test(rest) && rest.length >= 6 ? farZone(rest) : undefined
  if (far !== undefined) return outOfRange(text, far)
  if (!zone) return cannotParse(text, rest, 'Z07:00')
  rest = rest.slice(zone[0].length)
  if (rest !== '') return `parsing time ${quoted(text)}: extra text: ${quoted(rest)}`
  const [year = 0, , month = 0, , day = 0, , hour = 0, , minute = 0, , second = 0] = found.map(Number)
  if (day < 1 || day > daysIn(year, month)) return outOfRange(text, 'day')
  const away = (zone[1] === '-' ? -60 : 60) * (Number(zone[2] ?? 0) * 60 + Number(zone[3] ?? 0))
  into.seconds = daysSince1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - away
  into.nanoseconds = Number((found.at(-1) ?? '').slice(1, 10).padEnd(9, '0'))
  return undefined
}

// hours up to 24 and minutes up to 60 are let through, and what is beyond is told before a sign that is none
const farZone = (rest: string): string | undefined => {
  const minutes = /^\d\d/.exec(rest.slice(4))
  if (minutes && Number(minutes[0]) > 60) return 'time zone offset minute'
  return Number(rest.slice(1, 3)) > 24 ? 'time zone offset hour' : undefined
}

const outOfRange = (text: string, what: string): string => `parsing time ${quoted(text)}: ${what} out of range`

const cannotParse = (text: string, rest: string, layout: string): string =>
  `parsing time ${quoted(text)} as ${quoted(LAYOUT)}: cannot parse ${quoted(rest)} as ${quoted(layout)}`

const quoted = (text: string): string =>
  `"${text.replace(/["\\]/g, '\\$&').replace(/[^ -~\x7f]/g, byte => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`)}"`
