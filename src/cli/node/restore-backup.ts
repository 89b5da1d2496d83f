import { planRestoreOn } from '../../inspect/plan-way-back.ts'
import { applyOptionsOf } from '../apply-options.ts'
import { rootOf, sessionOf } from '../session.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'

/** Puts the files of a backup back, as one transaction. Gives the exit code. */
export const restoreBackup = async (args: Args, io: Io): Promise<number> => {
  // what writes is loaded only by the commands that write: plan must start fast
  const { nodeHost } = await import('../../host/node-host.ts')
  const { perform } = await import('../perform.ts')
  const host = nodeHost({ root: rootOf(args) })
  const options = applyOptionsOf(args)
  const [id] = args.positionals
  return perform({ command: 'restore', host, args, io, session: sessionOf(args, io), options }, () =>
    planRestoreOn(host, options.backupDirectory, id)
  )
}
