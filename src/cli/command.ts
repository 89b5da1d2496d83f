import type { Io } from './io.ts'
import { type Args, option, type OptionName } from './options.ts'

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
  /** Short forms of options that mean something else in other commands. */
  readonly aliases?: Partial<Readonly<Record<OptionName, string>>>
  /** What `--output` may be besides human and json. */
  readonly formats?: readonly string[]
  /** True where it leaves more than what it prints, for a command without --yes: a loss of output is then no refusal. */
  readonly writes?: (args: Args) => boolean
  readonly run: (args: Args, io: Io) => Promise<number>
}

/** The short form of an option of a command that gives some short forms another meaning. */
export const aliasOf = (name: OptionName, aliases: NonNullable<Command['aliases']> = {}): string | undefined => {
  const usual = option(name).alias
  const isTaken = usual !== undefined && Object.values(aliases).includes(usual)
  return aliases[name] ?? (isTaken ? undefined : usual)
}

/** Commands that only hold others, with what they are about. */
export const COMMAND_GROUPS = {
  policy: 'The audit policy: show the templates, lint, explain, test, compare, draw a map',
  log: 'The audit log: find events, sum them up, and what another policy would have kept',
  immutable: 'Containers that can be changed while they run: find them, and the edit that stops it',
  drill: 'Practise on made-up nodes: tasks as exams set them, graded by what the files do',
  kubeadm: 'What kubeadm upgrade would write: show the settings, patch files, differences, save them'
} as const satisfies Readonly<Record<string, string>>
