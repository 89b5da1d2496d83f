import type { Command } from '../command.ts'
import { SETTINGS } from '../options.ts'

export const kubeadmShow: Command = {
  name: 'kubeadm show',
  usage: '',
  summary: 'Print the part of ClusterConfiguration with which kubeadm upgrade would write the audit settings',
  options: [...SETTINGS, 'config-version', 'kubeadm-config'],
  positionals: 0,
  examples: [
    ['$0 kubeadm show', 'extraArgs and extraVolumes for what the manifest has, or apply would make'],
    ['$0 kubeadm show --config-version v1beta3', 'in the form before Kubernetes 1.31']
  ],
  // loaded when it is asked for: plan must start fast
  run: async (args, io) => (await import('../kubeadm/show-fragment.ts')).showFragment(args, io)
}
