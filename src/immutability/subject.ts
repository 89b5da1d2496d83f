import { covers } from '../paths.ts'
import { type Container, containersOf, type Workload } from '../pod/workloads.ts'
import { type Mount, mountsOf } from '../pod/volumes.ts'
import { isRecord, listAt, recordAt, stringAt, type Unknown } from '../text/guard.ts'
import type { Path } from '../text/locate.ts'

/** A volume of a pod: `kind` is the key under which its source stands, as `emptyDir`; empty where there is none. */
export interface PodVolume {
  readonly name: string
  readonly kind: string
  readonly source: Unknown
}

/** A mount of a container with the volume behind it; undefined when no volume has that name. */
export interface VolumeMount extends Mount {
  readonly volume: PodVolume | undefined
}

/** As whom a container runs, the pod's settings under its own; undefined is not set. */
export interface RunAs {
  readonly uid: number | undefined
  /** True also where what stands for a uid is none, which the API server refuses. */
  readonly hasUid: boolean
  readonly isNonRoot: boolean
  /** Where the uid stands, or would. */
  readonly uidPath: Path
}

/** A container as the requirements look at it. */
export interface ContainerSubject {
  readonly container: Container
  readonly securityContext: Unknown
  readonly contextPath: Path
  readonly mounts: readonly VolumeMount[]
  readonly runAs: RunAs
}

/** A pod as the requirements look at it. */
export interface PodSubject {
  readonly workload: Workload
  readonly volumes: readonly PodVolume[]
  readonly containers: readonly ContainerSubject[]
}

/** What the requirements look at in a workload. */
export const subjectOf = (workload: Workload): PodSubject => {
  const volumes = [...claims(workload), ...listAt(workload.spec, 'volumes').flatMap(podVolume)]
  return {
    workload,
    volumes,
    containers: containersOf(workload).map(container => ({
      container,
      securityContext: recordAt(container.data, 'securityContext'),
      contextPath: [...container.path, 'securityContext'],
      mounts: mountsOf(container.data).map(mount => ({
        ...mount,
        volume: volumes.find(({ name }) => name === mount.name)
      })),
      runAs: runAs(workload, container)
    }))
  }
}

// of a StatefulSet they are volumes of its pods, before those of the template with the same name
const claims = ({ data }: Workload): PodVolume[] =>
  listAt(data.spec, 'volumeClaimTemplates').flatMap(claim => {
    const name = stringAt(recordAt(claim, 'metadata'), 'name')
    return name === undefined ? [] : [{ name, kind: 'persistentVolumeClaim', source: {} }]
  })

const podVolume = (volume: unknown): PodVolume[] => {
  const name = stringAt(volume, 'name')
  if (!isRecord(volume) || name === undefined) return []
  const kind = Object.keys(volume).find(key => key !== 'name' && isRecord(volume[key])) ?? ''
  return [{ name, kind, source: recordAt(volume, kind) }]
}

const runAs = ({ spec, specPath }: Workload, { data, path }: Container): RunAs => {
  const [own, pods] = [recordAt(data, 'securityContext'), recordAt(spec, 'securityContext')]
  const written = own.runAsUser ?? pods.runAsUser ?? undefined
  const isOfPod = (own.runAsUser ?? undefined) === undefined && written !== undefined
  return {
    uid: typeof written === 'number' ? written : undefined,
    hasUid: written !== undefined,
    isNonRoot: (own.runAsNonRoot ?? pods.runAsNonRoot) === true,
    uidPath: [...(isOfPod ? specPath : path), 'securityContext', 'runAsUser']
  }
}

// the kubelet mounts these read-only whatever the mount says: GetAttributes of each in pkg/volume
const READ_ONLY_VOLUMES = new Set(['configMap', 'secret', 'downwardAPI', 'projected', 'image'])

/** True when what is in a mount can be changed through it. */
export const isWritable = ({ readOnly, volume }: VolumeMount): boolean =>
  !readOnly && volume !== undefined && !READ_ONLY_VOLUMES.has(volume.kind) && volume.source.readOnly !== true

/** The mount that serves a path of a container: of those that cover it the longest. */
export const mountAt = (mounts: readonly VolumeMount[], path: string): VolumeMount | undefined =>
  mounts.filter(mount => covers(mount.path, path)).sort((a, b) => b.path.length - a.path.length)[0]

/** A container in the words of a message. */
export const wordsOf = ({ list, name }: Container): string =>
  `${{ initContainers: 'init container', containers: 'container', ephemeralContainers: 'ephemeral container' }[list]} ${name || 'without a name'}`
