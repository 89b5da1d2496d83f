import { AuditError, errnoOf, errnoText, type ErrorCode } from '../errors.ts'
import type { HostPath } from '../paths.ts'

/**
 * Translates an error of the operating system: `cannot write /etc/x: ENOSPC (no space left on device)`. Any other error
 * (ours, or a bug) comes back as it is.
 */
export const fileError = (code: ErrorCode, what: string, path: HostPath, error: unknown): unknown => {
  const why = errnoText(error)
  if (error instanceof AuditError || why === undefined) return error
  return new AuditError(code, `${what} ${path}: ${why}`, { path, cause: error, next: NEXT[errnoOf(error) ?? ''] })
}

// root is refused by little else; an append-only directory even keeps the temporary file that was made in it
const NEXT: Readonly<Record<string, string>> = {
  EPERM:
    'run as root; as root, look with lsattr at the file and its directory for the attributes i and a (chattr -i -a takes them off); a temporary file that stayed begins with a dot, which the kubelet passes over, and the next run removes it'
}

/** Runs a file operation; a failure becomes an `AuditError` that names the path and the errno. */
export const translating = <T>(code: ErrorCode, what: string, path: HostPath, run: () => T): T => {
  try {
    return run()
  } catch (error) {
    throw fileError(code, what, path, error)
  }
}

// no user could read it
const NOT_BY_RIGHTS = ['ENOTDIR', 'ELOOP', 'ENAMETOOLONG']

/** What reading a file gives that the user named. Throws NOT_FOUND or CANNOT_READ where the machine refuses it. */
export const orRefused = <T>(path: string, run: () => T): T => {
  try {
    return run()
  } catch (cause) {
    const errno = errnoOf(cause)
    if (errno === undefined) throw cause
    const name = path === '' ? 'a file without a name' : path
    throw new AuditError(errno === 'ENOENT' ? 'NOT_FOUND' : 'CANNOT_READ', `${name} cannot be read (${errno})`, {
      path,
      cause,
      next: NOT_BY_RIGHTS.includes(errno) ? 'check the path' : undefined
    })
  }
}

/** Runs a file operation, and gives `otherwise` when it fails with one of these errnos. */
export const unless = <T, O>(errnos: readonly string[], otherwise: O, run: () => T): T | O => {
  try {
    return run()
  } catch (error) {
    const errno = errnoOf(error)
    if (errno !== undefined && errnos.includes(errno)) return otherwise
    throw error
  }
}

/** Repeats a system call for as long as a signal interrupts it. */
export const uninterrupted = <T>(call: () => T): T => {
  for (;;) {
    try {
      return call()
    } catch (error) {
      // libuv repeats most calls itself, but not read (uv__fs_work: retry_on_eintr); Bun repeats neither link nor unlink.
      if (errnoOf(error) !== 'EINTR') throw error
    }
  }
}

/** What a path without a file says: nothing there, or a file where a directory should lead to it. */
export const ABSENT = ['ENOENT', 'ENOTDIR'] as const
