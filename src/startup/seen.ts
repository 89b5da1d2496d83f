import type { NodeFacts } from '../facts/node.ts'
import { mayAccess, type PathFact } from '../facts/path-fact.ts'
import { type ContainerPath, containerPath, covers, type HostPath, parentOf } from '../paths.ts'
import type { Pod } from '../pod/pod.ts'
import { type Resolved, resolveMount } from '../pod/volumes.ts'
import { recordAt, valueAt } from '../text/guard.ts'

/**
 * What kube-apiserver finds at a path in its container once the volumes are mounted: `made` is what the kubelet or the
 * runtime makes there, `unknown` what these facts do not tell, or what no container comes to see.
 */
export type Seen =
  | { readonly kind: 'not-mounted' }
  | { readonly kind: 'unknown'; readonly resolved?: Resolved }
  | {
      readonly kind: 'absent' | 'file' | 'directory' | 'other'
      readonly made: boolean
      readonly resolved: Resolved
      readonly host: HostPath
      readonly fact: PathFact
    }

/** What kube-apiserver finds at a path of its container. */
export const seenAt = (facts: NodeFacts, pod: Pod, path: ContainerPath): Seen => {
  const resolved = resolveMount(pod.mounts, pod.volumes, path)
  if (!resolved) return { kind: 'not-mounted' }
  const { volume, host } = resolved
  const isEmptyDir = volume !== undefined && isNothingYet(pod, volume.index)
  if (host === undefined) return isEmptyDir ? { kind: 'not-mounted' } : { kind: 'unknown', resolved }
  const fact = facts.paths.get(host)
  if (!fact) return { kind: 'unknown', resolved }
  const base = { resolved, host, fact }
  if (fact.kind !== 'absent') {
    // a link below a mounted directory leads to a path of the container, not of the host
    const isElsewhere = fact.isLink && !isMountPoint(resolved, path)
    if (isElsewhere && leadsOut(pod, resolved, fact)) return { ...base, kind: 'absent', made: false }
    // the kubelet starts no container for a volume of the wrong kind
    const isRefused = isMountPoint(resolved, path) && isWrongKind(volume?.type ?? '', fact.kind)
    return isElsewhere || isRefused ? { kind: 'unknown', resolved } : { ...base, kind: fact.kind, made: false }
  }
  return isMountPoint(resolved, path) ? madeAt(base) : { ...base, kind: 'absent', made: false }
}

// to where no mount shows the container what is there on the host
const leadsOut = (pod: Pod, { volume }: Resolved, { target }: PathFact): boolean => {
  if (target === undefined || volume?.hostPath === undefined || covers(volume.hostPath, target)) return false
  return resolveMount(pod.mounts, pod.volumes, containerPath(target))?.host !== target
}

const isWrongKind = (type: string, kind: PathFact['kind']): boolean =>
  (type.startsWith('File') && kind !== 'file') || (type.startsWith('Directory') && kind !== 'directory')

/** True when the path itself is where something is mounted, and not below it. */
export const isMountPoint = ({ mount }: Resolved, path: ContainerPath): boolean => mount.path === path

// a directory of the pod's own, empty at its start
const isNothingYet = (pod: Pod, index: number): boolean => {
  const volume = valueAt(pod.data, ['spec', 'volumes', index])
  return typeof volume === 'object' && volume !== null && 'emptyDir' in volume
}

const madeAt = (base: { resolved: Resolved; host: HostPath; fact: PathFact }): Seen => {
  const { mount, volume } = base.resolved
  // the kubelet makes a directory for a subPath that is not there
  if (mount.subPath !== undefined) return { ...base, kind: 'directory', made: true }
  switch (volume?.type) {
    case '':
    case 'DirectoryOrCreate':
      return { ...base, kind: 'directory', made: true }
    case 'FileOrCreate':
      // without its directory it is not made, and no container starts
      return base.fact.missing.length === 0
        ? { ...base, kind: 'file', made: true }
        : { kind: 'unknown', resolved: base.resolved }
    default:
      return { kind: 'unknown', resolved: base.resolved }
  }
}

/** True when the server's user may do with a file or directory what the bits say (4 read, 2 write, 1 search). */
export const serverMay = (pod: Pod, fact: PathFact, bits: number): boolean =>
  [pod.group, ...supplementalGroups(pod)].some(group => mayAccess(fact, pod.user, group, bits))

const supplementalGroups = (pod: Pod): number[] => {
  const { supplementalGroups: groups, fsGroup } = recordAt(recordAt(pod.data, 'spec'), 'securityContext')
  return [...(Array.isArray(groups) ? groups : []), fsGroup].filter(each => typeof each === 'number')
}

/** True when the server's user may come to a file through its directory; where a file is a mount itself that is no matter. */
export const mayReach = (
  facts: NodeFacts,
  pod: Pod,
  resolved: Resolved,
  host: HostPath,
  path: ContainerPath
): boolean => {
  const directory = facts.paths.get(parentOf(host))
  return isMountPoint(resolved, path) || directory?.kind !== 'directory' || serverMay(pod, directory, 1)
}
