import type { Command } from '../command.ts'
import { RUNNING } from '../options.ts'

export const recover: Command = {
  name: 'recover',
  usage: '',
  summary: 'Finish or undo an interrupted run',
  options: RUNNING,
  positionals: 0,
  examples: [
    ['$0 recover', 'after a crash or a lost connection'],
    ['$0 recover --no-wait', 'without waiting for kube-apiserver']
  ],
  run: async (args, io) => (await import('../node/recover-node.ts')).recoverNode(args, io)
}
