import type { Command } from '../command.ts'

export const drillStatus: Command = {
  name: 'drill status',
  usage: '[id]',
  summary: 'The task that is worked on, and how far you have come',
  options: [],
  positionals: 1,
  examples: [
    ['$0 drill status', 'the task again, the hints so far, the last score'],
    ['$0 drill status -o json', 'for a script']
  ],
  run: async (args, io) => (await import('../drill/show-status.ts')).showStatus(args, io)
}
