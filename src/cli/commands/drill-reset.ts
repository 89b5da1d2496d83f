import type { Command } from '../command.ts'

export const drillReset: Command = {
  name: 'drill reset',
  usage: '[id]',
  summary: 'Put the node of a drill back to its start',
  details:
    'Every file of the node is as it was, byte for byte; what was changed there is lost. The time begins anew, and hints stay counted.',
  options: [],
  positionals: 1,
  examples: [
    ['$0 drill reset', 'try again with the same values'],
    ['$0 drill reset b01', 'another drill that was started']
  ],
  writes: () => true,
  run: async (args, io) => (await import('../drill/reset-drill.ts')).resetDrill(args, io)
}
