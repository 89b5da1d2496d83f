import { AuditError } from '../errors.ts'
import type { Io } from './io.ts'
import type { Args } from './options.ts'

/** Asks before something is written, unless --yes. Throws NEEDS_CONFIRMATION without a terminal and INTERRUPTED on no. */
export const confirmed = async (args: Args, io: Io, question: string): Promise<void> => {
  if (args.has('yes')) return
  if (!io.isInTerminal || !io.isOutTerminal || args.text('output') === 'json')
    throw new AuditError(
      'NEEDS_CONFIRMATION',
      'there is no terminal to ask on, and --yes was not given; nothing was changed'
    )
  if (!(await io.ask(question))) throw new AuditError('INTERRUPTED', NOT_CONFIRMED)
}

/** The message of a question that was answered with no. */
export const NOT_CONFIRMED = 'not confirmed'
