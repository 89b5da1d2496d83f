import { nodeHostReader } from '../../host/node-host-reader.ts'
import { gatherNode } from '../../inspect/node-facts.ts'
import { statusOf } from '../../inspect/status.ts'
import { resultOf } from '../../render/json.ts'
import { statusLines } from '../../render/status.ts'
import { backupDirectoryOf } from '../apply-options.ts'
import type { Command } from '../command.ts'
import { manifestPathOf } from '../manifest-path.ts'
import { rootOf, sessionOf } from '../session.ts'

export const status: Command = {
  name: 'status',
  usage: '',
  summary: 'One screen: what is configured, what runs, what is proven, where the log is and how fast it grows',
  options: ['manifest', 'backup-dir'],
  positionals: 0,
  examples: [
    ['$0 status', 'one screen about this node'],
    ['$0 status -o json', 'for a script']
  ],
  run: async (args, io) => {
    const session = sessionOf(args, io)
    const host = nodeHostReader({ root: rootOf(args) })
    const facts = await gatherNode(host, {
      manifest: manifestPathOf(args, host, session),
      backups: backupDirectoryOf(args),
      readClusterConfig: () => Promise.resolve({ why: 'status does not ask the cluster' })
    })
    const result = statusOf(facts)
    session.give(resultOf('Status', { ...result }))
    session.say(statusLines(result, facts.now, session.paint, session.width))
    return 0
  }
}
