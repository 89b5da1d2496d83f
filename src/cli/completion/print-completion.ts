import { AuditError } from '../../errors.ts'
import { resultOf } from '../../render/result.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'
import { sessionOf } from '../session.ts'
import { completionScript } from './completion-script.ts'
import { SHELLS } from './words.ts'

/** Prints the completion script of a shell. Gives the exit code. */
export const printCompletion = async (args: Args, io: Io): Promise<number> => {
  // the table of commands has this one in it
  const { COMMANDS } = await import('../commands.ts')
  const [given] = args.positionals
  const name = given ?? (io.env.SHELL ?? '').split('/').at(-1) ?? ''
  const shell = SHELLS.find(each => each === name)
  if (!shell) {
    const found = given === undefined ? `$SHELL is "${io.env.SHELL ?? ''}"` : `found "${given}"`
    throw new AuditError('USAGE', `completion: one of ${SHELLS.join(', ')} is wanted, ${found}`)
  }
  const script = completionScript(shell, COMMANDS)
  sessionOf(args, io).give(() => resultOf('CompletionScript', { shell, script }))
  if (args.text('output') !== 'json') io.out(script)
  return 0
}
