import type { Command } from '../command.ts'

export const demo: Command = {
  name: 'demo',
  usage: '',
  summary: 'The whole main job on an example control-plane node in a temporary directory',
  options: [],
  positionals: 0,
  examples: [
    ['$0 demo', 'see the diff, the second run, and the way back'],
    ['$0 demo --color never', 'the same without colours']
  ],
  run: async (args, io) => (await import('../node/play-demo.ts')).playDemo(args, io)
}
