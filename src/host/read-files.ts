import fs from 'node:fs'
import { AuditError } from '../errors.ts'
import { hostPath, parentOf, type HostPath } from '../paths.ts'
import { ABSENT, translating, uninterrupted, unless } from './file-error.ts'
import type { FileKind, FileStat, HostReader } from './host.ts'
import type { RootedPaths } from './resolve-in-root.ts'

/** The reading half of a host's file operations, over node:fs. */
export const fileReaders = (
  at: RootedPaths
): Pick<HostReader, 'stat' | 'lstat' | 'read' | 'readFrom' | 'list' | 'resolve' | 'freeBytes' | 'freeInodes'> => ({
  stat: path => reading(path, () => orAbsent(() => statOf(at, path))),
  lstat: path => reading(path, () => orAbsent(() => toFileStat(fs.lstatSync(at.keepLast(path))))),
  read: (path, limit) =>
    reading(path, () =>
      orAbsent(() =>
        withFile(at.follow(path), descriptor => {
          refuseOtherKind(descriptor, path)
          // One byte more than allowed tells a file that is too large, also where stat says 0 (/proc) or it grows.
          const bytes = readUpTo(descriptor, 0, limit + 1)
          if (bytes.length <= limit) return bytes
          throw new AuditError('TOO_LARGE', `${path} is larger than ${limit} bytes`, { path })
        })
      )
    ),
  readFrom: (path, offset, limit) =>
    reading(
      path,
      () =>
        orAbsent(() =>
          withFile(at.follow(path), descriptor => {
            refuseOtherKind(descriptor, path)
            return readUpTo(descriptor, offset, limit)
          })
        ) ?? Buffer.alloc(0)
    ),
  list: path => reading(path, () => unless(['ENOENT'], null, () => fs.readdirSync(at.follow(path)).sort())),
  resolve: path => reading(path, () => hostPath(at.inside(path))),
  freeBytes: path =>
    reading(path, () => {
      const found = fileSystemOf(at, path)
      // free, not available: root may use the blocks that are reserved for it
      return found === null ? 0 : found.bfree * found.bsize
    }),
  freeInodes: path =>
    reading(path, () => {
      const found = fileSystemOf(at, path)
      // btrfs makes them as they are needed, and says 0 of 0
      return found === null || found.files === 0 ? null : found.ffree
    })
})

const statOf = (at: RootedPaths, path: HostPath): FileStat | null => {
  const stats = unless(['ELOOP'], null, () => fs.statSync(at.follow(path)))
  if (stats !== null) return toFileStat(stats)
  // a link that leads round in a circle leads to nothing; one above it says no
  fs.lstatSync(at.keepLast(path))
  return null
}

// any call of a read can be interrupted on a network's or a user's file system, and all of it can be done again
const reading = <T>(path: HostPath, run: () => T): T =>
  translating('CANNOT_READ', 'cannot read', path, () => uninterrupted(run))

const orAbsent = <T>(run: () => T): T | null => unless(ABSENT, null, run)

const withFile = <T>(file: string, use: (descriptor: number) => T): T => {
  // O_NONBLOCK: opening a FIFO that nobody writes to would wait for ever.
  const descriptor = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK | fs.constants.O_NOCTTY)
  try {
    return use(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

const refuseOtherKind = (descriptor: number, path: HostPath): void => {
  const { kind } = toFileStat(fs.fstatSync(descriptor))
  if (kind !== 'file') throw new AuditError('WRONG_KIND', `${path} is a ${kind}, wanted a file`, { path })
}

const PIECE = 256 * 1024

const readUpTo = (descriptor: number, offset: number, limit: number): Buffer => {
  const pieces: Buffer[] = []
  let total = 0
  while (total < limit) {
    const piece = Buffer.allocUnsafe(Math.min(PIECE, limit - total))
    const count = uninterrupted(() => fs.readSync(descriptor, piece, 0, piece.length, offset + total))
    if (count === 0) break
    pieces.push(piece.subarray(0, count))
    total += count
  }
  return Buffer.concat(pieces, total)
}

const fileSystemOf = (at: RootedPaths, path: HostPath): fs.StatsFs | null => {
  const found = orAbsent(() => fs.statfsSync(at.follow(path)))
  return found ?? (path === '/' ? null : fileSystemOf(at, parentOf(path)))
}

/** What node's stat says, in the words of the host. */
export const toFileStat = (stats: fs.Stats): FileStat => ({
  kind: kindOf(stats),
  size: stats.size,
  mode: stats.mode & 0o7777,
  uid: stats.uid,
  gid: stats.gid,
  inode: stats.ino,
  device: stats.dev,
  links: stats.nlink,
  modified: stats.mtimeMs
})

/** What kind of file node's stat tells of. */
export const kindOf = (stats: fs.Stats): FileKind => {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'directory'
  if (stats.isSymbolicLink()) return 'symlink'
  if (stats.isFIFO()) return 'fifo'
  if (stats.isSocket()) return 'socket'
  return stats.isBlockDevice() ? 'block' : 'char'
}
