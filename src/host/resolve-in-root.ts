import { posix } from 'node:path'
import { readlinkSync } from 'node:fs'
import { AuditError } from '../errors.ts'
import { nameOf, parentOf, type HostPath } from '../paths.ts'
import { ABSENT, unless } from './file-error.ts'

// As many as Linux follows in one lookup (MAXSYMLINKS in include/linux/namei.h).
const MOST_LINKS = 40

/**
 * Where an absolute path leads when `/` is the root directory, as after chroot: absolute link targets start at the root
 * again, and `..` does not leave it. `readlink` gives the target of a link, null for all else; what is not there is kept
 * as written. Throws an error with code ELOOP after 40 links.
 */
export const resolveInRoot = (path: string, readlink: (path: string) => string | null): string => {
  const done: string[] = []
  const waiting = components(path).reverse()
  let links = 0
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name === '..') {
      done.pop()
      continue
    }
    const target = readlink(`/${[...done, name].join('/')}`)
    if (target === null) {
      done.push(name)
      continue
    }
    links += 1
    if (links > MOST_LINKS) throw tooManyLinks()
    if (target.startsWith('/')) done.length = 0
    waiting.push(...components(target).reverse())
  }
  return `/${done.join('/')}`
}

const components = (path: string): string[] => path.split('/').filter(name => name !== '' && name !== '.')

const tooManyLinks = (): Error =>
  Object.assign(new Error(`ELOOP: more than ${MOST_LINKS} symbolic links`), { code: 'ELOOP' })

/** Turns paths of the node into paths of this process. */
export interface RootedPaths {
  /** The real path, with every link followed inside the root. */
  readonly follow: (path: HostPath) => string
  /** The same, but a link in the last component is not followed. */
  readonly keepLast: (path: HostPath) => string
  /** Where the path leads inside the root, without the root in front. */
  readonly inside: (path: HostPath) => string
}

/** Lookup below a real directory; with `/` the kernel resolves by itself. */
export const rootedPaths = (root: string): RootedPaths => {
  const readlink = (path: string): string | null =>
    unless(['EINVAL', ...ABSENT], null, () => readlinkSync(posix.join(root, path)))
  const inside = (path: HostPath): string => resolveInRoot(checked(path), readlink)
  if (root === '/') return { follow: checked, keepLast: checked, inside }
  const follow = (path: HostPath): string => posix.join(root, inside(path))
  const keepLast = (path: HostPath): string =>
    path === '/' ? root : posix.join(follow(parentOf(path)), nameOf(checked(path)))
  return { follow, keepLast, inside }
}

// A manifest can name any string; the kernel knows neither a NUL in a path nor (for us) a relative one.
const checked = (path: HostPath): HostPath => {
  if (path.startsWith('/') && !path.includes('\0')) return path
  throw new AuditError(
    'BAD_PATH',
    `${JSON.stringify(path)} is not a path of the node: wanted an absolute one without NUL`,
    {
      path
    }
  )
}
