import { AuditError } from '../errors.ts'
import { covers, join, type HostPath } from '../paths.ts'
import {
  BACKUP_ID,
  badBackup,
  metadataOf,
  plainFile,
  printBackupSet,
  readBackupSet,
  type BackupCommand,
  type BackupFile,
  type BackupSet
} from './backup-set.ts'
import { sha256 } from '../sha256.ts'
import type { FileRole } from './file-shapes.ts'
import type { Host, HostReader, Ownership } from './host.ts'
import { JOURNAL_FILE } from './journal.ts'
import { LOCK_FILE } from './lock.ts'
import { ensureSafeDirectory, ensureStateDirectory, refuseUnsafeDirectory, STATE_DIRECTORY } from './state-directory.ts'

/** Where backups are unless `--backup-dir` says otherwise. */
export const BACKUP_DIRECTORY = join(STATE_DIRECTORY, 'backups')

/** What a run is about to change, with the bytes to save. */
export interface BackupRequest {
  readonly command: BackupCommand
  readonly version: string
  /** The kubelet's directory: a backup below it could be read as a pod. */
  readonly manifests: HostPath
  readonly files: readonly {
    readonly role: FileRole
    readonly path: HostPath
    readonly before: { readonly bytes: Uint8Array; readonly ownership: Ownership } | null
    readonly after: Uint8Array | null
  }[]
}

/** A set together with the bytes of its files; null for a file that was not there. */
export interface BackupContents {
  readonly set: BackupSet
  readonly files: readonly (BackupFile & { readonly bytes: Buffer | null })[]
}

/** The backups in a directory. */
export interface BackupList {
  /** Newest first. */
  readonly sets: readonly BackupSet[]
  readonly damaged: readonly { readonly id: string; readonly error: AuditError }[]
}

/**
 * Copies files into a new set, complete or not at all, and reads it back; call it under the lock. Throws BAD_PATH for a
 * directory below the kubelet's or in the place of a file, UNSAFE_DIRECTORY for one that others can write.
 */
export const createBackup = (host: Host, directory: HostPath, request: BackupRequest): BackupSet => {
  refuseBelow(host, directory, request.manifests)
  refuseInPlace(directory, [LOCK_FILE, JOURNAL_FILE, ...request.files.map(file => file.path)])
  if (covers(STATE_DIRECTORY, directory)) ensureStateDirectory(host)
  ensureSafeDirectory(host, directory)
  removeDrafts(host, directory)
  const id = nextId(host, directory)
  const set: BackupSet = {
    id,
    directory,
    created: new Date(host.now()).toISOString(),
    command: request.command,
    version: request.version,
    files: request.files.map(describe)
  }
  const [home, draft] = [join(directory, id), join(directory, `.${id}`)]
  const owner = { uid: host.uid, gid: host.gid }
  host.makeDirectory(draft, { mode: 0o700, ...owner })
  for (const [index, { before }] of request.files.entries()) {
    const stored = set.files[index]?.stored ?? null
    if (before !== null && stored !== null) {
      host.writeAtomic(join(draft, stored), before.bytes, { mode: 0o600, ...owner })
    }
  }
  host.writeAtomic(metadataOf(draft), printBackupSet(set), { mode: 0o600, ...owner })
  host.rename(draft, home)
  return readBackup(host, directory, id).set
}

const refuseBelow = (host: HostReader, directory: HostPath, manifests: HostPath): void => {
  if (!covers(manifests, directory) && !covers(host.resolve(manifests), host.resolve(directory))) return
  throw new AuditError('BAD_PATH', `the backup directory ${directory} is below ${manifests}, wanted it elsewhere`, {
    path: directory
  })
}

// a directory in the place of a file that a run writes would keep that run, and those after it, from writing it
const refuseInPlace = (directory: HostPath, files: readonly HostPath[]): void => {
  const path = files.find(file => covers(file, directory))
  if (path === undefined) return
  throw new AuditError('BAD_PATH', `the backup directory ${directory} is in the place of the file ${path}`, {
    path: directory
  })
}

