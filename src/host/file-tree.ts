import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync
} from 'node:fs'
import { dirname, join } from 'node:path'
import { AuditError, errnoOf } from '../errors.ts'
import { namedByTemporary, temporaryFor, writeAll } from './atomic-write.ts'
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

/** Removes what killed runs left of a file in a directory. Throws CANNOT_WRITE. */
export const removeTemporaries = (directory: string, name: string): void => {
  writingBelow(directory, () => {
    for (const each of namesInDirectory(directory) ?? [])
      if (namedByTemporary(each) === name) rmSync(join(directory, each))
  })
}

/** Throws SYMLINK where a link stands on the way to a path below a directory: it may lead out of it. */
export const refuseLinks = (directory: string, path: string): void => {
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

/** Makes files and directories below a directory; what is there already is replaced, each file whole. Throws CANNOT_WRITE. */
export const writeFileTree = (directory: string, tree: FileTree): void => {
  writingBelow(directory, () => {
    makePath(directory)
    for (const path of tree.keys()) refuseLinks(directory, path)
    for (const [path, entry] of tree) {
      const target = join(directory, path)
      makePath(entry.kind === 'directory' ? target : dirname(target))
      if (entry.kind === 'file') writeWhole(target, entry.text, entry.mode)
      // whatever umask the shell has
      else chmodSync(target, entry.mode)
    }
  })
}

/**
 * Makes a directory with those above it; gives the first that was made, undefined where all were there. Node's own way of it
 * (`recursive`) tells of ENOENT where the disk said EIO, EROFS or EDQUOT, and tries for ever where a file system takes none, as
 * /proc.
 */
export const makePath = (directory: string, mode = 0o777): string | undefined => {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return undefined
  const above = dirname(directory)
  const first = above === directory ? undefined : makePath(above, mode)
  try {
    mkdirSync(directory, mode)
  } catch (error) {
    // another run made it in this moment
    if (errnoOf(error) !== 'EEXIST' || !statSync(directory, { throwIfNoEntry: false })?.isDirectory()) throw error
  }
  return first ?? directory
}

const writeWhole = (target: string, text: string, mode: number): void => {
  const temporary = temporaryFor(target)
  try {
    writeNew(temporary, Buffer.from(text, 'utf8'))
    chmodSync(temporary, mode)
    if (lstatSync(target, { throwIfNoEntry: false })?.isDirectory()) rmSync(target, { recursive: true })
    renameSync(temporary, target)
  } catch (error) {
    try {
      rmSync(temporary, { force: true })
    } catch {
      // an append-only directory keeps it; the first error is the one to tell
    }
    throw error
  }
}

// Node's writeFileSync says UNKNOWN for EDQUOT
const writeNew = (file: string, bytes: Uint8Array): void => {
  const descriptor = openSync(file, 'wx', 0o600)
  try {
    writeAll({ writeSync }, descriptor, bytes)
  } finally {
    closeSync(descriptor)
  }
}

/** Makes a directory with those above it, for its owner only; one that is there stays as it is. Throws CANNOT_WRITE. */
export const makeDirectory = (directory: string): void => {
  writingBelow(directory, () => makePath(directory, 0o700))
}

/**
 * When one of the ordinary files below a directory was written last, in milliseconds since 1970; null where there is none.
 * Those of editors, whose names begin with a dot, do not count, nor does what is left out.
 */
export const lastWritten = (directory: string, leftOut: readonly string[]): number | null => {
  const times = orRefused(directory, () => readdirSync(directory, { withFileTypes: true })).flatMap(entry => {
    const path = join(directory, entry.name)
    if (entry.name.startsWith('.') || leftOut.includes(path)) return []
    if (entry.isDirectory()) return lastWritten(path, leftOut) ?? []
    return entry.isFile() ? orRefused(path, () => lstatSync(path)).mtimeMs : []
  })
  return times.length === 0 ? null : Math.max(...times)
}

/** Runs what writes below a directory. Throws CANNOT_WRITE where it fails, naming the directory and the errno. */
export const writingBelow = <T>(directory: string, run: () => T): T => {
  try {
    return run()
  } catch (cause) {
    throw cannotWrite(directory, cause)
  }
}

const cannotWrite = (directory: string, cause: unknown): AuditError => {
  if (cause instanceof AuditError) return cause
  const why = errnoOf(cause) ?? String(cause)
  return new AuditError('CANNOT_WRITE', `${directory} cannot be written (${why})`, { path: directory, cause })
}
