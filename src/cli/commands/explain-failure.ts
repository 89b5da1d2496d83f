import type { Command } from '../command.ts'

export const explainFailure: Command = {
  name: 'explain-failure',
  usage: '',
  summary: 'Why kube-apiserver is down: the likeliest cause, the line that proves it, and what repairs it',
  details:
    "Reads the container's logs below /var/log/pods, the kubelet's journal or log file, the manifest and the files that it names. Needs neither kubectl nor crictl nor an API server, and writes nothing.",
  options: ['manifest'],
  positionals: 0,
  examples: [
    ['$0 explain-failure', 'on the node, as root'],
    ['$0 explain-failure --root /mnt/node1 -o json', "a mounted node's disk, for a script"]
  ],
  // loaded when it is asked for: plan must start fast
  run: async (args, io) => (await import('../failure/explain-node.ts')).explainNode(args, io)
}
