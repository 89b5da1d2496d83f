import type { Command } from '../command.ts'

export const completion: Command = {
  name: 'completion',
  usage: '[shell]',
  summary: 'Print a completion script for bash, zsh or fish; without a name for that of $SHELL',
  details:
    'It completes commands, options, their values and files, and starts no program. bash reads it from ~/.local/share/bash-completion/completions/auditpatch, zsh as _auditpatch in a directory of $fpath, fish from ~/.config/fish/completions/auditpatch.fish.',
  options: [],
  positionals: 1,
  examples: [
    ['$0 completion bash > /etc/bash_completion.d/auditpatch', 'for everyone on this machine'],
    ['$0 completion fish > ~/.config/fish/completions/auditpatch.fish', 'for yourself']
  ],
  run: async (args, io) => (await import('../completion/print-completion.ts')).printCompletion(args, io)
}
