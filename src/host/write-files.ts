import { constants } from 'node:fs'
import { posix } from 'node:path'
import fs from 'fs-extra'
import { AuditError } from '../errors.ts'
import type { HostPath } from '../paths.ts'
import { own, syncDirectory, writeAll, writeAtomic } from './atomic-write.ts'
import { ABSENT, translating, uninterrupted, unless } from './file-error.ts'
import { endsInHalfALine } from './half-a-line.ts'
import type { HostWriter, Ownership } from './host.ts'
import type { RootedPaths } from './resolve-in-root.ts'

/** The writing half of a host's file operations; none of them follows a link in the last component. */
export const fileWriters = (at: RootedPaths): HostWriter => ({
  writeAtomic: (path, bytes, ownership, lastLook) => writeAtomic(at, path, bytes, ownership, lastLook),
  makeDirectory: (path, ownership) =>
    writing('cannot make the directory', path, () => makeDirectory(at.keepLast(path), ownership)),
  setOwnership: (path, ownership) =>
    writing('cannot set owner and mode of', path, () => setOwnership(at.keepLast(path), ownership)),
  rename: (from, to) =>
    writing(`cannot rename ${from} to`, to, () => {
      const [source, target] = [at.keepLast(from), at.keepLast(to)]
      uninterrupted(() => fs.renameSync(source, target))
      syncDirectory(posix.dirname(target))
      if (posix.dirname(source) !== posix.dirname(target)) syncDirectory(posix.dirname(source))
    }),
  link: (from, to) =>
    writing(`cannot link ${from} to`, to, () =>
      unless(['EEXIST'], false, () => {
        uninterrupted(() => fs.linkSync(at.keepLast(from), at.keepLast(to)))
        syncDirectory(posix.dirname(at.keepLast(to)))
        return true
      })
    ),
  removeFile: path =>
    writing('cannot remove', path, () =>
      unless(ABSENT, undefined, () => {
        uninterrupted(() => fs.unlinkSync(at.keepLast(path)))
        syncDirectory(posix.dirname(at.keepLast(path)))
      })
    ),
  removeDirectory: path =>
    writing('cannot remove the directory', path, () =>
      unless(['ENOTEMPTY', 'EEXIST', 'ENOENT'], false, () => {
        uninterrupted(() => fs.rmdirSync(at.keepLast(path)))
        syncDirectory(posix.dirname(at.keepLast(path)))
        return true
      })
    ),
  appendLine: (path, line) => writing('cannot append to', path, () => appendLine(at.keepLast(path), path, line))
})

const writing = <T>(what: string, path: HostPath, run: () => T): T => translating('CANNOT_WRITE', what, path, run)

const makeDirectory = (directory: string, ownership: Ownership): void => {
  uninterrupted(() => fs.mkdirSync(directory, 0o700))
  try {
    setOwnership(directory, ownership)
    syncDirectory(posix.dirname(directory))
  } catch (error) {
    uninterrupted(() => fs.rmdirSync(directory))
    throw error
  }
}

const setOwnership = (file: string, ownership: Ownership): void => {
  const descriptor = fs.openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    own(fs, descriptor, ownership)
    uninterrupted(() => fs.fsyncSync(descriptor))
  } finally {
    fs.closeSync(descriptor)
  }
}

const appendLine = (file: string, path: HostPath, line: string): void => {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDWR } = constants
  const descriptor = fs.openSync(file, O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_RDWR, 0o600)
  try {
    const stat = fs.fstatSync(descriptor)
    if (!stat.isFile()) throw new AuditError('WRONG_KIND', `${path} is not a file`, { path })
    // another name of it may be that of a file which nobody meant
    if (stat.nlink > 1) throw new AuditError('WRONG_KIND', `${path} has several names (hard links)`, { path })
    // half a line, of a full disk or a power cut, must not take this one with it
    const begin = endsInHalfALine(descriptor, stat.size) ? '\n' : ''
    writeAll(fs, descriptor, Buffer.from(`${begin}${line}\n`))
    uninterrupted(() => fs.fsyncSync(descriptor))
  } finally {
    fs.closeSync(descriptor)
  }
}
