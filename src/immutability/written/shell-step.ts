/** A word of a shell's script as far as it is known without running it. */
export interface ShellWord {
  /** Quotes taken off; only what stands before the first variable, substitution or glob. */
  readonly text: string
  /** Whether `text` is all of it. */
  readonly isWhole: boolean
  /** The scripts of the substitutions in it. */
  readonly inner: readonly ShellStep[]
}

/** A redirection that may write its target. */
export interface ShellRedirection {
  readonly operator: string
  readonly target: ShellWord
}

/** A simple command. */
export interface ShellCommand {
  readonly kind: 'command'
  readonly words: readonly ShellWord[]
  readonly redirections: readonly ShellRedirection[]
  /** It reads what the command before it writes. */
  readonly isFed: boolean
  /** Its text in the script. */
  readonly source: string
}

/** What a script does one after the other: commands, and where a subshell or a block (if, for, while, case) begins and ends. */
export type ShellStep =
  | ShellCommand
  | { readonly kind: 'enter'; readonly isSubshell: boolean }
  | { readonly kind: 'leave'; readonly isSubshell: boolean }
