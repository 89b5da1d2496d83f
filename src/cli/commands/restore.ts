import { planRestoreOn } from '../../inspect/plan-node.ts'
import { applyOptionsOf } from '../apply-options.ts'
import type { Command } from '../command.ts'
import { RUNNING } from '../options.ts'
import { rootOf, sessionOf } from '../session.ts'

export const restore: Command = {
  name: 'restore',
  usage: '[ID]',
  summary: 'Put the files of a backup back, the newest when no ID is given; what is there now is backed up first',
  options: RUNNING,
  positionals: 1,
  examples: [
    ['$0 restore', 'undo the last apply, remove or restore'],
    ['$0 restore 20261122T011500Z-3f9a --yes', 'a certain backup (see backups)']
  ],
  run: async (args, io) => {
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
}
