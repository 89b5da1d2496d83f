import type { Command } from '../command.ts'

export const drillCheck: Command = {
  name: 'drill check',
  usage: '[id]',
  summary: 'Grade a drill by what the files do: what is reached, and what is there instead',
  details:
    'Without a name the drill in whose directory the command is given, else the one that was started or named last. With --root the node below that directory is graded instead, read only, as --root / on a kubeadm node. The exit code is 1 while anything is missing.',
  options: ['fail-on'],
  positionals: 1,
  examples: [
    ['$0 drill check', 'as often as you like'],
    ['$0 drill check a01 -o json', 'every goal with its points'],
    ['$0 drill check a01 --root /', 'the kubeadm node that you are on, by the values of the drill']
  ],
  run: async (args, io) => (await import('../drill/check-drill.ts')).checkDrill(args, io)
}
