import { readBackup } from '../host/backup.ts'
import type { BackupContents } from '../host/backup.ts'
import { sha256 } from '../host/backup-set.ts'
import { sweepTemporaries } from '../host/atomic-write.ts'
import type { Host } from '../host/host.ts'
import { closeJournal, type Journal, readJournal } from '../host/journal.ts'
import { acquireLock } from '../host/lock.ts'
import { proofOf } from '../inspect/proof.ts'
import { parentOf } from '../paths.ts'
import type { FileState, Plan, PlannedFile } from '../plan/change.ts'
import { locatePod } from '../pod/pod.ts'
import { parseSource } from '../text/source.ts'
import { lookBefore } from './look-before.ts'
import type { ApplyOptions } from './options.ts'
import type { Watcher } from './progress.ts'
import type { Receipt } from './receipt.ts'
import { rollBack } from './roll-back.ts'
import { settle } from './settle.ts'
import type { Written } from './transaction.ts'
import { fileNow, undoFiles } from './write.ts'

/** What became of an interrupted run. */
export interface Recovery {
  readonly command: Journal['command']
  readonly started: string
  readonly what: 'finished' | 'undone' | 'left'
  readonly message: string
  readonly receipt?: Receipt
}

/**
 * Finishes or undoes the run that the journal tells of; undefined when there is none. A run whose manifest was written is
 * finished: waited for and proven, or rolled back. One that had not come so far is undone. A manifest that someone else
 * changed since is left as it is.
 */
export const recoverRun = async (
  host: Host,
  options: ApplyOptions,
  watcher: Watcher
): Promise<Recovery | undefined> => {
  if (!readJournal(host)) return undefined
  const lock = acquireLock(host, 'recover')
  try {
    const journal = readJournal(host)
    if (!journal) return undefined
    sweepTemporaries(host, parentOf(journal.manifest))
    const start = host.monotonic()
    const recovery = await recoverJournal(host, journal, options, watcher)
    const seconds = Math.round((host.monotonic() - start) / 100) / 10
    const { receipt, ...rest } = recovery
    return {
      ...rest,
      command: journal.command,
      started: journal.started,
      ...(receipt ? { receipt: { ...receipt, seconds } } : {})
    }
  } finally {
    lock.release()
  }
}

type Result = Omit<Recovery, 'command' | 'started' | 'receipt'> & { readonly receipt?: Omit<Receipt, 'seconds'> }

const recoverJournal = async (
  host: Host,
  journal: Journal,
  options: ApplyOptions,
  watcher: Watcher
): Promise<Result> => {
  const backup = readBackup(host, journal.backup.directory, journal.backup.id)
  const manifest = journal.files.find(file => file.role === 'manifest')
  const now = fileNow(host, journal.manifest)
  const hash = now ? sha256(now.bytes) : undefined
  const isBack = !manifest || hash === manifest.before?.sha256
  if (isBack && journal.phase !== 'undoing') {
    undoFiles(host, backup, journal.directories)
    closeJournal(host)
    return { what: 'undone', message: 'the manifest had not been changed; the other files are as they were before' }
  }
  if (!isBack && hash !== manifest.after?.sha256) {
    closeJournal(host)
    return {
      what: 'left',
      message: `${journal.manifest} was changed by someone else since; it was left as it is. The files from before are in the backup ${journal.backup.id}`
    }
  }
  const written = writtenOf(host, journal, backup)
  const before = {
    ...(await lookBefore(host, { ...written.plan, files: reversed(written.plan.files) }, options)),
    servers: journal.processes,
    own: []
  }
  const facing = { ...before, podBefore: before.podAfter, podAfter: before.podBefore, wasHealthy: true }
  if (journal.phase === 'undoing') {
    const failure = await rollBack(
      host,
      written,
      facing,
      options,
      watcher,
      'the run was cut off while it put everything back'
    )
    const rolledBack = failure.code === 'ROLLED_BACK'
    // the files are back: a server that stays down must not stand in the way of the next run, which may repair it
    if (isBack && watcher.interrupts() === 0) closeJournal(host)
    const receipt = {
      changed: true,
      backup: journal.backup,
      restarted: null,
      healthy: null,
      proven: null,
      rolledBack,
      findings: [],
      failure
    }
    return rolledBack
      ? { what: 'undone', message: failure.message }
      : { what: 'left', message: failure.message, receipt }
  }
  const receipt = await settle(host, written, facing, options, watcher)
  if (receipt.failure)
    return { what: receipt.rolledBack ? 'undone' : 'left', message: receipt.failure.message, receipt }
  return { what: 'finished', message: 'the change had been written; it stands', receipt }
}

// the side that is on the host now is where the search for servers starts
const reversed = (files: readonly PlannedFile[]): PlannedFile[] =>
  files.map(file => ({ ...file, before: file.after, after: file.before }))

const writtenOf = (host: Host, journal: Journal, backup: BackupContents): Written => {
  const files = journal.files.map((file): PlannedFile => {
    const saved = backup.files.find(each => each.path === file.path)
    const before: FileState | null = saved?.bytes && saved.before ? { bytes: saved.bytes, owner: saved.before } : null
    return {
      role: file.role,
      path: file.path,
      before,
      after: fileNow(host, file.path),
      isSensitive: file.role === 'webhook'
    }
  })
  const plan: Plan = {
    command: journal.command,
    manifest: journal.manifest,
    changes: [],
    files,
    directories: [],
    owners: [],
    flags: {},
    mounts: [],
    findings: [],
    proof: proofNow(host, files)
  }
  return { plan, backup: backup.set, journal }
}

const proofNow = (host: Host, files: readonly PlannedFile[]): Plan['proof'] => {
  const manifest = files.find(file => file.role === 'manifest')
  if (!manifest?.after) return { log: undefined, policy: undefined, isLogBatched: false }
  return proofOf(
    host,
    locatePod(parseSource(new TextDecoder().decode(manifest.after.bytes), manifest.path, 'kubernetes'))
  )
}
