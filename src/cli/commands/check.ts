import type { Command } from '../command.ts'

export const check: Command = {
  name: 'check',
  usage: '',
  summary: 'What is wrong with this node, or will be at the next restart or upgrade; and what repairs it',
  details:
    'Looks at the manifest and what lies beside it, mounts, host files, policy, log and disk, webhook, the running process, and kubeadm-config when kube-apiserver answers. Writes nothing. What needs a running node is skipped below another root.',
  options: [
    'manifest',
    'backup-dir',
    'fix',
    'fail-on',
    'kubernetes-version',
    'kubeconfig',
    'kubectl',
    'kubeadm-config'
  ],
  positionals: 0,
  formats: ['sarif'],
  examples: [
    ['$0 check', 'every fault with its line and the way out'],
    ['$0 check --fix', 'and the plan of auditpatch apply that repairs what it can'],
    ['$0 check --root /mnt/node1 --fail-on warning -o json', 'a mounted node, for a script']
  ],
  // loaded when it is asked for: plan must start fast
  run: async (args, io) => (await import('../check/check-node.ts')).checkNode(args, io)
}
