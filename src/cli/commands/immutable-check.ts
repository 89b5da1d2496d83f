import type { Command } from '../command.ts'

export const immutableCheck: Command = {
  name: 'immutable check',
  usage: '<file..>',
  summary:
    'Containers that can be changed while they run, in manifests of any workload; a directory is all files in it, - standard input',
  details: `Of a directory the files whose names end in .yaml, .yml or .json are checked,
also those further below. The level of the Pod Security Standards that a pod
meets stands beside its name.

What must be allowed is said in an annotation of the pod template or of the
workload, with the codes in square brackets and a reason:

  annotations:
    auditpatch/mutable: 'host-pid: it watches the processes of the node'
    app.auditpatch/mutable: 'privileged, host-path: it mounts volumes'

The first holds for all of the pod, the second for the container app.`,
  options: ['fail-on', 'kubernetes-version'],
  positionals: Infinity,
  examples: [
    ['$0 immutable check deploy.yaml', 'each finding with its line and the way out'],
    ['helm template web ./chart | $0 immutable check --fail-on warning -', 'what a chart or kustomize makes'],
    ['$0 immutable check -o sarif manifests > immutable.sarif', 'all files of a directory, for a code scanner']
  ],
  formats: ['sarif'],
  run: async (args, io) => (await import('../immutable/check-files.ts')).checkFiles(args, io)
}
