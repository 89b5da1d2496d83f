import type { Command } from '../command.ts'

export const policyMap: Command = {
  name: 'policy map',
  usage: '<file>',
  summary: 'A policy as a picture in one HTML page: who, what, which verb, and the level at which it is recorded',
  options: ['html', 'kubernetes-version'],
  positionals: 1,
  examples: [
    ['$0 policy map policy.yaml --html policy.html', 'open it in a browser'],
    ['$0 policy map template:baseline --html -', 'to standard output']
  ],
  writes: args => args.text('html') !== undefined,
  run: async (args, io) => (await import('../policy/map-file.ts')).mapFile(args, io)
}
