import { AuditError } from '../errors.ts'
import type { HostReader } from '../host/host.ts'
import type { HostPath } from '../paths.ts'
import type { FileState } from '../plan/change.ts'
import { MAX_BYTES } from '../text/source.ts'

/** What a file is now, as plans compare it. Throws WRONG_KIND or SYMLINK for anything but a plain file. */
export const fileNow = (host: HostReader, path: HostPath): FileState | null => {
  const stat = host.lstat(path)
  if (!stat) return null
  if (stat.kind === 'symlink') throw new AuditError('SYMLINK', `${path} is a symbolic link`, { path })
  if (stat.kind !== 'file') throw new AuditError('WRONG_KIND', `${path} is a ${stat.kind}; a file is wanted`, { path })
  const bytes = host.read(path, MAX_BYTES)
  return bytes && { bytes, owner: { mode: stat.mode, uid: stat.uid, gid: stat.gid } }
}
