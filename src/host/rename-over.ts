import type fs from 'fs-extra'
import { AuditError } from '../errors.ts'
import type { HostPath } from '../paths.ts'
import { ABSENT, uninterrupted, unless } from './file-error.ts'

/** The system calls of {@link renameOver}. */
export type RenameCalls = Pick<typeof fs, 'linkSync' | 'lstatSync' | 'renameSync' | 'unlinkSync'>

// file systems without second names, those that allow no more of them, and a file that is a mount point
const NO_SECOND_NAME = ['EPERM', 'EXDEV', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'] as const

/** The paths of this machine, and the one of the node that an error names. */
export interface Renaming {
  readonly temporary: string
  readonly target: string
  /** A free name beside the target, which the kubelet ignores and a next run sweeps. */
  readonly held: string
  readonly path: HostPath
}

/**
 * Renames a file over another one at which `lastLook` has just looked. A second name holds the old file meanwhile: where
 * someone writes into it after the look it is put back, and CHANGED_SINCE_READ thrown. What then goes unseen is only a file
 * that another rename puts there between two system calls.
 */
export const renameOver = (
  calls: RenameCalls,
  { temporary, target, held, path }: Renaming,
  lastLook: () => void
): void => {
  const isHeld = unless([...ABSENT, ...NO_SECOND_NAME], false, () => {
    uninterrupted(() => calls.linkSync(target, held))
    return true
  })
  try {
    const before = isHeld ? identityOf(calls, held) : undefined
    lastLook()
    if (isHeld && identityOf(calls, target) !== before) throw changedSinceRead(path)
    uninterrupted(() => calls.renameSync(temporary, target))
    if (!isHeld || identityOf(calls, held) === before) return
    uninterrupted(() => calls.renameSync(held, target))
    throw changedSinceRead(path)
  } finally {
    if (isHeld) remove(calls, held)
  }
}

// a link changes the time of the inode, but not that of its bytes
const identityOf = (calls: RenameCalls, file: string): string | undefined => {
  const stat = unless(ABSENT, undefined, () => calls.lstatSync(file, { bigint: true }))
  return stat && `${stat.dev}:${stat.ino} ${stat.size} ${stat.mtimeNs}`
}

/** The error for a file that someone else changed while a run was at it. */
export const changedSinceRead = (path: HostPath): AuditError =>
  new AuditError('CHANGED_SINCE_READ', `${path} was changed by someone else since it was read`, { path })

const remove = (calls: RenameCalls, held: string): void => {
  try {
    uninterrupted(() => calls.unlinkSync(held))
  } catch {
    // The kubelet ignores the name, and sweepTemporaries removes it at the next run.
  }
}
