import type { NodeFacts } from '../facts/node.ts'
import { containerPath, covers, type HostPath, join, nameOf, parentOf } from '../paths.ts'
import type { Pod } from '../pod/pod.ts'
import { type Mount, resolveMount } from '../pod/volumes.ts'
import { atPath, startFault } from './fault.ts'
import type { StartFault } from './start-fault.ts'

/** Where the host has to have something for a mount that lies in a read-only one; undefined for every other mount. */
export const mountPointOf = ({ mounts, volumes }: Pod, mount: Mount): HostPath | undefined => {
  if (mount.path === '/') return undefined
  const around = resolveMount(mounts, volumes, containerPath(parentOf(mount.path)))
  if (around?.mount.readOnly !== true || around.host === undefined) return undefined
  return join(around.host, nameOf(mount.path))
}

/** The same where it is not there, and nobody makes it. */
export const missingMountPoint = ({ paths }: NodeFacts, pod: Pod, mount: Mount): HostPath | undefined => {
  const point = mountPointOf(pod, mount)
  if (point === undefined || paths.get(point)?.kind !== 'absent') return undefined
  // the kubelet makes what a volume names before anything is mounted
  const isMade = pod.volumes.some(
    ({ hostPath: path, type }) => path !== undefined && MAKING.test(type) && covers(point, path)
  )
  return isMade ? undefined : point
}

const MAKING = /^$|OrCreate$/

/**
 * A mount in a read-only mount, whose place is not there: the container runtime makes places to mount at, and cannot make
 * this one. https://github.com/kubernetes/kubernetes/issues/121294
 */
export const mountPointGate = (facts: NodeFacts): StartFault[] => {
  const { pod } = facts.manifest
  if (!pod) return []
  return pod.mounts.flatMap(mount => {
    const point = missingMountPoint(facts, pod, mount)
    if (point === undefined) return []
    return [
      startFault(
        'runtime',
        {
          code: 'mount-point-missing',
          message: `the mount ${mount.written} lies in a read-only one, and ${point}, where it would come, is not there and cannot be made: no container can be started`,
          printed: 'read-only file system',
          remediation: `make ${point} on the host, or mount at a path outside of the read-only mount`
        },
        atPath(pod, [...pod.containerPath, 'volumeMounts', mount.index])
      )
    ]
  })
}
