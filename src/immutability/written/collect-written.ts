import { posix } from 'node:path'
import type { WrittenPath } from './written-path.ts'

/** Takes what is seen to be written one by one, and gives each path once. */
export interface WrittenCollector {
  /** A name was added, removed or written in the directory that holds it. */
  readonly name: (path: string, because: string) => void
  /** A directory was made that was not there before. */
  readonly made: (path: string, because: string) => void
  /** Something that is not known by name was written in a directory. */
  readonly within: (directory: string, because: string) => void
  /** A file or a directory was changed itself: its mode, owner, time or attributes. */
  readonly changed: (path: string, because: string) => void
  /** A path is known to be a directory. */
  readonly isDirectory: (path: string) => void
  readonly hasMade: (path: string) => boolean
  readonly written: () => WrittenPath[]
}

/** A collector that keeps each path as it was first seen; its memory grows with the different paths alone. */
export const collectWritten = (): WrittenCollector => {
  const found = new Map<string, WrittenPath>()
  const made = new Set<string>()
  const directories = new Set<string>()
  const changed = new Set<string>()
  // what is in a directory that the program made came from it as well
  const isMade = (directory: string): boolean => {
    let ancestor = directory
    for (let level = 0; level < HIGHEST; level++) {
      if (made.has(ancestor)) return true
      ancestor = posix.dirname(ancestor)
    }
    return false
  }
  const add = (path: string, kind: WrittenPath['kind'], because: string): void => {
    const key = `${kind} ${path}`
    const isOwnDirectory = isMade(kind === 'directory' ? path : posix.dirname(path))
    if (!found.has(key)) found.set(key, { path, kind, isOwnDirectory, because })
  }
  // chown -R names a directory before anything shows that it is one
  const settled = (each: WrittenPath): WrittenPath =>
    each.kind === 'file' && changed.has(each.path) && directories.has(each.path)
      ? { ...each, kind: 'directory', isOwnDirectory: isMade(each.path) }
      : each
  return {
    name: (path, because) => {
      changed.delete(path)
      directories.add(posix.dirname(path))
      add(path, 'file', because)
    },
    made: (path, because) => {
      made.add(path)
      add(path, 'directory', because)
    },
    within: (directory, because) => add(directory, 'directory', because),
    changed: (path, because) => {
      if (directories.has(path) || made.has(path)) return add(path, 'directory', because)
      if (!found.has(`file ${path}`)) changed.add(path)
      add(path, 'file', because)
    },
    isDirectory: path => void directories.add(path),
    hasMade: path => made.has(path),
    written: () => [
      ...new Map([...found.values()].map(settled).map(each => [`${each.kind} ${each.path}`, each])).values()
    ]
  }
}

// how many levels up to look: the time is for each path
const HIGHEST = 16
