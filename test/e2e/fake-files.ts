import { lstatSync, readFileSync, readlinkSync, statSync, type Stats } from 'node:fs'
import { posix } from 'node:path'

const MOST_LINKS = 40

/** The errno name of a caught error, or `unknown`. */
export const errorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown'

/** What is at a path, links followed; null when nothing is there. */
export const statOf = (path: string): Stats | null => statSync(path, { throwIfNoEntry: false }) ?? null

/** True when something, even a dangling link, has this name. */
export const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined

/** A file's text, or null when it cannot be read. */
export const textOf = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

/** A path with every symbolic link resolved in a foreign name space; `real` says where a foreign path lies on this machine. */
export const followLinks = (path: string, real: (path: string) => string): string => {
  const step = (done: string, rest: readonly string[], links: number): string => {
    const [part, ...after] = rest
    if (part === undefined) return done === '' ? '/' : done
    if (part === '' || part === '.') return step(done, after, links)
    if (part === '..') return step(done === '' ? '' : posix.dirname(done).replace(/^\/$/, ''), after, links)
    const target = links < MOST_LINKS ? linkTarget(real(`${done}/${part}`)) : null
    if (target === null) return step(`${done}/${part}`, after, links)
    return step(target.startsWith('/') ? '' : done, [...target.split('/'), ...after], links + 1)
  }
  return step('', path.split('/'), 0)
}

const linkTarget = (path: string): string | null => {
  try {
    return readlinkSync(path)
  } catch {
    return null
  }
}

/** Where a path of the node lies on this machine: below the root, absolute links resolved inside it. */
export const inRoot = (root: string, path: string): string => {
  const base = root === '/' ? '' : root
  return `${base}${followLinks(path, inner => `${base}${inner}`)}`
}
