import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { AuditError, errnoOf } from '../errors.ts'
import { orRefused } from './file-error.ts'

/** A file or directory that is to be made. */
export type TreeEntry =
  | { readonly kind: 'file'; readonly text: string; readonly mode: number }
  | { readonly kind: 'directory'; readonly mode: number }

/** Files and directories by their paths below a directory. Those above a file need not stand there. */
export type FileTree = ReadonlyMap<string, TreeEntry>

/** The names in a directory of this machine; null where it is not there. Throws WRONG_KIND for what is none, and CANNOT_READ. */
export const namesInDirectory = (directory: string): readonly string[] | null => {
  const found = orRefused(directory, () => lstatSync(directory, { throwIfNoEntry: false }))
  if (!found) return null
  if (found.isDirectory()) return orRefused(directory, () => readdirSync(directory))
  throw new AuditError('WRONG_KIND', `${directory} is there and no directory`, { path: directory })
}

/** Throws SYMLINK where a link stands on the way to a path below a directory: it may lead out of it. */
const refuseLinks = (directory: string, path: string): void => {
  const steps = path.split('/').filter(step => step !== '')
  for (const index of steps.slice(0, -1).keys()) {
    const above = join(directory, ...steps.slice(0, index + 1))
    if (lstatSync(above, { throwIfNoEntry: false })?.isSymbolicLink())
      throw new AuditError('SYMLINK', `${above} is a symbolic link, which may lead elsewhere`, {
        path: above,
        next: 'take the link away'
      })
  }
}

/** Makes files and directories below a directory; what is there already is replaced. Throws CANNOT_WRITE. */
export const writeFileTree = (directory: string, tree: FileTree): void => {
  try {
    mkdirSync(directory, { recursive: true })
    for (const path of tree.keys()) refuseLinks(directory, path)
    for (const [path, entry] of tree) {
      const target = join(directory, path)
      if (entry.kind === 'directory') mkdirSync(target, { recursive: true })
      else {
        mkdirSync(dirname(target), { recursive: true })
        rmSync(target, { force: true, recursive: true })
        writeFileSync(target, entry.text)
      }
      // whatever umask the shell has
      chmodSync(target, entry.mode)
    }
  } catch (cause) {
    throw cannotWrite(directory, cause)
  }
}

/** Makes a directory with those above it, for its owner only; one that is there stays as it is. Throws CANNOT_WRITE. */
export const makeDirectory = (directory: string): void => {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw cannotWrite(directory, cause)
  }
}

/**
 * When one of the ordinary files below a directory was written last, in milliseconds since 1970; null where there is none.
 * Those of editors, whose names begin with a dot, do not count, nor does what is left out.
 */
export const lastWritten = (directory: string, leftOut: readonly string[]): number | null => {
  const times = readdirSync(directory, { withFileTypes: true }).flatMap(entry => {
    const path = join(directory, entry.name)
    if (entry.name.startsWith('.') || leftOut.includes(path)) return []
    if (entry.isDirectory()) return lastWritten(path, leftOut) ?? []
    return entry.isFile() ? lstatSync(path).mtimeMs : []
  })
  return times.length === 0 ? null : Math.max(...times)
}

/** Removes some names of a directory with all below them. Throws CANNOT_WRITE. */
export const removeNames = (directory: string, names: readonly string[]): void => {
  try {
    for (const name of names) refuseLinks(directory, name)
    for (const name of names) rmSync(join(directory, name), { recursive: true, force: true })
  } catch (cause) {
    throw cannotWrite(directory, cause)
  }
}

const cannotWrite = (directory: string, cause: unknown): AuditError => {
  if (cause instanceof AuditError) return cause
  const why = errnoOf(cause) ?? String(cause)
  return new AuditError('CANNOT_WRITE', `${directory} cannot be written (${why})`, { path: directory, cause })
}
