import { AuditError, errnoOf } from '../src/errors.ts'
import { fileError } from '../src/host/file-error.ts'
import type { ExecResult, FileKind, FileStat, Host, HttpAnswer, HttpRequest, Process } from '../src/host/host.ts'
import { resolveInRoot } from '../src/host/resolve-in-root.ts'
import { covers, hostPath, nameOf, parentOf, type HostPath } from '../src/paths.ts'

/** When the machine in memory was started: an hour and a quarter before its tests begin. */
export const BOOT = Date.UTC(2026, 10, 22)

/** What a test puts at a path: a text, bytes, or a node with mode and owner. `target` makes a link. */
export interface FakeEntry {
  readonly kind?: FileKind
  readonly bytes?: Uint8Array | string
  readonly target?: string
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
}

interface Node {
  readonly inode: number
  kind: FileKind
  bytes: Buffer
  target: string
  mode: number
  uid: number
  gid: number
  modified: number
}

export interface FakeOperation {
  readonly name: string
  readonly path: HostPath
}

/** Thrown by the operation at which a test kills the tool, and by every call after it. */
export const isKilled = (error: unknown): boolean => error instanceof Error && error.message === 'killed'

type Fault =
  | { readonly kind: 'errno'; readonly errno: string; readonly done: boolean }
  | { readonly kind: 'kill'; readonly done: boolean }

const newNode = (inode: number, now: number, entry: FakeEntry): Node => ({
  inode,
  kind: entry.kind ?? (entry.target === undefined ? 'file' : 'symlink'),
  bytes: Buffer.from(entry.bytes ?? ''),
  target: entry.target ?? '',
  mode: entry.mode ?? (entry.kind === 'directory' ? 0o755 : 0o644),
  uid: entry.uid ?? 0,
  gid: entry.gid ?? 0,
  modified: now
})

