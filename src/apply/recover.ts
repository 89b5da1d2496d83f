import { AuditError } from '../errors.ts'
import { runsManifest } from '../facts/api-server.ts'
import { sweepTemporaries } from '../host/atomic-write.ts'
import { type BackupContents, readBackup } from '../host/backup.ts'
import type { Host, Process } from '../host/host.ts'
import { closeJournal, type Journal, JOURNAL_FILE, readJournal } from '../host/journal.ts'
import { acquireLock } from '../host/lock.ts'
import { proofOf } from '../inspect/proof.ts'
import { apiServersOf } from '../inspect/servers.ts'
import { type HostPath, join } from '../paths.ts'
import type { Plan, PlannedFile } from '../plan/change.ts'
import type { Pod } from '../pod/pod.ts'
import { attempt } from './attempt.ts'
import { type Before, lookBefore, podOf } from './look-before.ts'
import type { ApplyOptions } from './options.ts'
import type { Watcher } from './progress.ts'
import type { Receipt } from './receipt.ts'
import { describeBack, rollBack } from './roll-back.ts'
import { settle } from './settle.ts'
import type { Written } from './transaction.ts'
import { isSameProcess } from './watch.ts'
import { hashOf, isTheirs, type UndoFile, undoFiles } from './write.ts'
import { fileNow } from '../inspect/file-now.ts'

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
    sweepTemporaries(host, [JOURNAL_FILE, journal.manifest, ...journal.files.map(file => file.path)])
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
    // the next run takes it from a process that is no more
    attempt(lock.release)
  }
}

type Result = Omit<Recovery, 'command' | 'started' | 'receipt'> & { readonly receipt?: Omit<Receipt, 'seconds'> }

const recoverJournal = async (
  host: Host,
  journal: Journal,
  options: ApplyOptions,
  watcher: Watcher
): Promise<Result> => {
  const backup = backupOf(host, journal)
  const undo = undoOf(backup)
  const manifest = journal.files.find(file => file.role === 'manifest')
  const hash = hashNow(host, journal.manifest)
  const isBack = !manifest || hash === (manifest.before?.sha256 ?? null)
  if (isBack && journal.phase !== 'undoing') {
    const left = undoFiles(host, undo, journal.directories)
    closeJournal(host)
    return { what: 'undone', message: `the manifest had not been changed; ${describeBack(left)}` }
  }
  if (!isBack && hash !== (manifest.after?.sha256 ?? null)) {
    closeJournal(host)
    return {
      what: 'left',
      message: `${journal.manifest} was changed by someone else since; it was left as it is. The files from before are in the backup ${journal.backup.id}`
    }
  }
  const written = writtenOf(host, journal, backup)
  const before = {
    ...(await lookBefore(host, { ...written.plan, files: reversed(written.plan.files) }, options, true)),
    ...serversBefore(
      host,
      journal,
      podOf(
        written.plan.files.find(file => file.role === 'manifest'),
        'before'
      )
    )
  }
  const facing = { ...before, podBefore: before.podAfter, podAfter: before.podBefore, wasHealthy: true }
  if (journal.phase === 'undoing' || undo.some(file => wasPutBack(host, file)))
    return undoAgain(host, written, facing, options, watcher)
  for (const file of undo)
    if (file.role !== 'manifest' && file.after === null && !isTheirs(host, file)) host.removeFile(file.path)
  const receipt = await settle(host, written, facing, options, watcher)
  if (receipt.failure)
    return { what: receipt.rolledBack ? 'undone' : 'left', message: receipt.failure.message, receipt }
  return { what: 'finished', message: 'the change had been written; it stands', receipt }
}

const undoAgain = async (...run: [Host, Written, Before, ApplyOptions, Watcher]): Promise<Result> => {
  const [host, { journal, undo }, , , watcher] = run
  const failure = await rollBack(...run, 'the run was cut off while it put everything back')
  const rolledBack = failure.code === 'ROLLED_BACK'
  if (rolledBack) return { what: 'undone', message: failure.message }
  // the files are back: a server that stays down must not stand in the way of the next run, which may repair it
  if (watcher.interrupts() === 0 && undo.every(file => isTheirs(host, file) || isPutBack(host, file)))
    closeJournal(host)
  const backup = { id: journal.backup.id, directory: join(journal.backup.directory, journal.backup.id) }
  const unknown = { restarted: null, healthy: null, proven: null }
  const receipt = { changed: true, backup, ...unknown, rolledBack, findings: [], failure }
  return { what: 'left', message: failure.message, receipt }
}

const hashNow = (host: Host, path: HostPath): string | null => hashOf(fileNow(host, path))

const backupOf = (host: Host, journal: Journal): BackupContents => {
  try {
    return readBackup(host, journal.backup.directory, journal.backup.id)
  } catch (cause) {
    if (!(cause instanceof AuditError) || !['NO_BACKUP', 'BAD_BACKUP'].includes(cause.code)) throw cause
    throw new AuditError('BAD_JOURNAL', `the interrupted ${journal.command} cannot be undone: ${cause.message}`, {
      path: JOURNAL_FILE,
      cause
    })
  }
}

const undoOf = (backup: BackupContents): UndoFile[] =>
  backup.files.map(({ role, path, before, bytes, after }) => ({
    role,
    path,
    before: bytes && before ? { bytes, owner: { mode: before.mode, uid: before.uid, gid: before.gid } } : null,
    after: after?.sha256 ?? null
  }))

const isPutBack = (host: Host, file: UndoFile): boolean => hashNow(host, file.path) === hashOf(file.before)

// the manifest is written when all other files are: one that is not new has been put back since. One that the run removes
// goes after the manifest, and may still have to.
const wasPutBack = (host: Host, file: UndoFile): boolean =>
  file.role !== 'manifest' && file.after !== null && file.after !== hashOf(file.before) && isPutBack(host, file)

// of another boot nothing runs any more, and its numbers may be given anew
const serversBefore = (
  host: Host,
  journal: Journal,
  podBefore: Pod | undefined
): { servers: Journal['processes']; own: readonly Process[] } => {
  const servers = journal.lock.bootId === host.bootId() ? journal.processes : []
  const own = apiServersOf(host).filter(
    process => podBefore && runsManifest(process.argv, podBefore) && servers.some(each => isSameProcess(each, process))
  )
  return { servers, own }
}

// the side that is on the host now is where the search for servers starts
const reversed = (files: readonly PlannedFile[]): PlannedFile[] =>
  files.map(file => ({ ...file, before: file.after, after: file.before }))

const writtenOf = (host: Host, journal: Journal, backup: BackupContents): Written => {
  const undo = undoOf(backup)
  const files = journal.files.map(({ role, path }): PlannedFile => ({
    role,
    path,
    before: undo.find(each => each.path === path)?.before ?? null,
    after: fileNow(host, path),
    isSensitive: role === 'webhook'
  }))
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
  return { plan, backup: backup.set, journal, undo }
}

const proofNow = (host: Host, files: readonly PlannedFile[]): Plan['proof'] => {
  const pod = podOf(
    files.find(file => file.role === 'manifest'),
    'after'
  )
  return pod ? proofOf(host, pod) : { log: undefined, policy: undefined, isLogBatched: false }
}
