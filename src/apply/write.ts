import { Buffer } from 'node:buffer'
import { AuditError } from '../errors.ts'
import { sweepTemporaries } from '../host/atomic-write.ts'
import { changedSinceRead } from '../host/rename-over.ts'
import { sha256 } from '../sha256.ts'
import type { Host } from '../host/host.ts'
import { attempt } from './attempt.ts'
import { fileNow } from '../inspect/file-now.ts'
import type { HostPath } from '../paths.ts'
import type { FileState, Plan, PlannedFile } from '../plan/change.ts'

/** True when two states have the same bytes; owners are not compared. */
export const hasBytes = (a: FileState | null, b: FileState | null): boolean => {
  if (a === null || b === null) return a === b
  return Buffer.compare(a.bytes, b.bytes) === 0
}

/** Throws CHANGED_SINCE_READ when a file is no longer what the plan was made for. */
export const refuseChanged = (host: Host, plan: Plan): void => {
  for (const { path, before } of plan.files) {
    if (!hasBytes(fileNow(host, path), before)) {
      throw changedSinceRead(path)
    }
  }
}

/**
 * Makes the directories, owners and files of a plan, then the manifest; only then goes what the old manifest still named.
 * Throws at the first failure.
 */
export const writePlan = (host: Host, plan: Plan, isStopped: () => boolean): void => {
  const stopAsked = (): void => {
    if (isStopped()) throw new AuditError('INTERRUPTED', 'interrupted before the manifest was written')
  }
  for (const { path, owner } of plan.directories) {
    stopAsked()
    if (!host.stat(path)) host.makeDirectory(path, owner)
  }
  for (const { path, after } of plan.owners) host.setOwnership(path, after)
  const isLeft = (file: PlannedFile): boolean => file.role !== 'manifest' && file.after === null
  for (const file of plan.files.filter(each => !isLeft(each))) {
    stopAsked()
    writeState(host, file.path, file.after, () => refuseChanged(host, { ...plan, files: [file] }))
  }
  for (const { path } of plan.files.filter(isLeft)) host.removeFile(path)
}

const writeState = (host: Host, path: HostPath, state: FileState | null, lastLook?: () => void): void => {
  if (state) return host.writeAtomic(path, state.bytes, state.owner, lastLook)
  lastLook?.()
  host.removeFile(path)
}

/** A file as it was before a run, and the sha256 of what the run made of it: null where it removed it. */
export interface UndoFile {
  readonly role: PlannedFile['role']
  readonly path: HostPath
  readonly before: FileState | null
  readonly after: string | null
}

/** True when a file is neither what it was before the run nor what the run made of it. */
export const isTheirs = (host: Host, file: UndoFile): boolean => {
  const stat = host.lstat(file.path)
  if (stat && stat.kind !== 'file') return true
  const now = fileNow(host, file.path)
  return !hasBytes(now, file.before) && hashOf(now) !== file.after
}

/** The sha256 of a file's bytes, null for its absence. */
export const hashOf = (state: FileState | null): string | null => state && sha256(state.bytes)

/**
 * Puts files back: what kube-apiserver reads at its start first, the manifest next, and only then goes what was not there
 * before. A file that someone else changed since is left alone, and its path given. Each step is tried even when one before
 * it failed; the first error is thrown at the end.
 */
export const undoFiles = (
  host: Host,
  files: readonly UndoFile[],
  directories: readonly HostPath[]
): readonly HostPath[] => {
  const order = (file: UndoFile): number => (file.before === null ? 2 : file.role === 'manifest' ? 1 : 0)
  const errors: unknown[] = []
  const left: HostPath[] = []
  const try_ = (action: () => void): void => {
    try {
      action()
    } catch (error) {
      errors.push(error)
    }
  }
  for (const file of [...files].sort((a, b) => order(a) - order(b))) {
    try_(() => {
      if (!putBack(host, file)) left.push(file.path)
    })
  }
  // a second name that could not be removed would keep the directory that is to go
  attempt(
    () =>
      void sweepTemporaries(
        host,
        files.map(file => file.path)
      )
  )
  for (const path of [...directories].reverse()) try_(() => void (host.stat(path) && host.removeDirectory(path)))
  if (errors.length > 0) throw errors[0]
  return left
}

// false for a file that is someone else's by now
const putBack = (host: Host, file: UndoFile): boolean => {
  const refuseTheirs = (): void => {
    if (isTheirs(host, file))
      throw new AuditError('CHANGED_SINCE_READ', `${file.path} was changed by someone else`, { path: file.path })
  }
  try {
    refuseTheirs()
    if (!isAsSaved(fileNow(host, file.path), file.before)) writeState(host, file.path, file.before, refuseTheirs)
    return true
  } catch (error) {
    if (error instanceof AuditError && error.code === 'CHANGED_SINCE_READ') return false
    throw error
  }
}

const isAsSaved = (now: FileState | null, saved: FileState | null): boolean =>
  hasBytes(now, saved) &&
  now?.owner.mode === saved?.owner.mode &&
  now?.owner.uid === saved?.owner.uid &&
  now?.owner.gid === saved?.owner.gid

/** Gives owners back where the path is still there. */
export const undoOwners = (host: Host, plan: Plan): void => {
  for (const { path, before } of [...plan.owners].reverse()) if (host.stat(path)) host.setOwnership(path, before)
}
