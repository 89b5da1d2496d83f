import { planDisableOn } from '../../inspect/plan-node.ts'
import { applyOptionsOf } from '../apply-options.ts'
import type { Command } from '../command.ts'
import { RUNNING } from '../options.ts'
import { manifestPathOf } from '../manifest-path.ts'
import { rootOf, sessionOf } from '../session.ts'

export const remove: Command = {
  name: 'remove',
  usage: '',
  summary: 'Switch auditing off: take out every audit setting and what only served it; logs are never deleted',
  options: ['manifest', 'purge', ...RUNNING],
  positionals: 0,
  examples: [
    ['$0 remove', 'show the diff, ask, and do it'],
    ['$0 remove --yes --purge', 'remove the policy and webhook files too that auditpatch made']
  ],
  run: async (args, io) => {
    // what writes is loaded only by the commands that write: plan must start fast
    const { nodeHost } = await import('../../host/node-host.ts')
    const { perform } = await import('../perform.ts')
    const host = nodeHost({ root: rootOf(args) })
    const session = sessionOf(args, io)
    const options = applyOptionsOf(args)
    const manifest = manifestPathOf(args, host, session)
    return perform({ command: 'remove', host, args, io, session, options }, () =>
      planDisableOn(host, manifest, args.has('purge'), options.backupDirectory)
    )
  }
}
