import type { Command } from '../command.ts'

export const immutablePatch: Command = {
  name: 'immutable patch',
  usage: '<file..>',
  summary:
    'Show the edit that makes containers immutable, with an emptyDir for what they write; --write does it, - is standard input',
  details: `Nothing is written without --write; with it standard input (-) comes out
patched, and the rest goes to standard error. What is known to break the pod is
left, and why is told. What a container writes is known of common images, and
read from its command and its variables; of another image nobody knows all, and
a warning says so: give the directories with --writable, or let them be found
in a trace of the running program or the kernel's audit log. The audit log of
kube-apiserver tells what people wrote by kubectl exec.`,
  options: ['write', 'writable', 'from-strace', 'from-audit', 'run-as-user', 'only', 'exit-code'],
  positionals: Infinity,
  examples: [
    [
      '$0 immutable patch --writable /var/lib/app --writable web=/srv/cache deploy.yaml',
      'for all containers, and for web'
    ],
    [
      'strace -f -y -o trace.txt ./app; $0 immutable patch --from-strace trace.txt deploy.yaml',
      'what the program was seen to write'
    ],
    ['kustomize build . | $0 immutable patch --write - | kubectl apply -f -', 'as a filter']
  ],
  writes: args => args.has('write') && !args.positionals.includes('-'),
  run: async (args, io) => (await import('../immutable/patch-files.ts')).patchFiles(args, io)
}
