import type { Command } from '../command.ts'
import { SETTINGS } from '../options.ts'

export const kubeadmPatches: Command = {
  name: 'kubeadm patches',
  usage: '<dir>',
  summary: 'Write patch files with the audit settings into DIR, for kubeadm init, join and upgrade with --patches DIR',
  options: [...SETTINGS, 'yes', 'kubeconfig', 'kubectl', 'kubeadm-config'],
  positionals: 1,
  examples: [
    ['$0 kubeadm patches /etc/kubernetes/patches', 'makes DIR where its parent is there; below --root it is absolute'],
    ['$0 kubeadm patches --yes --log-maxage 60 patches', 'replace the files that are there']
  ],
  run: async (args, io) => (await import('../kubeadm/write-patches.ts')).writePatches(args, io)
}
