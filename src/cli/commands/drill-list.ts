import type { Command } from '../command.ts'

export const drillList: Command = {
  name: 'drill list',
  usage: '',
  summary: 'The drills, with the best score of each',
  options: [],
  positionals: 0,
  examples: [
    ['$0 drill list', 'what there is to practise'],
    ['$0 drill list -o json', 'for a script']
  ],
  run: async (args, io) => (await import('../drill/list-drills.ts')).listDrills(args, io)
}
