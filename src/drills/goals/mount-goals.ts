import { auditFlag } from '../../audit/flags.ts'
import { type ContainerPath, below, covers, type HostPath, join } from '../../paths.ts'
import type { Pod } from '../../pod/pod.ts'
import { type Mount, resolveMount, type Volume } from '../../pod/volumes.ts'
import { positionOf } from '../../text/locate.ts'
import { type AskedPath, atFlag, atMount, fileShortfall, unreadable } from './audit-goals.ts'
import type { Goal, Keep, Shortfall } from '../drill.ts'
import type { Seen } from '../seen.ts'

/** The goal that kube-apiserver finds its policy at its place, and can write it through no mount. */
export const readOnlyPolicyGoal = (asked: AskedPath, points: number): Goal => ({
  id: 'policy-read-only',
  asks: `in the container the policy ${asked.container} cannot be written`,
  points,
  judge: seen => {
    const { pod } = seen
    const missing = fileShortfall(seen, asked)
    if (!pod || missing) return missing ?? unreadable(seen)
    const mount = pod.mounts.find(each => isWritableThrough(pod, each, asked.host))
    return mount
      ? {
          code: 'policy-writable',
          found: `through the mount ${mount.written}, which is not read-only, the policy can be written`,
          ...atMount(seen, mount.index)
        }
      : null
  }
})

/** That a policy that no mount lets anybody write at the start cannot be written. */
export const readOnlyStays = (asked: AskedPath): Keep => {
  const { id, asks, judge } = readOnlyPolicyGoal(asked, 0)
  return {
    id,
    asks,
    costs: 30,
    judge: seen => {
      const shortfall = judge(seen)
      // that it is not found is told elsewhere
      return shortfall?.code === 'policy-writable' ? shortfall : null
    }
  }
}

const isWritableThrough = (pod: Pod, mount: Mount, host: HostPath): boolean => {
  const base = resolveMount(pod.mounts, pod.volumes, mount.path)?.host
  if (mount.readOnly || base === undefined || !covers(base, host)) return false
  // a longer mount may hide it there
  const shown = resolveMount(pod.mounts, pod.volumes, join(mount.path, below(base, host)))
  return shown?.mount === mount && shown.host === host
}

/** The goal that no mount of the container and no volume of the pod is left of something. */
export const nothingLeftGoal = (
  asks: string,
  points: number,
  isLeft: (host: HostPath | undefined, mountedAt: ContainerPath | null) => boolean
): Goal => ({
  id: 'nothing-left',
  asks,
  points,
  judge: seen => {
    const { pod } = seen
    if (!pod) return unreadable(seen)
    const mount = pod.mounts.find(({ path }) => isLeft(resolveMount(pod.mounts, pod.volumes, path)?.host, path))
    if (mount)
      return { code: 'left-mount', found: `the mount ${mount.written} is still there`, ...atMount(seen, mount.index) }
    const used = new Set(pod.mounts.map(({ name }) => name))
    const volume = pod.volumes.find(each => !used.has(each.name ?? '') && isLeft(each.hostPath, null))
    return volume ? atVolume(seen, volume, 'left-volume', `the volume ${volume.name ?? ''} is still there`) : null
  }
})

/** The goal that no audit flag, no mount and no volume of the pod stands twice. */
export const nothingTwiceGoal = (points: number): Goal => ({
  id: 'nothing-twice',
  asks: 'every flag of auditing, every mount and every volume stands there once',
  points,
  judge: seen => (seen.pod ? twice(seen, seen.pod) : unreadable(seen))
})

const twice = (seen: Seen, { command, mounts, volumes }: Pod): Shortfall | null => {
  const flags = command.flags.flatMap(({ name }) => auditFlag(name)?.aliasOf ?? auditFlag(name)?.name ?? [])
  const [flag] = repeated(flags, each => each)
  if (flag !== undefined) return atFlag(seen, flag, 'flag-twice', `--${flag} stands more than once`)
  const [mount] = repeated(mounts, ({ path }) => path)
  if (mount)
    return {
      code: 'mount-twice',
      found: `two mounts have the path ${mount.written}`,
      ...atMount(seen, mount.index)
    }
  const [named] = repeated(volumes, ({ name }) => name)
  if (named) return atVolume(seen, named, 'volume-twice', `two volumes have the name ${named.name ?? ''}`)
  const [shown] = repeated(volumes, ({ hostPath }) => hostPath)
  return shown ? atVolume(seen, shown, 'volume-twice', `two volumes show ${shown.hostPath ?? ''}`) : null
}

const repeated = <T>(all: readonly T[], key: (each: T) => string | undefined): T[] =>
  all.filter((each, index) => key(each) !== undefined && all.findIndex(other => key(other) === key(each)) < index)

const atVolume = ({ pod, node }: Seen, volume: Volume, code: string, found: string): Shortfall => ({
  code,
  found,
  file: node.manifest.path,
  ...(pod ? positionOf(pod.source, ['spec', 'volumes', volume.index]) : {})
})
