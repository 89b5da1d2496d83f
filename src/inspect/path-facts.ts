import { pathsOfInterest, type PathFact, type PathFacts } from '../facts/path-fact.ts'
import type { HostReader } from '../host/host.ts'
import { type HostPath, parentOf } from '../paths.ts'
import { MAX_BYTES } from '../text/source.ts'

/** Looks at paths of the host and their directories; the content of `read` is read too. */
export const gatherPathFacts = (host: HostReader, paths: readonly HostPath[], read: readonly HostPath[]): PathFacts =>
  new Map(pathsOfInterest(paths).map(path => [path, factOf(host, path, read.includes(path))]))

const factOf = (host: HostReader, path: HostPath, isRead: boolean): PathFact => {
  const link = host.lstat(path)
  const stat = link?.kind === 'symlink' ? host.stat(path) : link
  const kind = stat ? (stat.kind === 'file' || stat.kind === 'directory' ? stat.kind : 'other') : 'absent'
  const bytes = isRead && kind === 'file' ? (host.read(path, MAX_BYTES) ?? undefined) : undefined
  return {
    path,
    kind,
    isLink: link?.kind === 'symlink',
    ...(link?.kind === 'symlink' && stat ? { target: host.resolve(path) } : {}),
    size: stat?.size ?? 0,
    modified: stat?.modified ?? 0,
    mode: stat?.mode ?? 0,
    uid: stat?.uid ?? 0,
    gid: stat?.gid ?? 0,
    ...(bytes ? { bytes } : {}),
    missing: missingAbove(host, path)
  }
}

const missingAbove = (host: HostReader, path: HostPath): HostPath[] => {
  const parent = parentOf(path)
  return parent === path || host.stat(parent) ? [] : [...missingAbove(host, parent), parent]
}
