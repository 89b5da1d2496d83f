import type { OptionsWithValue } from './command-options.ts'

/** How a program that starts another takes it. */
export interface OptionsOfWrapper extends OptionsWithValue {
  /**
   * `program`: its operands are a program and its words; `shell`: with -c its first operand is a script; `eval`: its operands are
   * a script of this very shell; `first`: its first operand is a script; `option`: the value of -c is a script.
   */
  readonly runs: 'program' | 'shell' | 'eval' | 'first' | 'option'
  /** How many operands stand in front of the program. */
  readonly skips?: number
  /** It adds words of which nothing is known. */
  readonly addsWords?: true
  /** With one of these options it starts nothing. */
  readonly unless?: readonly string[]
}

interface Row extends OptionsOfWrapper {
  readonly names: string
}

// prettier-ignore
const ROWS = [
  { names: 'sh bash ash dash zsh ksh mksh fish csh tcsh', runs: 'shell', short: 'oO', long: ['rcfile', 'init-file'] },
  { names: 'eval', runs: 'eval' },
  { names: 'trap', runs: 'first', unless: ['p', 'l'] },
  { names: 'su runuser', runs: 'option', short: 'csgGwu', long: ['command', 'shell', 'group', 'supp-group', 'user'] },
  { names: 'sudo', runs: 'program', short: 'ugpCrtThDRU', long: ['user', 'group', 'chdir', 'host', 'prompt'] },
  { names: 'doas', runs: 'program', short: 'uC' },
  { names: 'nohup setsid builtin busybox toybox chronic catatonit unbuffer', runs: 'program' },
  { names: 'command', runs: 'program', unless: ['v', 'V'] },
  { names: 'exec', runs: 'program', short: 'a' },
  { names: 'env', runs: 'program', short: 'uC', long: ['unset', 'chdir'] },
  { names: 'timeout', runs: 'program', short: 'ks', long: ['kill-after', 'signal'], skips: 1 },
  { names: 'time', runs: 'program', short: 'fo' },
  { names: 'nice', runs: 'program', short: 'n', long: ['adjustment'] },
  { names: 'ionice', runs: 'program', short: 'cnpPu' },
  { names: 'stdbuf', runs: 'program', short: 'ioe' },
  { names: 'gosu su-exec', runs: 'program', skips: 1 },
  { names: 'setpriv', runs: 'program', long: ['reuid', 'regid', 'groups', 'bounding-set', 'inh-caps'] },
  { names: 'tini', runs: 'program', short: 'pe' },
  { names: 'dumb-init', runs: 'program', short: 'r' },
  { names: 'flock', runs: 'program', short: 'wE', skips: 1 },
  { names: 'xargs', runs: 'program', short: 'IinLPsdaE', addsWords: true },
  { names: 'watch', runs: 'program', short: 'n', long: ['interval'] }
] as const satisfies readonly Row[]

/** The programs that start another one, by name. */
export const WRAPPERS: ReadonlyMap<string, OptionsOfWrapper> = new Map(
  (ROWS as readonly Row[]).flatMap(row => row.names.split(' ').map(name => [name, row] as const))
)
