import { AuditError } from '../../errors.ts'
import type { Args } from '../options.ts'

/** After how many seconds it is to end: `-M`; undefined for never, also for 0, as in Falco. Throws USAGE. */
export const secondsOf = (args: Args): number | undefined => {
  const value = args.text('seconds')
  if (value === undefined) return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value) === 0 ? undefined : Number(value)
  throw new AuditError('USAGE', `-M: a whole number of seconds is wanted, found "${value}"`)
}
