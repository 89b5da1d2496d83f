import { AuditError } from '../../errors.ts'
import { rotatedName } from '../../logs/rotated-set.ts'
import { logNamesOf } from './log-names.ts'

/** The log that is written to, of a path that names it, one of its rotated files or the directory of all. Throws USAGE for none, for several and for standard input. */
export const logToFollow = (path: string): string => {
  if (path === '-') throw new AuditError('USAGE', '--follow: standard input is read to its end; leave --follow out')
  const { log: written, isCompressed } = rotatedName(path)
  if (isCompressed)
    throw new AuditError('USAGE', `--follow: ${path} is compressed, and so is not written to; is ${written} meant?`)
  const names = logNamesOf(path)
  if (names.length === 1 && names[0] === path) return path
  const [log = path, ...others] = new Set(names.map(name => rotatedName(name).log))
  if (others.length === 0) return log
  throw new AuditError('USAGE', `--follow: one log is wanted, found ${[log, ...others].join(', ')}`)
}
