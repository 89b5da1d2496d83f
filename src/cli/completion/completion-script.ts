import type { Command } from '../command.ts'
import { bashScript } from './bash.ts'
import { fishScript } from './fish.ts'
import { type Completions, completionsOf, type Shell } from './words.ts'
import { zshScript } from './zsh.ts'

const SCRIPTS: Readonly<Record<Shell, (completions: Completions) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript
}

/** A script with which a shell completes these commands; it calls no program. */
export const completionScript = (shell: Shell, commands: readonly Command[]): string =>
  SCRIPTS[shell](completionsOf(commands))
