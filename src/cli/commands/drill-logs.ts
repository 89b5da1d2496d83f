import type { Command } from '../command.ts'

export const drillLogs: Command = {
  name: 'drill logs',
  usage: '[id]',
  summary: "What the logs of a drill's node say of its kube-apiserver",
  details:
    'Says what a real node would: nothing runs. The same lines are written below var/log of the node: in syslog those of the kubelet, in pods those of the container.',
  options: [],
  positionals: 1,
  examples: [
    ['$0 drill logs', 'does kube-apiserver start, and if not, who says why?'],
    ['$0 drill logs b01 -o json', 'for a script']
  ],
  writes: () => true,
  run: async (args, io) => (await import('../drill/show-logs.ts')).showLogs(args, io)
}
