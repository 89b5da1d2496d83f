import { isRecord } from '../text/guard.ts'
import { type Holds, podFields } from './fields.ts'

/** What a decoder of the API wants in the place of a value, and how it is written. */
export interface Wanted {
  readonly what: string
  readonly fix: string
}

const wholeNumber = (value: unknown, limit: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= -limit && value < limit

// https://github.com/kubernetes/apimachinery/blob/v0.36.0/pkg/api/resource/quantity.go ParseQuantity: spaces around it are cut
// off, and digits may be missing, but not everything
const QUANTITY = /^ *(?=[^ ])[+-]?\d*\.?\d*([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)? *$/
const TIME = /^\d{4}-\d\d-\d\dT([01]?\d|2[0-3]):[0-5]\d:[0-5]\d([.,]\d+)?(Z|[+-]([01]\d|2[0-4]):[0-5]\d)$/

const isTime = (value: unknown): boolean => {
  if (typeof value !== 'string' || !TIME.test(value)) return false
  // the days of a month; the rest of a date has no such rules
  const [day = ''] = value.split('T')
  const date = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}

const LEAVES: Readonly<Record<string, Wanted & { readonly is: (value: unknown) => boolean }>> = {
  '': { what: 'a string', fix: 'put it in quotes', is: value => typeof value === 'string' },
  bool: { what: 'true or false', fix: 'write true or false, without quotes', is: value => typeof value === 'boolean' },
  int32: {
    what: 'a whole number of 32 bits',
    fix: 'write a number, without quotes',
    is: value => wholeNumber(value, 2 ** 31)
  },
  int64: { what: 'a whole number', fix: 'write a number, without quotes', is: value => wholeNumber(value, 2 ** 63) },
  quantity: {
    what: 'a quantity',
    fix: 'write a quantity such as 250m, 2 or 512Mi',
    is: value => typeof value === 'number' || (typeof value === 'string' && QUANTITY.test(value))
  },
  port: {
    what: "a number or a port's name",
    fix: 'write a number, or a name',
    is: value => typeof value === 'string' || wholeNumber(value, 2 ** 31)
  },
  time: { what: 'a time', fix: 'write a time such as 2030-01-31T12:00:00Z, or take it out', is: isTime },
  anything: { what: 'anything', fix: '', is: () => true }
}

/** What is wanted in the place of a value that the decoder does not take; undefined where it takes it. Null is always taken. */
export const wantedInstead = (holds: Holds, value: unknown): Wanted | undefined => {
  if (value === null) return undefined
  if (holds.startsWith('['))
    return Array.isArray(value) ? undefined : { what: 'a list', fix: 'write a list, each item behind a dash' }
  if (holds.startsWith('{') || holds === 'object' || podFields(holds))
    return isRecord(value)
      ? undefined
      : { what: 'a mapping', fix: 'write a mapping, its keys on lines of their own, further in' }
  const leaf = LEAVES[holds]
  if (leaf === undefined || leaf.is(value)) return undefined
  const isNested = typeof value === 'object'
  return { what: leaf.what, fix: isNested ? `write ${leaf.what} in its place` : leaf.fix }
}

/** A value in the words of a message: `the string "true"`, `a list`. */
export const describeValue = (value: unknown): string => {
  if (Array.isArray(value)) return 'a list'
  if (isRecord(value)) return 'a mapping'
  const text = JSON.stringify(value).slice(0, 60)
  return typeof value === 'string' ? `the string ${text}` : typeof value === 'number' ? `the number ${text}` : text
}
