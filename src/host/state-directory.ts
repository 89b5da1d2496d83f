import { AuditError } from '../errors.ts'
import { hostPath, parentOf, type HostPath } from '../paths.ts'
import type { Host, HostReader } from './host.ts'

/** Where lock, journal and (by default) backups are. */
export const STATE_DIRECTORY = hostPath('/var/lib/auditpatch')

/** Makes {@link STATE_DIRECTORY} where it is missing and refuses it (UNSAFE_DIRECTORY) where others could change it. */
export const ensureStateDirectory = (host: Host): void => {
  ensureSafeDirectory(host, STATE_DIRECTORY)
}

/**
 * Makes a directory (0700, missing parents 0755) or checks the one that is there: a directory, not a link, owned by the
 * effective user, not writable by group or others. Throws UNSAFE_DIRECTORY otherwise. Gives the directories it made,
 * outermost first.
 */
export const ensureSafeDirectory = (host: Host, directory: HostPath): readonly HostPath[] => {
  const made = makeMissing(host, directory, 0o700)
  refuseUnsafe(host, directory)
  return made
}

const makeMissing = (host: Host, directory: HostPath, mode: number): readonly HostPath[] => {
  if (host.stat(directory) !== null || host.lstat(directory) !== null) return []
  const parents = directory === '/' ? [] : makeMissing(host, parentOf(directory), 0o755)
  try {
    host.makeDirectory(directory, { mode, uid: host.uid, gid: host.gid })
  } catch (error) {
    // Another run made it in this moment: then it is judged as any that is there.
    if (host.lstat(directory) === null) throw error
    return parents
  }
  return [...parents, directory]
}

const refuseUnsafe = (host: HostReader, directory: HostPath): void => {
  const fault = faultOf(host, directory)
  if (fault === null) return
  throw new AuditError(
    'UNSAFE_DIRECTORY',
    `${directory} ${fault}, wanted a directory of user ${host.uid} that only this user can write`,
    { path: directory }
  )
}

const faultOf = (host: HostReader, directory: HostPath): string | null => {
  const found = host.lstat(directory)
  if (found === null) return 'is not there'
  if (found.kind !== 'directory') return `is a ${found.kind}`
  if (found.uid !== host.uid) return `belongs to user ${found.uid}`
  return (found.mode & 0o022) === 0 ? null : `has mode ${found.mode.toString(8).padStart(4, '0')}`
}
