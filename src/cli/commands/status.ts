import { nodeHostReader } from '../../host/node-host-reader.ts'
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
  summary: 'What is configured, what the running process has, and where the log is',
  options: ['manifest', 'backup-dir'],
  positionals: 0,
  examples: [
    ['$0 status', 'one screen about this node'],
    ['$0 status -o json', 'for a script']
  ],
  run: async (args, io) => {
    const session = sessionOf(args, io)
    const host = nodeHostReader({ root: rootOf(args) })
    const result = await statusOf(host, manifestPathOf(args, host, session), backupDirectoryOf(args))
    session.give(resultOf('Status', { ...result }))
    session.say(statusLines(result, session.paint, session.width))
    return 0
  }
}
