import { createHash } from 'node:crypto'
import { AuditError } from '../errors.ts'
import { hostPath, join, type HostPath } from '../paths.ts'
import { processShapes, timeShape } from './file-shapes.ts'
import type { Host, HostReader } from './host.ts'
import { fields, parseJson, text } from './json-shape.ts'
import { ensureStateDirectory, STATE_DIRECTORY } from './state-directory.ts'

/** Who holds a lock: a process is the same only with the same pid, start time and boot. */
export interface LockHolder {
  readonly pid: number
  readonly start: number
  readonly bootId: string
  readonly command: string
  readonly since: string
}

/** The lock while it is held. */
export interface Lock {
  readonly holder: LockHolder
  /** Gives the lock back; a second call does nothing. */
  readonly release: () => void
}

/** The file that one run at a time holds. */
export const LOCK_FILE = join(STATE_DIRECTORY, 'lock')

const LARGEST = 64 * 1024
const holderFields = fields({ ...processShapes, bootId: text, command: text, since: timeShape })

/**
 * Takes the lock for a command, also from a holder that lives no more. Throws LOCKED, naming pid and since when, while
 * another process holds it.
 */
export const acquireLock = (host: Host, command: string): Lock => {
  ensureStateDirectory(host)
  const holder: LockHolder = {
    pid: host.pid,
    // Without /proc nobody can tell which processes live, and every lock counts as left behind.
    start: host.processStart(host.pid) ?? 0,
    bootId: host.bootId(),
    command,
    since: new Date(host.now()).toISOString()
  }
  // The random part makes the bytes of every lock different, also of two by one process.
  const line = JSON.stringify({ ...holder, id: host.random(8) })
  const ready = join(STATE_DIRECTORY, `.lock-${holder.pid}-${holder.start}-${host.random(6)}`)
  const mine = Buffer.from(`${line}\n`)
  const release = (): void => releaseIf(host, LOCK_FILE, mine)
  try {
    host.appendLine(ready, line)
    take(host, ready, mine, LOCK_FILE)
    host.removeFile(ready)
    removeLeftovers(host)
  } catch (error) {
    undo(() => host.removeFile(ready))
    // A failing disk can say no after it has made the link.
    undo(release)
    throw error
  }
  return { holder, release }
}

const undo = (step: () => void): void => {
  try {
    step()
  } catch {
    // The first error is the one to tell; what stays is cleared up by the next run, because this process ends.
  }
}

/** Who holds the lock, or null when nobody does; for commands that only report. */
export const readLock = (host: HostReader): LockHolder | null => {
  const bytes = bytesOf(host, LOCK_FILE)
  const holder = bytes === null ? null : parseHolder(bytes)
  return holder !== null && lives(host, holder) ? holder : null
}

/**
 * Links the finished file to the lock's name, which the kernel does for one process only. Between reading a stale lock and
 * removing it another process can have replaced it by its own; so the right to remove *these bytes* is itself a lock,
 * named after their hash, and the bytes are read again under it. It can be left behind too: hence the recursion.
 */
const take = (host: Host, ready: HostPath, mine: Buffer, lock: HostPath): void => {
  while (!host.link(ready, lock)) {
    const found = bytesOf(host, lock)
    if (found === null) continue
    refuseLiving(host, found)
    const claim = hostPath(`${LOCK_FILE}.stale-${createHash('sha256').update(lock).update(found).digest('hex')}`)
    try {
      take(host, ready, mine, claim)
      releaseIf(host, lock, found)
    } finally {
      releaseIf(host, claim, mine)
    }
  }
}

const refuseLiving = (host: HostReader, bytes: Buffer): void => {
  // A lock of ours appears with all its bytes (link), so what cannot be read is no lock of a running process: someone
  // wrote to the file, or the disk lost it. To wait for it would be to wait for ever, so it counts as stale.
  const holder = parseHolder(bytes)
  if (holder === null || !lives(host, holder)) return
  throw new AuditError(
    'LOCKED',
    `${LOCK_FILE} is held by process ${holder.pid} (auditpatch ${holder.command}) since ${holder.since}`,
    {
      path: LOCK_FILE,
      next: `wait until the other run is done; where process ${holder.pid} is no auditpatch (ps -p ${holder.pid}), remove ${LOCK_FILE}`
    }
  )
}

const parseHolder = (bytes: Buffer): LockHolder | null => {
  const holder = parseJson(bytes, holderFields)
  return holder.ok ? holder.value : null
}

/** True while the process that a lock or a journal names is the one that runs under this pid. */
export const lives = (host: HostReader, holder: Pick<LockHolder, 'pid' | 'start' | 'bootId'>): boolean =>
  holder.bootId === host.bootId() && host.processStart(holder.pid) === holder.start

const releaseIf = (host: Host, lock: HostPath, bytes: Buffer): void => {
  if (bytesOf(host, lock)?.equals(bytes) === true) host.removeFile(lock)
}

const bytesOf = (host: HostReader, lock: HostPath): Buffer | null => {
  const found = host.lstat(lock)
  if (found === null) return null
  if (found.kind === 'file') return host.readFrom(lock, 0, LARGEST)
  throw new AuditError('WRONG_KIND', `${lock} is a ${found.kind}, wanted a file`, { path: lock })
}

// What killed runs have left: files made but not linked, and claims. Whoever holds the lock may remove any claim, for the
// bytes that a claim is about are gone, and never come back.
const removeLeftovers = (host: Host): void => {
  for (const name of host.list(STATE_DIRECTORY) ?? []) {
    const [, pid, start] = /^\.lock-(\d+)-(\d+)-[0-9a-f]+$/.exec(name) ?? []
    const isAbandoned = pid !== undefined && host.processStart(Number(pid)) !== Number(start)
    if (isAbandoned || /^lock\.stale-[0-9a-f]{64}$/.test(name)) host.removeFile(join(STATE_DIRECTORY, name))
  }
}
