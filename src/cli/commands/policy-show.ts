import type { Command } from '../command.ts'

export const policyShow: Command = {
  name: 'policy show',
  usage: '<name>',
  summary: 'Print a policy that comes along',
  options: [],
  positionals: 1,
  examples: [
    ['$0 policy show baseline', 'the policy that apply takes when there is none'],
    ['$0 policy show baseline > policy.yaml', 'a start for one of your own']
  ],
  run: async (args, io) => (await import('../policy/templates.ts')).showTemplate(args, io)
}
