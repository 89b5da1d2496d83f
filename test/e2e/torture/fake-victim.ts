import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A command of the program that writes, on files of its own. */
export interface Victim {
  readonly name: string
  /**
   * A transaction has a journal, a lock, backups, and ends at either end; a recovery always ends at its end; any other writer
   * replaces files, each of them whole.
   */
  readonly kind: 'transaction' | 'recovery' | 'writer'
  /** Makes what the command finds in an empty directory. */
  readonly make: (directory: string) => Promise<void>
  readonly args: (directory: string) => readonly string[]
  /** What is run in the program's place, with these args. */
  readonly program?: readonly string[]
  /**
   * A fault that every run of it has: the rename of the manifest fails, or the sync of its directory after it, so that
   * everything is put back.
   */
  readonly failsAt?: 'rename' | 'fsync'
  /** Where it is run, below the directory. */
  readonly cwd?: string
  /** The files and directories, below the directory, that the command is about. */
  readonly watched: readonly string[]
  /** True where files go before they are made anew: then they are missing for a moment, but never torn. */
  readonly isRemade?: true
  /** True where a file that cannot be read is a finding (exit 1), which counts in what is written. */
  readonly isJudge?: true
  /** What brings a writer that was cut off to its end; the same command where it is not given. */
  readonly again?: (directory: string) => { readonly args: readonly string[]; readonly cwd: string }
}

/** Makes a file below a directory, with the directories above it. */
export const put = (directory: string, path: string, text: string, mode = 0o644): void => {
  mkdirSync(dirname(join(directory, path)), { recursive: true })
  writeFileSync(join(directory, path), text, { mode })
}

/** A copy of a directory that a victim's command is to find, at another path. */
export const copyOf = (model: string, directory: string): string => {
  rmSync(directory, { recursive: true, force: true })
  cpSync(model, directory, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true })
  for (const path of ['var/lib/kubelet/config.yaml', 'state/auditpatch/drills.json'])
    replaceIn(join(directory, path), model, directory)
  return directory
}

const replaceIn = (file: string, from: string, to: string): void => {
  try {
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(from, to))
  } catch {
    // not every node has it
  }
}
