import { AuditError } from '../errors.ts'
import type { Command } from './command.ts'
import { EVERYWHERE, option, type OptionName } from './options.ts'

/**
 * True where an option that has one value is given two different ones: which of them was meant is not known. Of those of
 * every command the last counts, so that an alias may have them.
 */
export const isOneTooMany = (name: OptionName, given: readonly string[]): boolean =>
  option(name).type === 'string' && !EVERYWHERE.some(each => each === name) && new Set(given).size > 1

/** Refuses an option with a value too many. Throws USAGE. */
export const refuseTwo = ({ options }: Command, name: OptionName, given: readonly string[]): void => {
  if (!isOneTooMany(name, given)) return
  const [first = '', second = ''] = new Set(given)
  const other = options.find(each => each === option(name).second)
  const hint = other === undefined ? '' : `; is --${other} ${second} meant?`
  throw new AuditError('USAGE', `--${name}: one is wanted, found "${first}" and "${second}"${hint}`)
}
