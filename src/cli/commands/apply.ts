import { planEnableOn } from '../../inspect/plan-node.ts'
import { applyOptionsOf } from '../apply-options.ts'
import type { Command } from '../command.ts'
import { enableInputOf } from '../enable-input.ts'
import { RUNNING, SETTINGS } from '../options.ts'
import { manifestPathOf } from '../manifest-path.ts'
import { rootOf, sessionOf } from '../session.ts'

export const apply: Command = {
  name: 'apply',
  usage: '',
  summary:
    'Switch auditing on: back up, write, wait for the new kube-apiserver, prove an event, roll back if that fails',
  options: [...SETTINGS, ...RUNNING],
  positionals: 0,
  examples: [
    ['$0 apply', 'show the diff, ask, and do it'],
    ['$0 apply --yes --policy template:metadata-all', 'without a question, every request at Metadata'],
    ['$0 apply --yes --webhook-url http://127.0.0.1:9765/k8s-audit', 'send events to Falco too']
  ],
  run: async (args, io) => {
    // what writes is loaded only by the commands that write: plan must start fast
    const { nodeHost } = await import('../../host/node-host.ts')
    const { perform } = await import('../perform.ts')
    const host = nodeHost({ root: rootOf(args) })
    const session = sessionOf(args, io)
    const input = enableInputOf(args)
    const options = applyOptionsOf(args)
    return perform({ command: 'apply', host, args, io, session, options }, () =>
      planEnableOn(host, manifestPathOf(args, host, session), input)
    )
  }
}
