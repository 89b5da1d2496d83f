import { AuditError } from '../../errors.ts'
import type { Args } from '../options.ts'

const SOURCE = 'k8s_audit'

/** Refuses sources of events that are not there, and to judge those of none. Throws USAGE, in Falco's words where it has some. */
export const refuseSources = (args: Args): void => {
  const [enabled, disabled] = [args.list('enable-source'), args.list('disable-source')]
  if (enabled.length > 0 && disabled.length > 0)
    throw new AuditError('USAGE', 'You can not mix --enable-source and --disable-source')
  const unknown = [...enabled, ...disabled].find(each => each !== SOURCE && each !== 'syscall')
  if (unknown !== undefined)
    throw new AuditError('USAGE', `Attempted to use an unknown event source: ${unknown}; there is ${SOURCE}`)
  if (disabled.includes(SOURCE) || (enabled.length > 0 && !enabled.includes(SOURCE)))
    throw new AuditError('USAGE', `Must enable at least one event source: there is ${SOURCE}`)
}
