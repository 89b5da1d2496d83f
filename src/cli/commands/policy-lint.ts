import type { Command } from '../command.ts'

export const policyLint: Command = {
  name: 'policy lint',
  usage: '<file..>',
  summary:
    'What kube-apiserver would reject in a policy, silently drop or never match, and what leaks; - is standard input',
  options: ['fail-on', 'kubernetes-version'],
  positionals: 99,
  examples: [
    ['$0 policy lint policy.yaml', 'every fault with its line and the way out'],
    ['$0 policy lint --fail-on warning --kubernetes-version 1.31 *.yaml', 'for continuous integration'],
    ['$0 policy lint -o sarif policy.yaml > policy.sarif', 'for a code scanner']
  ],
  formats: ['sarif'],
  // loaded when it is asked for: plan must start fast
  run: async (args, io) => (await import('../policy/lint-files.ts')).lintFiles(args, io)
}
