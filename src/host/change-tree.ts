import { lstatSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { AuditError, errnoOf } from '../errors.ts'
import { type FileTree, makePath, refuseLinks, writeFileTree, writingBelow } from './file-tree.ts'

/** What is to become of a directory. */
export interface TreeChange {
  /** Paths that go with all below them. */
  readonly removed: readonly string[]
  /** What is made then. */
  readonly made: FileTree
}

// what goes is kept in there until all is made; a run that was killed leaves it, and the next takes it away
const OLD = '.auditpatch-old'

/**
 * Removes from a directory and makes in it, all of it or nothing: where a step fails, or `seal`, which is called when all is
 * made, everything is put back. Throws CANNOT_WRITE, what `seal` throws, and NOT_ROLLED_BACK where the way back fails too.
 */
export const changeTree = (directory: string, { removed, made }: TreeChange, seal: () => void): void => {
  const isThere = (path: string): boolean => lstatSync(join(directory, path), { throwIfNoEntry: false }) !== undefined
  const absent = writingBelow(directory, () => [...removed, ...topsOf(made)].filter(path => !isThere(path)))
  const moved: string[] = []
  let first: string | undefined
  try {
    writingBelow(directory, () => {
      first = makePath(directory)
      for (const path of removed) refuseLinks(directory, path)
      rmSync(join(directory, OLD), { recursive: true, force: true })
      if (removed.length > 0) mkdirSync(join(directory, OLD), { mode: 0o700 })
      for (const path of removed.filter(isThere)) {
        renameSync(join(directory, path), keptAs(directory, moved.length))
        moved.push(path)
      }
    })
    writeFileTree(directory, made)
    seal()
  } catch (error) {
    if (first !== undefined) goBack(directory, error, [first], [])
    else
      goBack(
        directory,
        error,
        [...absent, ...moved].map(path => join(directory, path)),
        moved
      )
    throw error
  }
  try {
    rmSync(join(directory, OLD), { recursive: true, force: true })
  } catch {
    // all is done; the next change takes it away
  }
}

const topsOf = (tree: FileTree): readonly string[] => [
  ...new Set([...tree.keys()].map(path => path.split('/').find(step => step !== '') ?? ''))
]

const keptAs = (directory: string, index: number): string => join(directory, OLD, String(index))

const goBack = (directory: string, error: unknown, made: readonly string[], moved: readonly string[]): void => {
  try {
    for (const path of made) rmSync(path, { recursive: true, force: true })
    for (const [index, path] of moved.entries()) renameSync(keptAs(directory, index), join(directory, path))
    rmSync(join(directory, OLD), { recursive: true, force: true })
  } catch (cause) {
    const why = error instanceof Error ? error.message : String(error)
    throw new AuditError(
      'NOT_ROLLED_BACK',
      `${why}; and ${directory} could not be put back (${errnoOf(cause) ?? cause})`,
      {
        path: directory,
        next: 'mend the cause, then run it again',
        cause
      }
    )
  }
}