/** A `Host` in memory and the handles with which a test drives it; a name that ends in `/` is a directory. */
export const fakeHost = (files: Readonly<Record<string, string | FakeEntry>> = {}) => {
  const nodes = new Map<string, Node>()
  const operations: FakeOperation[] = []
  const faults = new Map<number, Fault>()
  const processes = new Map<number, Process>()
  const events: { at: number; run: () => void }[] = []
  const requests: HttpRequest[] = []
  const commands: (readonly string[])[] = []
  let answer: (request: HttpRequest) => HttpAnswer = () => ({ status: 0, body: '', error: 'ECONNREFUSED' })
  let execute: (file: string, args: readonly string[], input?: string) => ExecResult = () => ({
    code: null,
    stdout: '',
    stderr: ''
  })
  let belongs: (process: Process) => boolean = () => true
  let free = 100 * 1024 ** 3
  let freeInodes: number | null = 1_000_000
  let bootId = 'boot-1'
  let [inodes, randoms, lastPid] = [1, 0, 100]
  let elapsed = 0
  let clockOffset = Date.UTC(2026, 10, 22, 1, 15)
  let done = 0
  let killed = false

  const now = (): number => clockOffset + elapsed
  const alive = (): void => {
    if (killed) throw new Error('killed')
  }
  const readlink = (path: string): string | null => nodes.get(path)?.target || null
  const follow = (path: HostPath): HostPath => hostPath(resolveInRoot(path, readlink))
  const keepLast = (path: HostPath): HostPath =>
    path === '/' ? path : hostPath(`${follow(parentOf(path))}/${nameOf(path)}`)

  const fail = (errno: string): never => {
    throw Object.assign(new Error(`${errno}: in the fake host`), { code: errno })
  }
  const childrenOf = (directory: HostPath): string[] =>
    [...nodes.keys()].filter(path => path !== '/' && parentOf(hostPath(path)) === directory).map(path => nameOf(path))
  const parentMustBe = (path: HostPath): void => {
    const parent = nodes.get(parentOf(path))
    if (parent === undefined) fail('ENOENT')
    if (parent?.kind !== 'directory') fail('ENOTDIR')
  }

  const put = (name: string, entry: string | FakeEntry): void => {
    const path = hostPath(name)
    if (path !== '/' && !nodes.has(parentOf(path))) put(parentOf(path), { kind: 'directory' })
    const wanted = typeof entry === 'string' ? { bytes: entry } : entry
    const kind = name.endsWith('/') ? ({ kind: 'directory' } as const) : {}
    nodes.set(path, newNode((inodes += 1), now(), { ...kind, ...wanted }))
  }

  const statOf = (node: Node | undefined): FileStat | null =>
    node === undefined
      ? null
      : {
          kind: node.kind,
          size: node.bytes.length,
          mode: node.mode,
          uid: node.uid,
          gid: node.gid,
          inode: node.inode,
          device: 1,
          links: [...nodes.values()].filter(other => other === node).length,
          modified: node.modified
        }

  const reading = <T>(path: HostPath, run: () => T): T => {
    alive()
    try {
      return run()
    } catch (error) {
      throw fileError('CANNOT_READ', 'cannot read', path, error)
    }
  }

  // A fault strikes before the operation, or (done) after it, as when the sync of the directory fails after the rename.
  const writing = <T>(name: string, path: HostPath, run: () => T): T => {
    alive()
    done += 1
    const fault = faults.get(done)
    const strike = (): void => {
      if (fault?.kind === 'errno') fail(fault.errno)
      if (fault?.kind === 'kill') {
        killed = true
        alive()
      }
    }
    try {
      if (fault?.done === false) strike()
      const result = run()
      operations.push({ name, path })
      strike()
      return result
    } catch (error) {
      throw fileError('CANNOT_WRITE', `cannot ${name}`, path, error)
    }
  }

  const fileAt = (path: HostPath): Node | null => {
    const node = nodes.get(follow(path))
    if (node === undefined) return null
    if (node.kind === 'file') return node
    throw new AuditError('WRONG_KIND', `${path} is a ${node.kind}, wanted a file`, { path })
  }

  const host: Host = {
    root: '/',
    stat: path => reading(path, () => statOf(nodes.get(follow(path)))),
    lstat: path => reading(path, () => statOf(nodes.get(keepLast(path)))),
    read: (path, limit) =>
      reading(path, () => {
        const bytes = fileAt(path)?.bytes
        if (bytes === undefined) return null
        if (bytes.length <= limit) return Buffer.from(bytes)
        throw new AuditError('TOO_LARGE', `${path} is larger than ${limit} bytes`, { path })
      }),
    readFrom: (path, offset, limit) =>
      reading(path, () => Buffer.from(fileAt(path)?.bytes.subarray(offset, offset + limit) ?? '')),
    list: path =>
      reading(path, () => {
        const directory = follow(path)
        const node = nodes.get(directory)
        if (node === undefined) return null
        return node.kind === 'directory' ? childrenOf(directory).sort() : fail('ENOTDIR')
      }),
    resolve: path => reading(path, () => follow(path)),
    freeBytes: path => reading(path, () => free),
    freeInodes: path => reading(path, () => freeInodes),

    writeAtomic: (path, bytes, ownership, lastLook) =>
      writing('writeAtomic', path, () => {
        const target = keepLast(path)
        const there = nodes.get(target)
        parentMustBe(target)
        if (there?.kind === 'symlink') throw new AuditError('SYMLINK', `${path} is a symbolic link`, { path })
        if (there !== undefined && there.kind !== 'file') {
          throw new AuditError('WRONG_KIND', `${path} is a ${there.kind}`, { path })
        }
        lastLook?.()
        nodes.set(target, newNode((inodes += 1), now(), { bytes, ...ownership }))
      }),
    makeDirectory: (path, ownership) =>
      writing('makeDirectory', path, () => {
        const target = keepLast(path)
        parentMustBe(target)
        if (nodes.has(target)) fail('EEXIST')
        nodes.set(target, newNode((inodes += 1), now(), { kind: 'directory', ...ownership }))
      }),
    setOwnership: (path, { mode, uid, gid }) =>
      writing('setOwnership', path, () => {
        const node = nodes.get(keepLast(path))
        if (node === undefined) return fail('ENOENT')
        if (node.kind === 'symlink') fail('ELOOP')
        Object.assign(node, { mode, uid, gid })
      }),
    rename: (from, to) =>
      writing('rename', to, () => {
        const [source, target] = [keepLast(from), keepLast(to)]
        parentMustBe(target)
        if (!nodes.has(source)) fail('ENOENT')
        if (nodes.get(target)?.kind === 'directory' && childrenOf(target).length > 0) fail('ENOTEMPTY')
        for (const [path, node] of [...nodes]) {
          if (!covers(source, path)) continue
          nodes.delete(path)
          nodes.set(target + path.slice(source.length), node)
        }
      }),
    link: (from, to) =>
      writing('link', to, () => {
        const [source, target] = [nodes.get(keepLast(from)), keepLast(to)]
        parentMustBe(target)
        if (source === undefined) return fail('ENOENT')
        if (nodes.has(target)) return false
        nodes.set(target, source)
        return true
      }),
    removeFile: path =>
      writing('removeFile', path, () => {
        if (nodes.get(keepLast(path))?.kind === 'directory') fail('EISDIR')
        nodes.delete(keepLast(path))
      }),
    removeDirectory: path =>
      writing('removeDirectory', path, () => {
        const target = keepLast(path)
        const kind = nodes.get(target)?.kind
        if (kind !== undefined && kind !== 'directory') fail('ENOTDIR')
        if (kind === undefined || childrenOf(target).length > 0) return false
        return nodes.delete(target)
      }),
    appendLine: (path, line) =>
      writing('appendLine', path, () => {
        const target = keepLast(path)
        parentMustBe(target)
        const there = nodes.get(target)
        if (there?.kind === 'symlink') fail('ELOOP')
        if (there === undefined) nodes.set(target, newNode((inodes += 1), now(), { bytes: `${line}\n`, mode: 0o600 }))
        else if (there.kind !== 'file') fail('EISDIR')
        else Object.assign(there, { bytes: Buffer.concat([there.bytes, Buffer.from(`${line}\n`)]), modified: now() })
      }),

    now,
    monotonic: () => elapsed,
    sleep: async milliseconds => {
      alive()
      advance(milliseconds)
      alive()
      await Promise.resolve()
    },
    random: bytes =>
      (randoms += 1)
        .toString(16)
        .padStart(2 * bytes, '0')
        .slice(-2 * bytes),
    get pid() {
      return self.pid
    },
    uid: 0,
    gid: 0,
    bootId: () => bootId,
    bootTime: () => BOOT,
    processes: (isWanted = () => true) => {
      alive()
      return [...processes.values()].filter(({ argv }) => isWanted(argv)).sort((a, b) => a.pid - b.pid)
    },
    processStart: pid => processes.get(pid)?.start ?? null,
    belongsToRoot: process => belongs(process),
    http: request => {
      alive()
      requests.push(request)
      return Promise.resolve(answer(request))
    },
    exec: (file, args, _timeout, input) => {
      alive()
      commands.push([file, ...args])
      return Promise.resolve(execute(file, args, input))
    }
  }

  /** Lets time pass, and runs what {@link at} has planned for it, in order. */
  const advance = (milliseconds: number): void => {
    const end = elapsed + milliseconds
    for (;;) {
      const [next] = events.filter(event => event.at <= end).sort((a, b) => a.at - b.at)
      if (next === undefined) break
      events.splice(events.indexOf(next), 1)
      elapsed = Math.max(elapsed, next.at)
      next.run()
    }
    elapsed = end
  }

  const start = (process: Partial<Process> & Pick<Process, 'argv'>): Process => {
    const pid = process.pid ?? (lastPid += 1)
    const made = { parent: 1, start: 1000 + Math.floor(elapsed / 10) + (lastPid += 1), ...process, pid }
    processes.set(pid, made)
    return made
  }

  put('/', { kind: 'directory' })
  let self = start({ pid: 99, argv: ['node', 'auditpatch', 'apply'] })
  for (const [name, entry] of Object.entries(files)) put(name, entry)

  return {
    host,
    /** Every mutating operation that was done, in order. */
    operations,
    requests,
    commands,
    put,
    remove: (path: string): boolean => nodes.delete(hostPath(path)),
    /** A file's text; null when there is none. */
    text: (path: string): string | null => nodes.get(follow(hostPath(path)))?.bytes.toString() ?? null,
    /** All that is on the disk, to compare a before with an after; times and inodes left out. */
    snapshot: (below = '/'): Readonly<Record<string, string>> =>
      Object.fromEntries(
        [...nodes]
          .filter(([path]) => covers(below, path))
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([path, node]) => [
            path,
            `${node.kind} ${node.mode.toString(8)} ${node.uid}:${node.gid} ${node.target}${node.bytes.toString('latin1')}`
          ])
      ),
    /** The n-th mutating operation from now (1 is the next) fails; with `done` it fails after having had its effect. */
    failAt: (n: number, errno: string, { done: isDone = false } = {}): void => {
      faults.set(done + n, { kind: 'errno', errno, done: isDone })
    },
    /** The tool dies at the n-th mutating operation from now: it and every later call throws; with `done` right after it. */
    killAt: (n: number, { done: isDone = false } = {}): void => {
      faults.set(done + n, { kind: 'kill', done: isDone })
    },
    /** How many mutating operations were tried so far. */
    steps: (): number => done,
    /** A new run on the same disk after a kill: another pid, and another boot when asked. */
    revive: ({ reboot = false } = {}): void => {
      killed = false
      faults.clear()
      if (reboot) {
        processes.clear()
        bootId = `${bootId}+`
      }
      processes.delete(self.pid)
      self = start({ argv: ['node', 'auditpatch', 'recover'] })
    },
    start,
    end: (pid: number): boolean => processes.delete(pid),
    advance,
    /** Plans something for a time on the clock that never steps, in milliseconds from now. */
    at: (milliseconds: number, run: () => void): void => void events.push({ at: elapsed + milliseconds, run }),
    /** Sets the wall clock forward or back; the other clock does not notice. */
    stepClock: (milliseconds: number): void => void (clockOffset += milliseconds),
    answerWith: (next: typeof answer): void => void (answer = next),
    executeWith: (next: typeof execute): void => void (execute = next),
    belongsWith: (next: typeof belongs): void => void (belongs = next),
    setFreeBytes: (bytes: number): void => void (free = bytes),
    setFreeInodes: (count: number | null): void => void (freeInodes = count)
  }
}

/** The handles of a fake host. */
export type FakeHost = ReturnType<typeof fakeHost>

/** The errno name in the cause of an `AuditError`, for tests of failures. */
export const causeOf = (error: unknown): string | undefined =>
  error instanceof Error ? errnoOf(error.cause) : undefined
