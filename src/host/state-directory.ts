import { AuditError } from '../errors.ts'
import { modeText } from '../mode-text.ts'
import { hostPath, parentOf, type HostPath } from '../paths.ts'
import type { FileStat, Host, HostReader } from './host.ts'

/** Where lock, journal and (by default) backups are. */
export const STATE_DIRECTORY = hostPath('/var/lib/auditpatch')

/** Why a file or directory of ours cannot be trusted; null where only root, or the user who runs this, can have made it. */
export const foreignFault = (
  host: HostReader,
  { uid, mode }: Pick<FileStat, 'uid' | 'mode'>,
  forOthers = 0o022
): string | null => {
  if (uid !== 0 && uid !== host.uid) return `belongs to user ${uid}`
  return (mode & forOthers) === 0 ? null : `has mode ${modeText(mode)}`
}

/** Makes {@link STATE_DIRECTORY} where it is missing and refuses it (UNSAFE_DIRECTORY) where others could change it. */
export const ensureStateDirectory = (host: Host): void => {
  ensureSafeDirectory(host, STATE_DIRECTORY)
}

/**
 * Makes a directory (0700, missing parents 0755) or checks the one that is there: a directory, not a link, owned by the
 * effective user, not writable by group or others, and none above it one in which others could rename it. Throws
 * UNSAFE_DIRECTORY otherwise. Gives the directories it made, outermost first.
 */
export const ensureSafeDirectory = (host: Host, directory: HostPath): readonly HostPath[] => {
  if (host.lstat(directory) !== null) refuseUnsafe(host, directory)
  refuseOpenAbove(host, directory)
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

/** Throws UNSAFE_DIRECTORY where others could have written what lies in a directory that is there. */
export const refuseUnsafeDirectory = (host: HostReader, directory: HostPath): void => {
  const found = host.lstat(directory)
  const fault =
    found?.kind === 'directory' ? foreignFault(host, found) : `is ${found === null ? 'not there' : `a ${found.kind}`}`
  if (fault !== null) throw unsafe(directory, `${directory} ${fault}: what lies there may be of anyone's making`)
  refuseOpenAbove(host, directory)
}

const refuseUnsafe = (host: HostReader, directory: HostPath): void => {
  const fault = faultOf(host, directory)
  if (fault !== null)
    throw unsafe(
      directory,
      `${directory} ${fault}, wanted a directory of user ${host.uid} that only this user can write`
    )
}

const refuseOpenAbove = (host: HostReader, directory: HostPath): void => {
  for (const above of aboveOf(host, directory)) {
    const fault = faultAbove(host, above)
    if (fault !== null)
      throw unsafe(
        directory,
        `${above} ${fault}: others could put another directory in the place of ${directory}`,
        `give ${above} to root (chown root, chmod go-w), or keep backups elsewhere with --backup-dir`
      )
  }
}

const unsafe = (path: HostPath, message: string, next?: string): AuditError =>
  new AuditError('UNSAFE_DIRECTORY', message, { path, next })

const faultOf = (host: HostReader, directory: HostPath): string | null => {
  const found = host.lstat(directory)
  if (found === null) return 'is not there'
  if (found.kind !== 'directory') return `is a ${found.kind}`
  return found.uid === host.uid ? foreignFault(host, found) : `belongs to user ${found.uid}`
}

// as written, for a link on the way can be changed where it stands, and as it leads
const aboveOf = (host: HostReader, directory: HostPath): ReadonlySet<HostPath> => {
  const above = (path: HostPath): HostPath[] => (path === '/' ? [] : [parentOf(path), ...above(parentOf(path))])
  return new Set([...above(directory), ...above(host.resolve(directory))])
}

const faultAbove = (host: HostReader, directory: HostPath): string | null => {
  const found = host.stat(directory)
  return found && openFault(host, found)
}

/** Why others than root, and the user who runs this, can change a file, or what lies in a directory; null where none can. */
export const openFault = (host: HostReader, found: FileStat): string | null => {
  // in such a directory (/tmp) others can neither remove nor rename what is ours
  const isSticky = found.kind === 'directory' && (found.mode & STICKY) !== 0
  // a group of the user's own, as distributions give to each user, is nobody else
  return foreignFault(host, found, isSticky ? 0 : found.gid === host.gid ? 0o002 : 0o022)
}

const STICKY = 0o1000
