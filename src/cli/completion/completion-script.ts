import type { Command } from '../command.ts'
import { bashScript } from './bash.ts'
import { fishScript } from './fish.ts'
import { type Completions, completionsOf } from './words.ts'
import { zshScript } from './zsh.ts'

/** The shells that there is a completion script for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const

export type Shell = (typeof SHELLS)[number]

const SCRIPTS: Readonly<Record<Shell, (completions: Completions) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript
}

/** A script with which a shell completes these commands; it calls no program. */
export const completionScript = (shell: Shell, commands: readonly Command[]): string =>
  SCRIPTS[shell](completionsOf(commands))
