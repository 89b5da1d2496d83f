import { resolve } from 'node:path'
import { AuditError } from '../errors.ts'
import { type HostPath, hostPath } from '../paths.ts'
import { nodeHost } from './node-host.ts'

/** Where a file that the user named really lies, links followed. Throws CANNOT_READ. */
export const realLocalPath = (path: string): HostPath => nodeHost({ root: '/' }).resolve(hostPath(resolve(path)))

/**
 * Puts new bytes in the place of a file's, whole or not at all, its owner and mode kept; through a link the file behind it.
 * Throws CHANGED_SINCE_READ where it holds others than it did when it was read, and CANNOT_WRITE.
 */
export const replaceLocalFile = (path: string, before: Uint8Array, after: Uint8Array): void => {
  const host = nodeHost({ root: '/' })
  const target = host.resolve(hostPath(resolve(path)))
  const stat = host.stat(target)
  const found = stat && host.read(target, stat.size + 1)
  if (!stat || !found || Buffer.compare(found, before) !== 0)
    throw new AuditError('CHANGED_SINCE_READ', `${path} was changed while it was worked on`, {
      path,
      next: 'run it again'
    })
  host.writeAtomic(target, after, { mode: stat.mode, uid: stat.uid, gid: stat.gid })
}
