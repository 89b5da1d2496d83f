import { createBackup } from '../host/backup.ts'
import type { BackupSet } from '../host/backup-set.ts'
import { sha256 } from '../sha256.ts'
import type { Host } from '../host/host.ts'
import { closeJournal, type Journal, writeJournal } from '../host/journal.ts'
import type { LockHolder } from '../host/lock.ts'
import { type HostPath, join, parentOf } from '../paths.ts'
import type { Plan } from '../plan/change.ts'
import { AuditError } from '../errors.ts'
import { attempt, messageOf } from './attempt.ts'
import type { Watcher } from './progress.ts'
import type { ProcessId } from './watch.ts'
import { hasBytes, hashOf, refuseChanged, type UndoFile, undoFiles, undoOwners, writePlan } from './write.ts'
import { fileNow } from '../inspect/file-now.ts'

/** A plan whose files are written: what is needed to close or undo it. */
export interface Written {
  readonly plan: Plan
  readonly backup: BackupSet
  readonly journal: Journal
  readonly undo: readonly UndoFile[]
  /** Why the last step failed although the manifest is written: all must be undone. */
  readonly cut?: string
}

export interface WriteOptions {
  readonly version: string
  readonly backupDirectory: HostPath
  readonly holder: LockHolder
  readonly processes: readonly ProcessId[]
}

/**
 * Backs up, notes the run in the journal, and writes the plan's files, the manifest last. When that fails everything
 * written is put back and the error thrown: nothing was changed then, unless the code is ROLLBACK_FAILED.
 */
export const writeTransaction = (host: Host, plan: Plan, options: WriteOptions, watcher: Watcher): Written => {
  refuseChanged(host, plan)
  const backup = createBackup(host, options.backupDirectory, {
    command: plan.command,
    version: options.version,
    manifests: parentOf(plan.manifest),
    files: backupFiles(host, plan)
  })
  const journal = journalOf(host, plan, backup, options)
  writeJournal(host, journal)
  watcher.report({ kind: 'step', text: `backed up to ${join(backup.directory, backup.id)}` })
  const undo = plan.files.map(({ role, path, before, after }) => ({ role, path, before, after: hashOf(after) }))
  const written: Written = { plan, backup, journal, undo }
  try {
    writePlan(host, plan, () => watcher.interrupts() > 0)
  } catch (cause) {
    let isWritten = false
    attempt(() => {
      isWritten = manifestIsWritten(host, plan)
    })
    if (isWritten) return { ...written, cut: messageOf(cause) }
    abandon(host, written, cause)
    throw cause
  }
  return written
}

// the rename of the manifest may have happened although the call as a whole failed
const manifestIsWritten = (host: Host, plan: Plan): boolean => {
  const file = plan.files.find(each => each.role === 'manifest')
  return file !== undefined && !hasBytes(file.before, file.after) && hasBytes(fileNow(host, file.path), file.after)
}

const abandon = (host: Host, written: Written, cause: unknown): void => {
  try {
    undoWrites(host, written)
  } catch (error) {
    throw new AuditError(
      'ROLLBACK_FAILED',
      `${messageOf(cause)}; and putting the files back failed: ${messageOf(error)}`,
      { cause: error }
    )
  }
  // a journal that stays tells the next run of files that are as they were: it closes it
  attempt(() => closeJournal(host))
}

/** Puts every byte and owner back; gives the files that someone else changed since, which stay as they are. */
export const undoWrites = (host: Host, { plan, journal, undo }: Written): readonly HostPath[] => {
  try {
    return undoFiles(host, undo, journal.directories)
  } finally {
    undoOwners(host, plan)
  }
}

const backupFiles = (host: Host, plan: Plan): Parameters<typeof createBackup>[2]['files'] => {
  const files = plan.files.map(({ role, path, before, after }) => ({
    role,
    path,
    before: before && { bytes: before.bytes, ownership: before.owner },
    after: after && after.bytes
  }))
  if (files.some(file => file.role === 'manifest')) return files
  // a set without the manifest could not be told from one of another node
  const now = fileNow(host, plan.manifest)
  return now
    ? [
        ...files,
        { role: 'manifest', path: plan.manifest, before: { bytes: now.bytes, ownership: now.owner }, after: now.bytes }
      ]
    : files
}

const journalOf = (host: Host, plan: Plan, backup: BackupSet, options: WriteOptions): Journal => ({
  id: backup.id,
  command: plan.command,
  phase: 'writing',
  started: new Date(host.now()).toISOString(),
  version: options.version,
  backup: { id: backup.id, directory: backup.directory },
  manifest: plan.manifest,
  files: plan.files.map(({ role, path, before, after }) => ({
    role,
    path,
    before: before && { sha256: sha256(before.bytes), ...before.owner },
    after: after && { sha256: sha256(after.bytes), ...after.owner }
  })),
  directories: plan.directories.map(({ path }) => path),
  processes: options.processes,
  lock: { pid: options.holder.pid, start: options.holder.start, bootId: options.holder.bootId }
})
