import type { DirectoryEntry } from '../facts/node.ts'
import { type PodFile, podFileOfBytes, podFileOfData } from '../facts/pod-file.ts'
import type { HostReader } from '../host/host.ts'
import { type HostPath, join, nameOf, parentOf } from '../paths.ts'
import { MAX_BYTES } from '../text/source.ts'

/** What lies beside the manifest, with what the kubelet makes of it; `data` is the manifest where it is parsed already. */
export const directoryEntries = (host: HostReader, manifest: HostPath, data: unknown): DirectoryEntry[] | null => {
  const directory = parentOf(manifest)
  if (host.stat(directory)?.kind !== 'directory') return null
  return (host.list(directory) ?? []).flatMap(name => {
    const path = join(directory, name)
    const link = host.lstat(path)
    // it may be gone by now
    if (!link) return []
    const stat = host.stat(path)
    const kind =
      stat === null ? 'dangling-link' : stat.kind === 'file' || stat.kind === 'directory' ? stat.kind : 'other'
    const isRead = kind === 'file' && !name.startsWith('.')
    const isManifest = name === nameOf(manifest) && data !== undefined
    const file = !isRead ? null : isManifest ? podFileOfData(data) : readPodFile(host, path, stat?.size ?? 0)
    return [{ path, name, kind, size: stat?.size ?? 0, modified: stat?.modified ?? 0, file }]
  })
}

// the kubelet reads no more than this either
const readPodFile = (host: HostReader, path: HostPath, size: number): PodFile =>
  size > MAX_BYTES
    ? { pod: null, kind: undefined, runsApiServer: false, fault: 'it is larger than the kubelet reads' }
    : podFileOfBytes(host.read(path, MAX_BYTES) ?? new Uint8Array(), path)
