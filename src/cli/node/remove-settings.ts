import { planDisableOn } from '../../inspect/plan-way-back.ts'
import { applyOptionsOf } from '../apply-options.ts'
import { manifestPathOf } from '../manifest-path.ts'
import { rootOf, sessionOf } from '../session.ts'
import type { Host } from '../../host/host.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'

/** Switches auditing off, as one transaction. Gives the exit code. */
export const removeSettings = async (args: Args, io: Io, hostOf = (host: Host): Host => host): Promise<number> => {
  // what writes is loaded only by the commands that write: plan must start fast
  const { nodeHost } = await import('../../host/node-host.ts')
  const { perform } = await import('../perform.ts')
  const host = hostOf(nodeHost({ root: rootOf(args) }))
  const session = sessionOf(args, io)
  const options = applyOptionsOf(args)
  const manifest = manifestPathOf(args, host, session)
  return perform({ command: 'remove', host, args, io, session, options }, () =>
    planDisableOn(host, manifest, args.has('purge'), options.backupDirectory)
  )
}
