import type { Command } from '../command.ts'
import { SETTINGS } from '../options.ts'

export const kubeadmDrift: Command = {
  name: 'kubeadm drift',
  usage: '',
  summary: 'What kubeadm upgrade would change: the manifest against the ConfigMap kubeadm-config',
  options: [...SETTINGS, 'kubeconfig', 'kubectl', 'kubeadm-config', 'exit-code'],
  positionals: 0,
  examples: [
    ['$0 kubeadm drift --exit-code', 'exit 1 when audit settings differ'],
    ['$0 kubeadm drift --kubeadm-config kubeadm.yaml', 'against a file, without a cluster']
  ],
  run: async (args, io) => (await import('../kubeadm/tell-drift.ts')).tellDrift(args, io)
}
