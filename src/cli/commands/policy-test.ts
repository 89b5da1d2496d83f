import type { Command } from '../command.ts'

export const policyTest: Command = {
  name: 'policy test',
  usage: '<file> <cases>',
  summary: 'Try a policy on a YAML list of requests with the levels that they should get',
  details: `CASES is a list, in YAML:

  - description: no secret in the log    # shown when the case fails
    resource: secrets                    # as pods/exec; also apiGroup, namespace, name
    verb: get                            # get when left out
    user: alice                          # null: not known; also groups
    level: Metadata                      # wanted; also rule (0: the first) and stages
  - path: /healthz                       # no resource
    level: None`,
  options: ['fail-on', 'kubernetes-version'],
  positionals: 2,
  examples: [
    ['$0 policy test policy.yaml cases.yaml', 'exit 1 where one fails'],
    ["echo '[{resource: secrets, level: Metadata}]' | $0 policy test policy.yaml -", 'a case on the spot']
  ],
  run: async (args, io) => (await import('../policy/test-policy.ts')).testPolicy(args, io)
}
