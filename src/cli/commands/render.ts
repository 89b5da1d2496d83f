import type { Command } from '../command.ts'
import { SETTINGS } from '../options.ts'

export const render: Command = {
  name: 'render',
  usage: '[file]',
  summary: 'A pure filter: manifest in (a file or -), patched manifest out; looks at no host',
  options: [...SETTINGS, 'remove'],
  positionals: 1,
  examples: [
    ['$0 render kube-apiserver.yaml > patched.yaml', 'a file'],
    [
      'ssh node1 cat /etc/kubernetes/manifests/kube-apiserver.yaml | $0 render -',
      'what would become of a node, from afar'
    ],
    ['$0 render --remove patched.yaml', 'the reverse']
  ],
  run: async (args, io) => (await import('../node/render-manifest.ts')).renderFile(args, io)
}
