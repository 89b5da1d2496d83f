import type { Command } from '../command.ts'
import { RUNNING } from '../options.ts'

export const restore: Command = {
  name: 'restore',
  usage: '[ID]',
  summary: 'Put the files of a backup back, the newest when no ID is given; what is there now is backed up first',
  options: RUNNING,
  positionals: 1,
  examples: [
    ['$0 restore', 'undo the last apply, remove or restore'],
    ['$0 restore 20261122T011500Z-3f9a --yes', 'a certain backup (see backups)']
  ],
  run: async (args, io) => (await import('../node/restore-backup.ts')).restoreBackup(args, io)
}
