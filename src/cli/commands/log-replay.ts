import type { Command } from '../command.ts'

export const logReplay: Command = {
  name: 'log replay',
  usage: '<log..>',
  summary:
    'What another policy would have kept of a log: events and bytes by rule, and how far back the log would reach',
  details: `A LOG is a file, a directory with rotated logs, a pattern, or - for standard
input; compressed ones are read as they are. A log cannot show requests that its
own policy did not record.`,
  options: [
    'policy',
    'against',
    'strict',
    'threads',
    'log-maxage',
    'log-maxbackup',
    'log-maxsize',
    'kubernetes-version'
  ],
  positionals: Infinity,
  examples: [
    ['$0 log replay --policy new.yaml /var/log/kubernetes/audit', 'before you apply it'],
    ['$0 log replay --policy new.yaml --against old.yaml audit.log', 'two policies side by side'],
    ['zcat audit-*.log.gz | $0 log replay --policy template:baseline -o json -', 'from a pipe, for a script']
  ],
  run: async (args, io) => (await import('../log/replay.ts')).replayLogs(args, io)
}
