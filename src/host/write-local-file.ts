import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type HostPath, hostPath } from '../paths.ts'
import { allOrNone, fileStep, type Step } from './all-or-none.ts'
import { translating } from './file-error.ts'
import type { Host, Ownership } from './host.ts'
import { readLocalFile } from './local-files.ts'
import { nodeHost } from './node-host.ts'

/** Where a file that the user named really lies, links followed. Throws CANNOT_READ. */
export const realLocalPath = (path: string): HostPath => nodeHost({ root: '/' }).resolve(hostPath(resolve(path)))

/**
 * The step that puts new bytes in the place of a file's that the user named, or makes it (`before` null): whole or not at all,
 * owner and mode kept; through a link the file behind it. It throws CHANGED_SINCE_READ where the file holds something else
 * than when it was read, and CANNOT_WRITE.
 */
export const localFileStep = (name: string, before: Uint8Array | null, after: Uint8Array): Step => {
  const host = nodeHost({ root: '/' })
  const path = realLocalPath(name)
  return fileStep(host, path, { before, after, owner: ownerFor(host, path), name })
}

/**
 * Writes a file that the user named, whole or not at all where it is an ordinary file or none yet: what was there before
 * stays when the disk is full, and so do its owner and mode. Through a link the file behind it; into a pipe or a device as it
 * stands. Throws CANNOT_WRITE.
 */
export const writeLocalFile = (name: string, text: string): void => {
  const host = nodeHost({ root: '/' })
  const given = hostPath(resolve(name))
  if ((host.stat(given)?.kind ?? 'file') !== 'file')
    return translating('CANNOT_WRITE', 'cannot write', given, () => writeFileSync(given, text))
  const before = host.stat(given) && readLocalFile(name, Infinity)
  allOrNone([localFileStep(name, before, Buffer.from(text, 'utf8'))])
}

// who may not give a file away gets one of his own in its place
const ownerFor = (host: Host, path: HostPath): Ownership => {
  const stat = host.stat(path)
  const own = { mode: stat?.mode ?? 0o666 & ~process.umask(), uid: host.uid, gid: host.gid }
  const isKept = stat !== null && (host.uid === 0 || stat.uid === host.uid)
  return isKept ? { ...own, uid: stat.uid, gid: stat.gid } : own
}
