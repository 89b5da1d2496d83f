import { Buffer } from 'node:buffer'
import { AuditError } from '../errors.ts'
import type { BackupContents } from '../host/backup.ts'
import { sha256 } from '../host/backup-set.ts'
import type { Host } from '../host/host.ts'
import type { HostPath } from '../paths.ts'
import type { FileState, Plan, PlannedFile } from '../plan/change.ts'
import { MAX_BYTES } from '../text/source.ts'

/** What a file is now, as plans compare it. Throws WRONG_KIND or SYMLINK for anything but a plain file. */
export const fileNow = (host: Host, path: HostPath): FileState | null => {
  const stat = host.lstat(path)
  if (!stat) return null
  if (stat.kind === 'symlink') throw new AuditError('SYMLINK', `${path} is a symbolic link`, { path })
  if (stat.kind !== 'file') throw new AuditError('WRONG_KIND', `${path} is a ${stat.kind}; a file is wanted`, { path })
  const bytes = host.read(path, MAX_BYTES)
  return bytes && { bytes, owner: { mode: stat.mode, uid: stat.uid, gid: stat.gid } }
}

/** True when two states have the same bytes; owners are not compared. */
export const hasBytes = (a: FileState | null, b: FileState | null): boolean => {
  if (a === null || b === null) return a === b
  return Buffer.compare(a.bytes, b.bytes) === 0
}

/** Throws CHANGED_SINCE_READ when a file is no longer what the plan was made for. */
export const refuseChanged = (host: Host, plan: Plan): void => {
  for (const { path, before } of plan.files) {
    if (!hasBytes(fileNow(host, path), before)) {
      throw new AuditError('CHANGED_SINCE_READ', `${path} was changed by someone else since it was read`, { path })
    }
  }
}

/** Makes the directories, owners and files of a plan, the manifest last. Throws at the first failure. */
export const writePlan = (host: Host, plan: Plan, isStopped: () => boolean): void => {
  const stopAsked = (): void => {
    if (isStopped()) throw new AuditError('INTERRUPTED', 'interrupted before the manifest was written')
  }
  for (const { path, owner } of plan.directories) {
    stopAsked()
    if (!host.stat(path)) host.makeDirectory(path, owner)
  }
  for (const { path, after } of plan.owners) host.setOwnership(path, after)
  for (const file of plan.files) {
    stopAsked()
    if (file.role === 'manifest') refuseChanged(host, { ...plan, files: [file] })
    writeState(host, file.path, file.after)
  }
}

const writeState = (host: Host, path: HostPath, state: FileState | null): void => {
  if (state) host.writeAtomic(path, state.bytes, state.owner)
  else host.removeFile(path)
}

/**
 * Puts every file of a backup set back: what kube-apiserver reads at its start first, the manifest next, and only then goes
 * what was not there before. A file that someone else changed since is left alone. Each step is tried even when one before it failed; the first error is thrown at the end.
 */
export const undoFiles = (host: Host, backup: BackupContents, directories: readonly HostPath[]): void => {
  const order = (file: { role: PlannedFile['role']; before: unknown }): number =>
    file.before === null ? 2 : file.role === 'manifest' ? 1 : 0
  const errors: unknown[] = []
  const attempt = (action: () => void): void => {
    try {
      action()
    } catch (error) {
      errors.push(error)
    }
  }
  for (const file of [...backup.files].sort((a, b) => order(a) - order(b))) {
    attempt(() => {
      const saved =
        file.bytes && file.before
          ? { bytes: file.bytes, owner: { mode: file.before.mode, uid: file.before.uid, gid: file.before.gid } }
          : null
      const now = fileNow(host, file.path)
      if (isAsSaved(now, saved)) return
      if (!hasBytes(now, saved) && (now ? sha256(now.bytes) : undefined) !== file.after?.sha256) {
        throw new AuditError(
          'CHANGED_SINCE_READ',
          `${file.path} was changed by someone else in the meantime; it was left as it is`,
          { path: file.path }
        )
      }
      writeState(host, file.path, saved)
    })
  }
  for (const path of [...directories].reverse()) attempt(() => host.removeDirectory(path))
  if (errors.length > 0) throw errors[0]
}

const isAsSaved = (now: FileState | null, saved: FileState | null): boolean =>
  hasBytes(now, saved) &&
  now?.owner.mode === saved?.owner.mode &&
  now?.owner.uid === saved?.owner.uid &&
  now?.owner.gid === saved?.owner.gid

/** Gives owners back; a failure does not matter, as nothing but auditing uses these paths. */
export const undoOwners = (host: Host, plan: Plan): void => {
  for (const { path, before } of [...plan.owners].reverse()) if (host.stat(path)) host.setOwnership(path, before)
}