const describe = ({ role, path, before, after }: BackupRequest['files'][number], index: number): BackupFile => ({
  role,
  path,
  before: before && {
    sha256: sha256(before.bytes),
    size: before.bytes.length,
    mode: before.ownership.mode,
    uid: before.ownership.uid,
    gid: before.ownership.gid
  },
  after: after && { sha256: sha256(after) },
  stored: before && `${index}-${role}.yaml`
})

// Clocks step back, and two runs can meet in one second: an id is never older than the newest set, so that the order of
// ids is the order of the runs, and "the newest" is the one made last.
const nextId = (host: HostReader, directory: HostPath): string => {
  const newest = newestBackup(host, directory)
  const stamp = newest?.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-.*$/, '$1-$2-$3T$4:$5:$6Z')
  const earliest = stamp === undefined ? Number.NaN : Date.parse(stamp) + 1000
  const time = new Date(Number.isNaN(earliest) ? host.now() : Math.max(host.now(), earliest))
  return `${time.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z-${host.random(2)}`
}

const idsIn = (host: HostReader, directory: HostPath): readonly string[] =>
  (host.list(directory) ?? []).filter(name => BACKUP_ID.test(name)).reverse()

/** The backups in a directory, newest first, and apart from them those that are damaged; none when it is not there. */
export const listBackups = (host: HostReader, directory: HostPath): BackupList => {
  const sets: BackupSet[] = []
  const damaged: { id: string; error: AuditError }[] = []
  for (const id of idsIn(host, directory)) {
    try {
      sets.push(readBackup(host, directory, id).set)
    } catch (error) {
      if (!(error instanceof AuditError)) throw error
      damaged.push({ id, error })
    }
  }
  return { sets, damaged }
}

/** The id of the set that was made last, whatever became of it since; undefined where there is none. */
export const newestBackup = (host: HostReader, directory: HostPath): string | undefined => idsIn(host, directory)[0]

/**
 * A set with its bytes, each held against its sha256. Throws NO_BACKUP or BAD_BACKUP, naming the file, and UNSAFE_DIRECTORY
 * where others could have put it there.
 */
export const readBackup = (host: HostReader, directory: HostPath, id: string): BackupContents => {
  if (!BACKUP_ID.test(id)) {
    throw new AuditError(
      'NO_BACKUP',
      `${JSON.stringify(id)} is not the id of a backup; one such as 20261122T011500Z-3f9a is wanted: see auditpatch backups`
    )
  }
  const home = join(directory, id)
  if (host.lstat(home) === null) throw new AuditError('NO_BACKUP', `there is no backup ${home}`, { path: home })
  refuseUnsafeDirectory(host, directory)
  const set = readBackupSet(host, directory, id)
  return { set, files: set.files.map(file => ({ ...file, bytes: bytesOf(host, home, file) })) }
}

const bytesOf = (host: HostReader, home: HostPath, { before, stored }: BackupFile): Buffer | null => {
  if (before === null || stored === null) return null
  const path = join(home, stored)
  const bytes = plainFile(host, path, before.size)
  const found = sha256(bytes)
  if (found === before.sha256) return bytes
  throw badBackup(path, `has sha256 ${found}, wanted ${before.sha256}`)
}

/**
 * Removes all but the newest `keep` sets (at least one: the newest is the one just made) and what killed runs left half
 * made; gives the removed ids. Damaged sets are left for a person to judge. Call it under the lock.
 */
export const pruneBackups = (host: Host, directory: HostPath, keep: number): readonly string[] => {
  const old = listBackups(host, directory).sets.slice(Math.max(1, keep))
  // Under a dot name first: a prune that is killed leaves no set that looks damaged.
  for (const { id } of old) host.rename(join(directory, id), join(directory, `.${id}`))
  removeDrafts(host, directory)
  return old.map(set => set.id)
}

// Sets that a killed run left half made, or half removed.
const removeDrafts = (host: Host, directory: HostPath): void => {
  for (const name of host.list(directory) ?? []) {
    if (name.startsWith('.') && BACKUP_ID.test(name.slice(1))) removeSet(host, join(directory, name))
  }
}

const removeSet = (host: Host, home: HostPath): void => {
  if (host.lstat(home)?.kind !== 'directory') return
  for (const name of host.list(home) ?? []) {
    if (host.lstat(join(home, name))?.kind !== 'directory') host.removeFile(join(home, name))
  }
  host.removeDirectory(home)
}
