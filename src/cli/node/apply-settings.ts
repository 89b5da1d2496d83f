import { planEnableOn } from '../../inspect/plan-node.ts'
import { applyOptionsOf } from '../apply-options.ts'
import { lintingInputOf } from '../enable-input.ts'
import { manifestPathOf } from '../manifest-path.ts'
import { rootOf, sessionOf } from '../session.ts'
import type { Host } from '../../host/host.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'
import { withForecastOf } from './forecast.ts'

/** Switches auditing on, as one transaction. Gives the exit code. */
export const applySettings = async (args: Args, io: Io, hostOf = (host: Host): Host => host): Promise<number> => {
  // what writes is loaded only by the commands that write: plan must start fast
  const { nodeHost } = await import('../../host/node-host.ts')
  const { perform } = await import('../perform.ts')
  const host = hostOf(nodeHost({ root: rootOf(args) }))
  const session = sessionOf(args, io)
  const input = await lintingInputOf(args)
  const options = applyOptionsOf(args)
  const manifest = manifestPathOf(args, host, session)
  return perform(
    { command: 'apply', host, args, io, session, options },
    () => planEnableOn(host, manifest, input),
    plan => withForecastOf(host, plan)
  )
}
