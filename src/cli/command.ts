import type { Io } from './io.ts'
import type { Args, OptionName } from './options.ts'

/** A command: what it is called, takes and does. `run` gives the exit code. */
export interface Command {
  readonly name: string
  /** What stands behind the name, as `[FILE|-]`. */
  readonly usage: string
  readonly summary: string
  readonly options: readonly OptionName[]
  readonly examples: readonly (readonly [command: string, does: string])[]
  /** How many positional arguments it takes at most. */
  readonly positionals: number
  readonly run: (args: Args, io: Io) => Promise<number>
}
