import type { HostPath } from '../paths.ts'
import { containerPath } from '../paths.ts'
import type { Pod } from '../pod/pod.ts'
import { type Mount, type Resolved, resolveMount, type Volume } from '../pod/volumes.ts'
import type { ContainerPath } from '../paths.ts'
import { listAt, recordAt, stringAt } from '../text/guard.ts'

/** A mount as it shall be. `origin` is its index in the manifest; null for a new one. */
export interface DraftMount {
  readonly origin: number | null
  readonly name: string
  readonly path: string
  readonly readOnly: boolean
  readonly subPath: string | undefined
  readonly isExpanded: boolean
}

/** A volume as it shall be; `hostPath` is undefined for the other kinds, which are never changed. */
export interface DraftVolume {
  readonly origin: number | null
  readonly name: string
  readonly hostPath: HostPath | undefined
  readonly type: string
}

/** Mounts of the kube-apiserver container and volumes of the pod, as they shall be, with the reasons for each change. */
export interface Draft {
  readonly mounts: readonly DraftMount[]
  readonly volumes: readonly DraftVolume[]
  /** By {@link mountKey} and {@link volumeKey}. */
  readonly reasons: ReadonlyMap<string, string>
}

/** The draft that changes nothing. */
export const draftOf = (pod: Pod): Draft => ({
  mounts: pod.mounts.map(({ index, name, written, readOnly, subPath, isExpanded }) => ({
    origin: index,
    name,
    path: written,
    readOnly,
    subPath,
    isExpanded
  })),
  volumes: pod.volumes.map(({ index, name, hostPath, type }) => ({ origin: index, name: name ?? '', hostPath, type })),
  reasons: new Map()
})

/** What serves a path in a draft, as {@link resolveMount}. */
export const resolveIn = (draft: Draft, path: ContainerPath): (Resolved & { draftMount: DraftMount }) | undefined => {
  const mounts = draft.mounts.map((mount, index): Mount => ({
    ...mount,
    index,
    written: mount.path,
    path: containerPath(mount.path)
  }))
  const volumes = draft.volumes.map((volume, index): Volume => ({ ...volume, index }))
  const resolved = resolveMount(mounts, volumes, path)
  const draftMount = resolved && draft.mounts[resolved.mount.index]
  return resolved && draftMount ? { ...resolved, draftMount } : undefined
}

const why = (draft: Draft, key: string, reason: string): ReadonlyMap<string, string> =>
  draft.reasons.has(key) ? draft.reasons : new Map([...draft.reasons, [key, reason]])

const whyVolume = (draft: Draft, name: string, reason: string): ReadonlyMap<string, string> =>
  draft.volumes
    .filter(volume => volume.name === name)
    .reduce((reasons, volume) => why({ ...draft, reasons }, volumeKey(volume), reason), draft.reasons)

/** The key under which the reason for a mount's change is kept. */
export const mountKey = (mount: DraftMount): string =>
  mount.origin === null ? `new mount:${mount.path}` : `mount:${mount.origin}`

/** The key under which the reason for a volume's change is kept. */
export const volumeKey = (volume: DraftVolume): string =>
  volume.origin === null ? `new volume:${volume.name}` : `volume:${volume.origin}`

/** A draft with one mount changed. */
export const changeMount = (draft: Draft, mount: DraftMount, change: Partial<DraftMount>, reason: string): Draft => ({
  ...draft,
  mounts: draft.mounts.map(each => (each === mount ? { ...each, ...change } : each)),
  reasons: why(draft, mountKey(mount), reason)
})

/** A draft with one volume changed, found by its name. */
export const changeVolume = (draft: Draft, name: string, change: Partial<DraftVolume>, reason: string): Draft => ({
  ...draft,
  volumes: draft.volumes.map(each => (each.name === name ? { ...each, ...change } : each)),
  reasons: whyVolume(draft, name, reason)
})

/** A draft with a new mount. */
export const addMount = (
  draft: Draft,
  mount: Omit<DraftMount, 'origin' | 'subPath' | 'isExpanded'>,
  reason: string
): Draft => ({
  ...draft,
  mounts: [...draft.mounts, { ...mount, origin: null, subPath: undefined, isExpanded: false }],
  reasons: why(draft, `new mount:${mount.path}`, reason)
})

/** A draft with a new volume. */
export const addVolume = (draft: Draft, volume: Omit<DraftVolume, 'origin'>, reason: string): Draft => ({
  ...draft,
  volumes: [...draft.volumes, { ...volume, origin: null }],
  reasons: why(draft, volumeKey({ ...volume, origin: null }), reason)
})

/** A draft without a mount. */
export const removeMount = (draft: Draft, mount: DraftMount, reason: string): Draft => ({
  ...draft,
  mounts: draft.mounts.filter(each => each !== mount),
  reasons: why(draft, mountKey(mount), reason)
})

/** A draft without a volume. */
export const removeVolume = (draft: Draft, name: string, reason: string): Draft => ({
  ...draft,
  volumes: draft.volumes.filter(each => each.name !== name),
  reasons: whyVolume(draft, name, reason)
})

/** How many mounts use a volume, in all containers of the pod: those of kube-apiserver as drafted. */
export const usesOf = (pod: Pod, draft: Draft, volume: string): number =>
  draft.mounts.filter(mount => mount.name === volume).length + otherMounts(pod).filter(name => name === volume).length

/** The volume names that the pod's other containers mount. */
export const otherMounts = (pod: Pod): string[] => {
  const spec = recordAt(pod.data, 'spec')
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap(key =>
    listAt(spec, key)
      .filter(container => container !== pod.container)
      .flatMap(container => [...listAt(container, 'volumeMounts'), ...listAt(container, 'volumeDevices')])
      .flatMap(mount => stringAt(mount, 'name') ?? [])
  )
}

/** A volume name that is not taken: the wished one, else with a number behind. */
export const freeName = (draft: Draft, wished: string): string => {
  const taken = new Set([...draft.volumes.map(volume => volume.name), ...draft.mounts.map(mount => mount.name)])
  let name = wished
  for (let number = 2; taken.has(name); number++) name = `${wished}-${number}`
  return name
}
