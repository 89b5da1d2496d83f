import type { Role, WantedPath } from '../audit/wanted.ts'
import { AuditError } from '../errors.ts'
import { containerPath, covers, type HostPath, nameOf, parentOf } from '../paths.ts'
import type { Pod } from '../pod/pod.ts'
import { type Path, positionOf } from '../text/locate.ts'
import {
  addMount,
  addVolume,
  changeMount,
  changeVolume,
  type Draft,
  type DraftMount,
  freeName,
  removeMount,
  resolveIn,
  usesOf
} from './draft.ts'
import { othersThrough } from './only-serves.ts'

const VOLUME_NAME = { policy: 'audit-policy', log: 'audit-log', webhook: 'audit-webhook' } as const satisfies Record<
  Role,
  string
>

const DIRECTORY_TYPES = new Set(['', 'Directory', 'DirectoryOrCreate'])

/**
 * A draft in which a wanted path is served: covered by a mount (the longest one counts) that shows the right host path, of
 * the right kind and mode. What works is reused, what does not is repaired, and else a mount and a volume are added.
 */
export const servePath = (pod: Pod, draft: Draft, wanted: WantedPath): Draft => {
  const clean = dropDuplicates(draft, wanted)
  const resolved = resolveIn(clean, wanted.container)
  if (!resolved) return retarget(pod, clean, wanted) ?? addServing(clean, wanted)
  if (resolved.draftMount.isExpanded) {
    throw new AuditError(
      'BAD_MANIFEST',
      `the mount ${resolved.draftMount.path} uses subPathExpr: where it lies on the host cannot be told`,
      { path: pod.source.file, position: positionOf(pod.source, mountAt(pod, resolved.draftMount)) }
    )
  }
  const isExact = resolved.mount.path === wanted.container
  if (wanted.role === 'log') return serveLog(pod, clean, wanted, resolved.draftMount, isExact)
  return serveFile(pod, clean, wanted, resolved.draftMount, isExact)
}

interface Layout {
  readonly path: string
  readonly host: HostPath
  readonly type: string
  readonly readOnly: boolean
}

/** How this tool would mount a path: a policy or kubeconfig as a file, a log by its directory so that rotation works. */
const layoutOf = (wanted: WantedPath): Layout =>
  wanted.role === 'log'
    ? { path: parentOf(wanted.container), host: parentOf(wanted.host), type: 'DirectoryOrCreate', readOnly: false }
    : { path: wanted.container, host: wanted.host, type: 'File', readOnly: true }

const isUsable = (type: string, wanted: string): boolean =>
  type === '' || type === wanted || (wanted === 'DirectoryOrCreate' && type === 'Directory')

const addServing = (draft: Draft, wanted: WantedPath): Draft => {
  const layout = layoutOf(wanted)
  const reason = `kube-apiserver must find ${wanted.container}`
  const present = draft.volumes.find(
    volume => volume.hostPath === layout.host && volume.name !== '' && isUsable(volume.type, layout.type)
  )
  const name = present?.name ?? freeName(draft, VOLUME_NAME[wanted.role])
  const withVolume = present ? draft : addVolume(draft, { name, hostPath: layout.host, type: layout.type }, reason)
  return addMount(withVolume, { name, path: layout.path, readOnly: layout.readOnly }, reason)
}

/** A mount of the very host path at another place is one whose mountPath misses the flag: it is moved. */
const retarget = (pod: Pod, draft: Draft, wanted: WantedPath): Draft | undefined => {
  const layout = layoutOf(wanted)
  const mount = draft.mounts.find(each => {
    const volume = draft.volumes.find(({ name }) => name === each.name)
    if (!volume || volume.hostPath === undefined || each.subPath !== undefined || each.isExpanded) return false
    const shows = volume.hostPath === wanted.host || (wanted.role === 'log' && volume.hostPath === layout.host)
    return shows && !isUsedByFlag(pod, draft, each) && usesOf(pod, draft, volume.name) === 1
  })
  if (!mount || draft.mounts.some(each => isAt(each, layout.path))) return undefined
  const reason = `the mount misses ${wanted.container}`
  const moved = changeMount(draft, mount, { path: layout.path, readOnly: layout.readOnly && mount.readOnly }, reason)
  return changeVolume(moved, mount.name, { hostPath: layout.host, type: usableType(draft, mount.name, layout) }, reason)
}

const usableType = (draft: Draft, name: string, layout: Layout): string => {
  const volume = draft.volumes.find(each => each.name === name)
  return volume?.hostPath === layout.host && isUsable(volume.type, layout.type) ? volume.type : layout.type
}

// by an audit flag too: it may be wanted at two places at once
const isUsedByFlag = (pod: Pod, draft: Draft, mount: DraftMount): boolean =>
  othersThrough(pod, draft, mount).length > 0 ||
  pod.command.flags.some(flag => flag.value !== null && covers(containerPath(mount.path), containerPath(flag.value)))

const isAt = (mount: DraftMount, path: string): boolean => containerPath(mount.path) === path

const dropDuplicates = (draft: Draft, wanted: WantedPath): Draft => {
  const rivals = draft.mounts.filter(mount => covers(containerPath(mount.path), wanted.container))
  const twice = rivals.filter((mount, index) => rivals.findIndex(each => each.path === mount.path) !== index)
  return twice.reduce((current, later) => {
    const first = current.mounts.find(mount => mount.path === later.path)
    if (!first) return current
    const isBetter = (mount: DraftMount): boolean => {
      const alone = { ...current, mounts: [mount] }
      return resolveIn(alone, wanted.container)?.host === wanted.host
    }
    const loser = isBetter(later) && !isBetter(first) ? first : later
    return removeMount(current, loser, 'the kubelet takes no pod with two mounts at one path')
  }, draft)
}

