import type { Command } from '../command.ts'

export const drillStart: Command = {
  name: 'drill start',
  usage: '[id]',
  summary: 'Make the node of a drill in a directory, and say what is to be done',
  details:
    'Without a name the next drill that is not solved yet. The values of a task (paths, names, numbers) follow from --seed; what was done so far is kept in ${XDG_STATE_HOME:-~/.local/state}/auditpatch. No cluster is needed.',
  options: ['seed', 'dir'],
  positionals: 1,
  examples: [
    ['$0 drill start a01', 'makes ./drill-a01, with the task in drill-a01/TASK'],
    ['$0 drill start', 'the next one'],
    ['$0 drill start c03 --seed 7 --dir /tmp/c03', 'the same values for everyone in a class']
  ],
  writes: () => true,
  run: async (args, io) => (await import('../drill/start-drill.ts')).startDrill(args, io)
}
