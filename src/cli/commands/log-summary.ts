import type { Command } from '../command.ts'

export const logSummary: Command = {
  name: 'log summary',
  usage: '<log..>',
  summary: 'What a log says in sum: who did what, what was refused, secrets that were read, sessions in pods, and when',
  details: `A LOG is a file, a directory with rotated logs, a pattern, or - for standard
input; compressed ones are read as they are. A request is counted once, by the
event that tells how it ended. Memory does not grow with the log: of too many
different ones the heaviest are kept, and the output says so.`,
  options: ['policy', 'top', 'html', 'strict', 'threads', 'kubernetes-version'],
  positionals: Infinity,
  examples: [
    ['$0 log summary /var/log/kubernetes/audit', 'the log with its rotated files, on a screen and a bit'],
    ['$0 log summary audit.log --html audit.html', 'a page with a picture over time and tables to search'],
    ['$0 log summary --policy new.yaml -o json audit-*.log.gz', 'for a script, with bytes by the rules of a policy']
  ],
  writes: args => args.text('html') !== undefined,
  run: async (args, io) => (await import('../log/summary.ts')).summarizeLogs(args, io)
}
