import type { Command } from '../command.ts'

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
  // loaded when it is asked for: plan must start fast
  run: async (args, io) => (await import('../check/show-status.ts')).showStatus(args, io)
}
