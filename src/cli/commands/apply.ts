import type { Command } from '../command.ts'
import { SETTINGS, RUNNING } from '../options.ts'

export const apply: Command = {
  name: 'apply',
  usage: '',
  summary:
    'Switch auditing on: back up, write, wait for the new kube-apiserver, prove an event, roll back if that fails',
  options: [...SETTINGS, ...RUNNING],
  positionals: 0,
  examples: [
    ['$0 apply', 'show the diff, ask, and do it'],
    ['$0 apply --yes --policy template:metadata-all', 'without a question, every request at Metadata'],
    ['$0 apply --yes --webhook-url http://127.0.0.1:9765/k8s-audit', 'send events to Falco too']
  ],
  run: async (args, io) => (await import('../node/apply-settings.ts')).applySettings(args, io)
}
