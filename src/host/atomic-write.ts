import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { posix } from 'node:path'
import fs from 'fs-extra'
import { AuditError } from '../errors.ts'
import { type HostPath, join, parentOf } from '../paths.ts'
import { ABSENT, fileError, uninterrupted, unless } from './file-error.ts'
import type { Host, Ownership } from './host.ts'
import { renameOver } from './rename-over.ts'
import type { RootedPaths } from './resolve-in-root.ts'

/** The system calls of an atomic write, as a record: a test makes any of them fail. */
export type WriteCalls = Pick<
  typeof fs,
  | 'closeSync'
  | 'fchmodSync'
  | 'fchownSync'
  | 'fstatSync'
  | 'fsyncSync'
  | 'linkSync'
  | 'lstatSync'
  | 'openSync'
  | 'renameSync'
  | 'unlinkSync'
  | 'writeSync'
>

const TEMPORARY = /^\.(.+)\.auditpatch-[0-9a-f]{12}$/s

/**
 * A path for the bytes of a file until they are whole, beside it. The dot is what keeps the kubelet from reading it as a pod
 * (pkg/kubelet/config/file.go globs "[^.]*").
 */
export const temporaryFor = (target: string): string =>
  posix.join(posix.dirname(target), `.${posix.basename(target)}.auditpatch-${randomBytes(6).toString('hex')}`)

/** The name of the file for which a name like that of temporaryFor stands; undefined for any other. */
export const namedByTemporary = (name: string): string | undefined => TEMPORARY.exec(name)?.[1]

/**
 * Replaces or makes a file in one step: readers see the old bytes or the new ones, and a failure leaves the old file and
 * nothing beside it. Throws CANNOT_WRITE with path and errno, SYMLINK or WRONG_KIND when what is there is not a file, what
 * `lastLook` throws, which is called when only the rename is left, and CHANGED_SINCE_READ for what it could not see any more.
 */
export const writeAtomic = (
  at: RootedPaths,
  path: HostPath,
  bytes: Uint8Array,
  ownership: Ownership,
  lastLook: (() => void) | undefined = undefined,
  calls: WriteCalls = fs
): void => {
  try {
    const target = at.keepLast(path)
    refuseOtherKind(calls, target, path)
    const temporary = temporaryFor(target)
    writeTemporary(calls, temporary, bytes, ownership)
    removingOnFailure(calls, temporary, () => {
      if (lastLook) renameOver(calls, { temporary, target, held: temporaryFor(target), path }, lastLook)
      else uninterrupted(() => calls.renameSync(temporary, target))
    })
    syncAfterwards(calls, target, path)
  } catch (error) {
    throw fileError('CANNOT_WRITE', 'cannot write', path, error)
  }
}

const refuseOtherKind = (calls: WriteCalls, target: string, path: HostPath): void => {
  const there = unless(ABSENT, null, () => calls.lstatSync(target))
  if (there === null || there.isFile()) return
  if (there.isSymbolicLink()) {
    throw new AuditError('SYMLINK', `${path} is a symbolic link, wanted a file: a rename would replace the link`, {
      path
    })
  }
  throw new AuditError(
    'WRONG_KIND',
    `${path} is a ${there.isDirectory() ? 'directory' : 'special file'}, wanted a file`,
    {
      path
    }
  )
}

const writeTemporary = (calls: WriteCalls, temporary: string, bytes: Uint8Array, ownership: Ownership): void => {
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants
  const descriptor = uninterrupted(() => calls.openSync(temporary, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY, 0o600))
  removingOnFailure(calls, temporary, () => {
    try {
      writeAll(calls, descriptor, bytes)
      own(calls, descriptor, ownership)
      uninterrupted(() => calls.fsyncSync(descriptor))
    } finally {
      calls.closeSync(descriptor)
    }
  })
}

const removingOnFailure = (calls: WriteCalls, temporary: string, run: () => void): void => {
  try {
    run()
  } catch (error) {
    try {
      uninterrupted(() => calls.unlinkSync(temporary))
    } catch {
      // What made the write fail (EROFS, EIO) can keep the file there too; the first error is the one to tell, the
      // kubelet ignores the name, and sweepTemporaries removes it at the next run.
    }
    throw error
  }
}

const syncAfterwards = (calls: WriteCalls, target: string, path: HostPath): void => {
  try {
    syncDirectory(posix.dirname(target), calls)
  } catch (error) {
    throw fileError('CANNOT_WRITE', 'replaced the file, but cannot sync the directory of', path, error)
  }
}

/** Writes every byte, however few the kernel takes at a time. */
export const writeAll = (calls: Pick<WriteCalls, 'writeSync'>, descriptor: number, bytes: Uint8Array): void => {
  for (let offset = 0; offset < bytes.length;) {
    offset += uninterrupted(() => calls.writeSync(descriptor, bytes, offset, bytes.length - offset))
  }
}

/** Gives an open file exactly this owner and mode; throws EPERM when it did not take them. */
export const own = (
  calls: Pick<WriteCalls, 'fchownSync' | 'fchmodSync' | 'fstatSync'>,
  descriptor: number,
  ownership: Ownership
): void => {
  uninterrupted(() => calls.fchownSync(descriptor, ownership.uid, ownership.gid))
  // After chown, which clears the set-id bits.
  uninterrupted(() => calls.fchmodSync(descriptor, ownership.mode))
  const found = calls.fstatSync(descriptor)
  // graceful-fs, which fs-extra brings, hides EPERM of chown and chmod from everyone but root (polyfills.js, chownErOk).
  if (found.uid === ownership.uid && found.gid === ownership.gid && (found.mode & 0o7777) === ownership.mode) return
  const wanted = `${ownership.uid}:${ownership.gid} ${ownership.mode.toString(8)}`
  throw Object.assign(new Error(`EPERM: not permitted to set owner and mode to ${wanted}`), { code: 'EPERM' })
}

/** Makes the names in a directory durable. */
export const syncDirectory = (
  directory: string,
  calls: Pick<WriteCalls, 'openSync' | 'fsyncSync' | 'closeSync'> = fs
): void => {
  const descriptor = calls.openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    // EINVAL: a file system (FUSE, CIFS) without fsync for directories; there is nothing more to do there.
    unless(['EINVAL'], undefined, () => uninterrupted(() => calls.fsyncSync(descriptor)))
  } finally {
    calls.closeSync(descriptor)
  }
}

/**
 * Removes what killed runs left of these files beside them, and gives the paths; call it under the lock. A name of the same
 * form for which no file stands is someone else's.
 */
export const sweepTemporaries = (host: Host, files: readonly HostPath[]): readonly HostPath[] => {
  const left = [...new Set(files.map(parentOf))]
    .flatMap(directory => (host.list(directory) ?? []).map(name => ({ directory, name })))
    .filter(({ directory, name }) => files.includes(join(directory, namedByTemporary(name) ?? '.')))
    .map(({ directory, name }) => join(directory, name))
    .filter(path => !files.includes(path) && host.lstat(path)?.kind === 'file')
  for (const path of left) host.removeFile(path)
  return left
}
