import type { Command } from '../command.ts'
import { SETTINGS } from '../options.ts'

export const kubeadmSave: Command = {
  name: 'kubeadm save',
  usage: '',
  summary: 'Give the ConfigMap kubeadm-config the audit settings of the manifest: show the diff, ask, write, read back',
  options: [...SETTINGS, 'yes', 'kubeconfig', 'kubectl'],
  positionals: 0,
  examples: [
    ['$0 kubeadm save', 'after apply, and after remove: every byte of the rest stays'],
    ['$0 kubeadm save --yes --log-maxage 60', 'the settings that apply with this option would make']
  ],
  run: async (args, io) => (await import('../kubeadm/save-config.ts')).saveConfig(args, io)
}
