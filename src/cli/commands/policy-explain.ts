import type { Command } from '../command.ts'
import { REQUEST } from '../options.ts'

export const policyExplain: Command = {
  name: 'policy explain',
  usage: '<file>',
  summary: 'What a policy does with a request: the level, the rule that says so, and why no earlier rule does',
  options: [...REQUEST, 'kubernetes-version'],
  positionals: 1,
  examples: [
    ['$0 policy explain policy.yaml --verb create --resource pods/exec --namespace prod', 'is a shell recorded?'],
    ['$0 policy explain template:baseline --url /healthz', 'a request for no resource'],
    ['$0 policy explain policy.yaml --requests requests.jsonl -o json', 'many, one JSON object a line']
  ],
  run: async (args, io) => (await import('../policy/explain-requests.ts')).explainRequests(args, io)
}
