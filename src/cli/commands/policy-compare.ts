import type { Command } from '../command.ts'

export const policyCompare: Command = {
  name: 'policy compare',
  usage: '<a> <b>',
  summary: 'Whether two policies record the same of every possible request; if not, a request on which they differ',
  options: ['fail-on', 'kubernetes-version'],
  positionals: 2,
  examples: [
    ['$0 policy compare old.yaml new.yaml', 'exit 0: equal; 1: different'],
    ['$0 policy compare template:baseline policy.yaml', 'what is other than in the template?']
  ],
  run: async (args, io) => (await import('../policy/compare-files.ts')).compareFiles(args, io)
}
