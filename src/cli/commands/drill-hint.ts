import type { Command } from '../command.ts'

export const drillHint: Command = {
  name: 'drill hint',
  usage: '[id]',
  summary: 'Show the next hint, for 5 points',
  options: [],
  positionals: 1,
  examples: [
    ['$0 drill hint', 'first where to look, at last nearly the solution'],
    ['$0 drill hint b01', 'of another drill that was started']
  ],
  writes: () => true,
  run: async (args, io) => (await import('../drill/show-hint.ts')).showHint(args, io)
}
