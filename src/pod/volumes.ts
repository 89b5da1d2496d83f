import { type ContainerPath, containerPath, below, covers, type HostPath, hostPath, join } from '../paths.ts'
import { isRecord, listAt, recordAt, stringAt, type Unknown } from '../text/guard.ts'

/** A volumeMount of the kube-apiserver container, at its index. */
export interface Mount {
  readonly index: number
  readonly name: string
  /** As written: mount paths must be unique by exact string. */
  readonly written: string
  readonly path: ContainerPath
  readonly readOnly: boolean
  readonly subPath: string | undefined
  /** True when the host path depends on the environment. */
  readonly isExpanded: boolean
}

/** A volume of the pod, at its index. */
export interface Volume {
  readonly index: number
  readonly name: string | undefined
  /** Undefined for every other kind of volume. */
  readonly hostPath: HostPath | undefined
  /** `''` where the manifest gives none. */
  readonly type: string
}

/** Reads the mounts of a container; entries that are no mappings are skipped. */
export const mountsOf = (container: Unknown): Mount[] =>
  listAt(container, 'volumeMounts').flatMap((mount, index) => {
    const written = stringAt(mount, 'mountPath')
    if (!isRecord(mount) || written === undefined) return []
    const expression = stringAt(mount, 'subPathExpr') ?? ''
    return [
      {
        index,
        name: stringAt(mount, 'name') ?? '',
        written,
        // the kubelet makes it absolute: pkg/kubelet/kubelet_pods.go, makeMounts
        path: containerPath(written.startsWith('/') ? written : `/${written}`),
        readOnly: mount.readOnly === true,
        subPath: stringAt(mount, 'subPath') || (expression.includes('$') ? undefined : expression) || undefined,
        isExpanded: expression.includes('$')
      }
    ]
  })

/** Reads the volumes of a pod's spec. */
export const volumesOf = (spec: Unknown): Volume[] =>
  listAt(spec, 'volumes').map((volume, index) => {
    const source = recordAt(volume, 'hostPath')
    const path = stringAt(source, 'path')
    return {
      index,
      name: stringAt(volume, 'name'),
      // what no slash begins is a place that depends on the container runtime
      hostPath: path?.startsWith('/') === true ? hostPath(path) : undefined,
      type: typeOf(source)
    }
  })

// a number is no type either, and is told and mended like any other word
const typeOf = ({ type }: Unknown): string =>
  typeof type === 'string' ? type : typeof type === 'number' || typeof type === 'boolean' ? String(type) : ''

/** Where a path inside the container lies on the host. */
export interface Resolved {
  readonly mount: Mount
  /** Undefined when no volume has the mount's name. */
  readonly volume: Volume | undefined
  /** Undefined when the volume is none of the host's or the path depends on the environment. */
  readonly host: HostPath | undefined
}

/** The mount that serves a path, the longest one that covers it, and what is behind it; undefined when there is none. */
export const resolveMount = (
  mounts: readonly Mount[],
  volumes: readonly Volume[],
  path: ContainerPath
): Resolved | undefined => {
  const covering = mounts.filter(each => covers(each.path, path)).sort((a, b) => b.path.length - a.path.length)
  const rivals = covering.filter(each => each.path === covering[0]?.path)
  // "/a" and "/a/" pass the kubelet, and the later hides the earlier; of two "/a" the later is the one too many
  const mount = rivals.findLast(each => rivals.find(other => other.written === each.written) === each)
  if (!mount) return undefined
  const volume = volumes.find(each => each.name === mount.name)
  const base = volume?.hostPath
  const host =
    base === undefined || mount.isExpanded ? undefined : join(base, mount.subPath ?? '', below(mount.path, path))
  return { mount, volume, host }
}
