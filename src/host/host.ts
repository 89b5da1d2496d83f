import type { HostPath } from '../paths.ts'

export type FileKind = 'file' | 'directory' | 'symlink' | 'fifo' | 'socket' | 'block' | 'char'

/** What is at a path. `mode` holds the permission bits only; times are milliseconds since 1970. */
export interface FileStat {
  readonly kind: FileKind
  readonly size: number
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly inode: number
  readonly device: number
  readonly links: number
  readonly modified: number
}

export interface Ownership {
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

/**
 * A process of the node. `start` is its start time in clock ticks since boot: with `pid` it names one process until the
 * next boot. A command line that is one string with spaces (the process rewrote its title) is split at the spaces.
 */
export interface Process {
  readonly pid: number
  readonly parent: number
  readonly start: number
  readonly argv: readonly string[]
}

export interface HttpAnswer {
  /** 0 when there was no answer; `error` then says why. */
  readonly status: number
  readonly body: string
  readonly error?: string
}

export interface HttpRequest {
  readonly url: string
  readonly userAgent: string
  readonly timeout: number
  readonly clientCertificate?: { readonly certificate: Buffer; readonly key: Buffer }
}

export interface ExecResult {
  /** null when the program is not there, could not be started, or was ended by the time limit. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * The half of the machine that a command which only looks is given: no file operation of it writes. What is absent is null;
 * any other failure is an `AuditError` that names path and errno.
 */
export interface HostReader {
  readonly root: string

  /** Follows links, inside the root. Null when nothing is there. */
  stat(path: HostPath): FileStat | null
  /** Does not follow the last component; a linked directory above it is followed. Null when nothing is there. */
  lstat(path: HostPath): FileStat | null
  /** The file's bytes, or null when it is not there. Throws TOO_LARGE beyond `limit` bytes. */
  read(path: HostPath, limit: number): Buffer | null
  /** Bytes from `offset` to the end, at most `limit` of them; empty when the file is shorter or absent. */
  readFrom(path: HostPath, offset: number, limit: number): Buffer
  /** Names in a directory, sorted; null when it is not there. */
  list(path: HostPath): readonly string[] | null
  /** Where the path really is: links resolved, still without the root in front. */
  resolve(path: HostPath): HostPath
  /** Free bytes for root on the file system that holds the path or its nearest existing ancestor. */
  freeBytes(path: HostPath): number
  /** Free inodes of the same file system; null where it does not count them. */
  freeInodes(path: HostPath): number | null

  /** Milliseconds since 1970; may step. */
  now(): number
  /** Milliseconds of a clock that never steps. */
  monotonic(): number
  sleep(milliseconds: number): Promise<void>
  /** As many random bytes, in hexadecimal. */
  random(bytes: number): string

  readonly pid: number
  /** The effective user and group: who owns what this process makes. */
  readonly uid: number
  readonly gid: number
  bootId(): string
  /** When the machine was started, in milliseconds since 1970: the start times of processes count from it. */
  bootTime(): number
  /** The living processes; where `isWanted` is given, those whose arguments it wants, and the others are hardly looked at. */
  processes(isWanted?: (argv: readonly string[]) => boolean): readonly Process[]
  /** The start time of a living process, null for none or a zombie: tells whether the holder of a lock still lives. */
  processStart(pid: number): number | null
  /**
   * True when a process belongs to this root: always for `/`; for another root when its working directory, its root, one
   * of its open files, mounts or arguments, or one of its ancestors' (a kubelet) arguments lies below it.
   */
  belongsToRoot(process: Process): boolean
  http(request: HttpRequest): Promise<HttpAnswer>
  /**
   * Runs a program found on a fixed PATH (/usr/local/sbin … /bin), with a clean environment; never through a shell. It
   * reads `input`, or nothing.
   */
  exec(file: string, args: readonly string[], timeout: number, input?: string): Promise<ExecResult>
}

/** The half that changes files. None of these follows a link in the last component. */
export interface HostWriter {
  /**
   * Replaces or makes a file so that every reader sees the old bytes or the new ones: a temporary file whose name begins
   * with a dot in the same directory, owner and mode set, fsync, rename, fsync of the directory. Throws SYMLINK or
   * WRONG_KIND when what is there is not a file. `lastLook` is called when only the rename is left to do: what it throws is
   * thrown, and then nothing was replaced.
   */
  writeAtomic(path: HostPath, bytes: Uint8Array, ownership: Ownership, lastLook?: () => void): void
  /** Makes a directory (its parent must be there) with exactly this owner and mode, and syncs the parent. */
  makeDirectory(path: HostPath, ownership: Ownership): void
  setOwnership(path: HostPath, ownership: Ownership): void
  rename(from: HostPath, to: HostPath): void
  /** A second name for a file; false when `to` is already there. */
  link(from: HostPath, to: HostPath): boolean
  /** Removes a file (of a link the link itself) and syncs its directory; nothing happens when it is not there. */
  removeFile(path: HostPath): void
  /** Removes an empty directory; false when it is not empty or not there. */
  removeDirectory(path: HostPath): boolean
  /** Appends one line to a file (made 0600 when absent, never through a link) and syncs it. */
  appendLine(path: HostPath, line: string): void
}

/**
 * The machine, as a record of functions: the only seam for tests. Every `HostPath` is looked up below `root`, and symbolic
 * links resolve inside it. File operations are synchronous, so that a run is one sequence of system calls. What is absent
 * is null; any other failure is an `AuditError` that names path and errno.
 */
export type Host = HostReader & HostWriter
