import type { Command } from '../command.ts'

export const backups: Command = {
  name: 'backups',
  usage: '',
  summary: 'List the backups, the newest first',
  options: ['backup-dir'],
  positionals: 0,
  examples: [
    ['$0 backups', 'what restore can put back'],
    ['$0 backups -o json', 'for a script']
  ],
  run: async (args, io) => (await import('../node/show-backups.ts')).showBackups(args, io)
}
