import type { Command } from '../command.ts'
import { RUNNING } from '../options.ts'

export const remove: Command = {
  name: 'remove',
  usage: '',
  summary: 'Switch auditing off: take out every audit setting and what only served it; logs are never deleted',
  options: ['manifest', 'purge', ...RUNNING],
  positionals: 0,
  examples: [
    ['$0 remove', 'show the diff, ask, and do it'],
    ['$0 remove --yes --purge', 'remove the policy and webhook files too that auditpatch made']
  ],
  run: async (args, io) => (await import('../node/remove-settings.ts')).removeSettings(args, io)
}
