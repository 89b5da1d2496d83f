import type { Command } from '../command.ts'

export const policyList: Command = {
  name: 'policy list',
  usage: '',
  summary: 'The policies that come along, each with what it is for',
  options: [],
  positionals: 0,
  examples: [
    ['$0 policy list', 'the names; template:NAME stands wherever a policy file does'],
    ['$0 policy list -o json', 'for a script']
  ],
  run: async (args, io) => (await import('../policy/templates.ts')).listTemplates(args, io)
}
