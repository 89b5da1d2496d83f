import type { Io } from './io.ts'
import type { Args, OptionName } from './options.ts'

/** A command: what it is called, takes and does; a name of two words is a command of a group. `run` gives the exit code. */
export interface Command {
  readonly name: string
  /** What stands behind the name, as `[file]` or `<file..>`. */
  readonly usage: string
  readonly summary: string
  /** More about it, in its own help only. */
  readonly details?: string
  readonly options: readonly OptionName[]
  readonly examples: readonly (readonly [command: string, does: string])[]
  /** How many positional arguments it takes at most. */
  readonly positionals: number
  /** What `--output` may be besides human and json. */
  readonly formats?: readonly string[]
  readonly run: (args: Args, io: Io) => Promise<number>
}

/** Commands that only hold others, with what they are about. */
export const COMMAND_GROUPS = {
  policy: 'The audit policy: show the templates, lint, explain, test, compare, draw a map',
  log: 'The audit log: find events, sum them up, and what another policy would have kept',
  immutable: 'Containers that can be changed while they run: find them, and the edit that stops it',
  drill: 'Practise on made-up nodes: tasks as exams set them, graded by what the files do',
  kubeadm: 'What kubeadm upgrade would write: show the settings, patch files, differences, save them'
} as const satisfies Readonly<Record<string, string>>
