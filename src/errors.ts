import type { Finding } from './finding.ts'

/**
 * Every reason for which auditpatch stops, as a closed union: `cli/explain.ts` gives each its exit code and its next
 * step, and the compiler demands both.
 */
export type ErrorCode =
  // usage
  | 'USAGE'
  | 'BAD_SETTINGS'
  // input that cannot be opened or worked on
  | 'NOT_FOUND'
  | 'CANNOT_READ'
  | 'TOO_LARGE'
  | 'TOO_COMPLEX'
  | 'NOT_UTF8'
  | 'BROKEN_YAML'
  | 'DUPLICATE_KEY'
  | 'TOO_DEEP'
  | 'TEMPLATE'
  | 'ALIAS'
  | 'NOT_A_POD'
  | 'NO_APISERVER'
  | 'SHELL_WRAPPER'
  | 'BAD_COMMAND'
  | 'BAD_MANIFEST'
  | 'BAD_FLAG'
  | 'BAD_POLICY'
  | 'BAD_KUBECONFIG'
  | 'BAD_CLUSTER_CONFIG'
  | 'NO_CLUSTER'
  | 'BAD_REQUEST'
  | 'BAD_EVENT'
  | 'BAD_TRACE'
  | 'BAD_CERTIFICATE'
  | 'BAD_PROGRESS'
  | 'EXAM_RUNS'
  | 'BAD_PATH'
  | 'CANNOT_LISTEN'
  // preflight
  | 'OTHER_DISTRIBUTION'
  | 'STRAY_POD'
  | 'UPGRADE_RUNNING'
  | 'NOT_ENOUGH_DISK'
  | 'SYMLINK'
  | 'WRONG_KIND'
  | 'LOCKED'
  | 'CHANGED_SINCE_READ'
  | 'UNSAFE_DIRECTORY'
  | 'NEEDS_CONFIRMATION'
  | 'NO_BACKUP'
  | 'BAD_BACKUP'
  | 'BAD_JOURNAL'
  // while writing and after
  | 'CANNOT_WRITE'
  | 'ROLLED_BACK'
  | 'ROLLBACK_FAILED'
  | 'NOT_ROLLED_BACK'
  | 'INTERRUPTED'
  // ours
  | 'IMPOSSIBLE'

/** Where in a file an error or a finding points: 1-based line and column, in characters. */
export interface Position {
  readonly line: number
  readonly column: number
}

export interface ErrorDetails {
  readonly path?: string | undefined
  readonly position?: Position | undefined
  readonly cause?: unknown
  /** All faults, where there are several and the message tells the first. */
  readonly findings?: readonly Finding[]
  /** A next step that fits better than that of the code. */
  readonly next?: string | undefined
}

/**
 * The one error class: what went wrong, where, what was found and what was wanted. The next step is not in the message;
 * it comes from the table in `cli/explain.ts`, unless the details hold a better one. `IMPOSSIBLE` means a bug of ours.
 */
export class AuditError extends Error {
  override readonly name = 'AuditError'
  readonly code: ErrorCode
  readonly path: string | undefined
  readonly position: Position | undefined
  readonly findings: readonly Finding[]
  readonly next: string | undefined

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause })
    this.code = code
    this.path = details.path
    this.position = details.position
    this.findings = details.findings ?? []
    this.next = details.next
  }
}

// what Linux can say of a disk and libuv has no word for (include/uapi/asm-generic/errno.h): Node gives the number alone
const MORE_ERRNOS: Readonly<Record<number, readonly [name: string, meaning: string]>> = {
  35: ['EDEADLK', 'resource deadlock would occur'],
  37: ['ENOLCK', 'no record locks available'],
  67: ['ENOLINK', 'link has been severed'],
  70: ['ECOMM', 'communication error on send'],
  72: ['EMULTIHOP', 'multihop attempted'],
  74: ['EBADMSG', 'not a data message'],
  116: ['ESTALE', 'stale file handle'],
  117: ['EUCLEAN', 'structure needs cleaning'],
  122: ['EDQUOT', 'disk quota exceeded'],
  123: ['ENOMEDIUM', 'no medium found'],
  126: ['ENOKEY', 'required key not available'],
  127: ['EKEYEXPIRED', 'key has expired'],
  133: ['EHWPOISON', 'memory page has hardware error']
}

const numberOf = (error: Error): number | undefined =>
  'errno' in error && typeof error.errno === 'number' ? Math.abs(error.errno) : undefined

/** The errno name (`ENOSPC`) of an error thrown by the operating system, or undefined for any other error. */
export const errnoOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  if (/^E[A-Z0-9]+$/.test(error.code)) return error.code
  const number = numberOf(error)
  if (!/^(UNKNOWN$|Unknown system error)/.test(error.code) || number === undefined) return undefined
  return MORE_ERRNOS[number]?.[0] ?? `E${number}`
}

/** An error of the operating system in its words, `ENOSPC (no space left on device)`; undefined for any other error. */
export const errnoText = (error: unknown): string | undefined => {
  const errno = errnoOf(error)
  if (errno === undefined || !(error instanceof Error)) return undefined
  // Node's message is "ENOSPC: no space left on device, write '/root/in/front/of/path'"; only the middle is for people
  const meaning = /^E[A-Z0-9]+: ([^,]+)/.exec(error.message)?.[1] ?? MORE_ERRNOS[numberOf(error) ?? 0]?.[1]
  return meaning === undefined ? errno : `${errno} (${meaning})`
}
