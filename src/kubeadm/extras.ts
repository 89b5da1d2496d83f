import { flagOfRole, ROLES } from '../audit/wanted.ts'
import { type ContainerPath, containerPath } from '../paths.ts'
import type { Flag } from '../pod/command.ts'
import { lastFlag } from '../pod/command.ts'
import type { Pod } from '../pod/pod.ts'
import { type Resolved, resolveMount } from '../pod/volumes.ts'
import { freeName } from './free-name.ts'
import { isOwnVolume } from './own-parts.ts'

/** One entry of apiServer.extraVolumes: a volume of the host and its one mount. `pathType` is `''` where none is given. */
export interface ExtraVolume {
  readonly name: string
  readonly hostPath: string
  readonly mountPath: string
  readonly readOnly: boolean
  readonly pathType: string
}

/** Audit settings as kubeadm has them, in apiServer of ClusterConfiguration. */
export interface ApiServerExtras {
  readonly args: readonly { readonly name: string; readonly value: string }[]
  readonly volumes: readonly ExtraVolume[]
}

/**
 * The audit settings of a manifest as kubeadm has them: every audit flag with the value that counts, in the order of the
 * manifest, and what serves the files that they name, but not what kubeadm mounts by itself. `referenced` are files that
 * the webhook's kubeconfig names.
 */
export const extrasOf = (pod: Pod, referenced: readonly ContainerPath[] = []): ApiServerExtras => ({
  args: countingFlags(pod).map(flag => ({ name: flag.name, value: flag.value ?? 'true' })),
  volumes: servedVolumes(pod, referenced).map(({ volume }) => volume)
})

/** The audit flags of a manifest that count: of several of one name the last. */
export const countingFlags = (pod: Pod): Flag[] => {
  const audit = pod.command.flags.filter(flag => flag.name.startsWith('audit-'))
  return audit.filter((flag, index) => audit.findLastIndex(other => other.name === flag.name) === index)
}

/** The files that audit flags name, as the container sees them; `-` and relative paths are none. */
export const auditPaths = (pod: Pod): ContainerPath[] =>
  ROLES.flatMap(role => {
    const value = lastFlag(pod.command, flagOfRole(role))?.value ?? ''
    return value.startsWith('/') ? [containerPath(value)] : []
  })

/** An extra volume, and the index of the mount that it stands for. */
export interface ServedVolume {
  readonly volume: ExtraVolume
  readonly mount: number
}

/** The volumes that serve audit files, each with a name of its own: kubeadm has one mount for a volume's name. */
export const servedVolumes = (pod: Pod, referenced: readonly ContainerPath[]): ServedVolume[] => {
  const resolved = [...auditPaths(pod), ...referenced].flatMap(path => serving(pod, path) ?? [])
  const served = resolved
    .filter((each, index) => resolved.findIndex(other => other.mount.index === each.mount.index) === index)
    .sort((a, b) => a.mount.index - b.mount.index)
  const names: string[] = []
  const isTaken = (name: string): boolean => names.includes(name) || pod.volumes.some(each => each.name === name)
  return served.map(({ mount, volume, base }) => {
    const name = names.includes(mount.name) ? freeName(mount.name, isTaken) : mount.name
    names.push(name)
    // what a subPath shows has no type of its own
    const pathType = mount.subPath === undefined ? volume.type : ''
    return {
      volume: { name, hostPath: base, mountPath: mount.path, readOnly: mount.readOnly, pathType },
      mount: mount.index
    }
  })
}

type Serving = Resolved & { readonly volume: NonNullable<Resolved['volume']>; readonly base: string }

const serving = (pod: Pod, path: ContainerPath): Serving | undefined => {
  const resolved = resolveMount(pod.mounts, pod.volumes, path)
  if (!resolved?.volume || resolved.host === undefined) return undefined
  const { mount, volume } = resolved
  // where the mount itself lies on the host, with its subPath
  const base = resolveMount([mount], pod.volumes, mount.path)?.host ?? resolved.host
  const isOwn = isOwnVolume(mount.name, volume.hostPath ?? '', mount.path)
  return isOwn ? undefined : { ...resolved, volume, base }
}
