import type { Command } from '../command.ts'
import { SETTINGS } from '../options.ts'

export const plan: Command = {
  name: 'plan',
  usage: '',
  summary: 'Show what apply would write and why; writes nothing (also what auditpatch alone does)',
  options: [...SETTINGS, 'exit-code', 'remove', 'purge', 'backup-dir'],
  positionals: 0,
  examples: [
    ['$0 plan --policy policy.yaml --log-maxage 60', 'with a policy of your own'],
    ['$0 plan --root /mnt/node1 -o json --exit-code', 'for a mounted node, for a script'],
    ['$0 plan --remove', 'what remove would do']
  ],
  run: async (args, io) => (await import('../node/show-plan.ts')).showPlan(args, io)
}