const serveFile = (pod: Pod, draft: Draft, wanted: WantedPath, mount: DraftMount, isExact: boolean): Draft => {
  const volume = draft.volumes.find(each => each.name === mount.name)
  if (!volume) return giveVolume(draft, wanted, mount, isExact)
  const host = resolveIn(draft, wanted.container)?.host
  if (host !== wanted.host) return isExact ? swapVolume(pod, draft, wanted, mount) : addServing(draft, wanted)
  const isFile = isExact && mount.subPath === undefined
  if (isFile && volume.type !== '' && volume.type !== 'File') {
    const reason =
      volume.type === 'FileOrCreate'
        ? 'FileOrCreate makes an empty file, which is no valid one'
        : `${volume.type} is no type for a file`
    return changeVolume(draft, mount.name, { type: 'File' }, reason)
  }
  if (!isFile && !DIRECTORY_TYPES.has(volume.type))
    return changeVolume(draft, mount.name, { type: 'Directory' }, `${volume.type} is no type for a directory`)
  return draft
}

const serveLog = (pod: Pod, draft: Draft, wanted: WantedPath, mount: DraftMount, isExact: boolean): Draft => {
  const layout = layoutOf(wanted)
  const volume = draft.volumes.find(each => each.name === mount.name)
  if (isExact) return unfile(pod, draft, wanted, mount)
  if (!volume) return giveVolume(draft, wanted, mount, false)
  const isOwn = isAt(mount, layout.path)
  if (resolveIn(draft, wanted.container)?.host !== wanted.host)
    return isOwn ? swapVolume(pod, draft, wanted, mount) : addServing(draft, wanted)
  if (mount.readOnly && !isOwn) return addServing(draft, wanted)
  const writable = mount.readOnly
    ? changeMount(draft, mount, { readOnly: false }, 'the log cannot be written through a read-only mount')
    : draft
  if (DIRECTORY_TYPES.has(volume.type)) return writable
  return changeVolume(writable, mount.name, { type: 'DirectoryOrCreate' }, `${volume.type} is no type for a directory`)
}

/** A log mounted as a single file cannot be rotated (rename of a mount point fails): its directory is mounted instead. */
const unfile = (pod: Pod, draft: Draft, wanted: WantedPath, mount: DraftMount): Draft => {
  const layout = layoutOf(wanted)
  const reason = 'a log mounted as a single file cannot be rotated'
  const others = draft.mounts.filter(each => each !== mount)
  const without = removeMount(draft, mount, reason)
  if (others.some(each => isAt(each, layout.path))) return servePath(pod, without, wanted)
  const volume = draft.volumes.find(each => each.name === mount.name)
  const isFree = volume?.hostPath !== undefined && usesOf(pod, draft, volume.name) === 1 && mount.subPath === undefined
  if (!volume || !isFree) return addServing(without, wanted)
  const moved = changeMount(draft, mount, { path: layout.path, readOnly: false }, reason)
  return changeVolume(moved, volume.name, { hostPath: layout.host, type: 'DirectoryOrCreate' }, reason)
}

/** A mount without a volume gets one. */
const giveVolume = (draft: Draft, wanted: WantedPath, mount: DraftMount, isExact: boolean): Draft => {
  const reason = `the mount ${mount.path} names a volume that is not there`
  const layout = layoutOf(wanted)
  if (isExact) return addVolume(draft, { name: mount.name, hostPath: wanted.host, type: 'File' }, reason)
  const host = hostOfDirectory(wanted, containerPath(mount.path)) ?? layout.host
  const named = addVolume(draft, { name: mount.name, hostPath: host, type: 'DirectoryOrCreate' }, reason)
  const needsWriting = wanted.role === 'log' && mount.readOnly
  return needsWriting
    ? changeMount(named, mount, { readOnly: false }, 'the log cannot be written through a read-only mount')
    : named
}

// what lies as far above the host path as the mount lies above the container path
const hostOfDirectory = (wanted: WantedPath, directory: string): HostPath | undefined => {
  let container: string = wanted.container
  let host = wanted.host
  while (container !== directory) {
    if (nameOf(container) !== nameOf(host) || container === '/') return undefined
    container = parentOf(container as WantedPath['container'])
    host = parentOf(host)
  }
  return host
}

/** Another volume behind a mount that shows the wrong host path or is none of the host's. */
const swapVolume = (pod: Pod, draft: Draft, wanted: WantedPath, mount: DraftMount): Draft => {
  const layout = layoutOf(wanted)
  const reason = `${wanted.container} must be ${wanted.host} on the host`
  const volume = draft.volumes.find(each => each.name === mount.name)
  const isFree = volume?.hostPath !== undefined && usesOf(pod, draft, volume.name) === 1 && mount.subPath === undefined
  const readOnly = layout.readOnly && mount.readOnly
  if (volume && isFree) {
    const changed = changeVolume(
      draft,
      volume.name,
      { hostPath: layout.host, type: isUsable(volume.type, layout.type) ? volume.type : layout.type },
      reason
    )
    return readOnly === mount.readOnly ? changed : changeMount(changed, mount, { readOnly }, reason)
  }
  return addServing(removeMount(draft, mount, reason), wanted)
}

const mountAt = (pod: Pod, mount: DraftMount): Path => [
  ...pod.containerPath,
  'volumeMounts',
  ...(mount.origin === null ? [] : [mount.origin])
]
