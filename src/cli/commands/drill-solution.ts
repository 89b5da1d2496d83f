import type { Command } from '../command.ts'

export const drillSolution: Command = {
  name: 'drill solution',
  usage: '[id]',
  summary: 'Show the diff that solves a drill; no score is kept then',
  options: [],
  positionals: 1,
  examples: [
    ['$0 drill solution', 'one right answer of many'],
    ['$0 drill solution c02 -o json', 'for a script']
  ],
  writes: () => true,
  run: async (args, io) => (await import('../drill/show-solution.ts')).showSolution(args, io)
}
