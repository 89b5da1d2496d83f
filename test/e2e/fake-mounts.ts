import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { posix } from 'node:path'
import { followLinks, inRoot, statOf } from './fake-files.ts'
import { goFileError } from './fake-go.ts'
import type { Pod, PodMount, PodVolume } from './fake-pod.ts'

/** A bind mount as the container sees it; `real` is a path on this machine. */
export interface Bind {
  readonly containerPath: string
  readonly real: string
  readonly readOnly: boolean
}

/** A path of the container on this machine; `mountPoint` tells that it is itself where something is mounted. */
export interface Located {
  readonly real: string
  readonly readOnly: boolean
  readonly mountPoint: boolean
}

/** What a container's paths are made of. */
export interface ContainerFiles {
  readonly binds: readonly Bind[]
  /** The directory of what no mount covers. */
  readonly layer: string
  readonly readOnlyRoot: boolean
}

/** The volumes of a pod that its container mounts. */
const mounted = (pod: Pod): readonly PodVolume[] =>
  pod.volumes.filter(volume => pod.mounts.some(mount => mount.volume === volume.name))

/** Checks each mounted hostPath as the kubelet does, making what `…OrCreate` makes; the text of the first failure, or null. */
export const setUpVolumes = (root: string, pod: Pod): string | null => {
  for (const volume of mounted(pod)) {
    const failure = volume.hostPath === null ? null : setUpHostPath(root, volume.hostPath, volume.type)
    if (failure !== null)
      return `MountVolume.SetUp failed for volume "${volume.name}" (UniqueName: "kubernetes.io/host-path/${pod.uid}-${volume.name}") pod "${pod.name}" (UID: "${pod.uid}") : ${failure}`
  }
  return null
}

const setUpHostPath = (root: string, path: string, type: string): string | null => {
  const real = inRoot(root, path)
  const wantsFile = type.startsWith('File')
  if (!type.startsWith('File') && !type.startsWith('Directory')) return null
  if (statOf(real) === null && type.endsWith('OrCreate')) {
    const failure = wantsFile
      ? attempt('open', path, () => makeFile(real))
      : attempt('mkdir', path, () => makeDirectory(real))
    if (failure !== null) return failure
  }
  const stat = statOf(real)
  if (wantsFile ? stat?.isFile() : stat?.isDirectory()) return null
  return `hostPath type check failed: ${path} is not a ${wantsFile ? 'file' : 'directory'}`
}

const attempt = (operation: string, path: string, act: () => void): string | null => {
  try {
    act()
    return null
  } catch (error) {
    return goFileError(operation, path, error)
  }
}

const makeFile = (real: string): void => {
  writeFileSync(real, '', { flag: 'wx' })
  chmodSync(real, 0o644)
}

const makeDirectory = (real: string): void => {
  mkdirSync(real, { recursive: true })
  chmodSync(real, 0o755)
}

/** The bind mounts of a new container; like the runtime it makes a directory where a source is missing. */
export const bindMounts = (root: string, pod: Pod, layer: string): Bind[] =>
  pod.mounts.map(mount => {
    const source = sourceOf(root, pod, mount, layer)
    if (statOf(source) === null) makeDirectory(source)
    return {
      containerPath: posix.join('/', mount.mountPath).replace(/(.)\/$/, '$1'),
      real: source,
      readOnly: mount.readOnly
    }
  })

const sourceOf = (root: string, pod: Pod, mount: PodMount, layer: string): string => {
  const path = pod.volumes.find(volume => volume.name === mount.volume)?.hostPath ?? null
  if (path === null) return posix.join(layer, '.volumes', mount.volume, mount.subPath)
  return inRoot(root, posix.join('/', path, mount.subPath).replace(/(.)\/$/, '$1'))
}

/** Where a path of the container lies on this machine: the longest mount that covers it, else the container's own layer. */
export const locate = ({ binds, layer, readOnlyRoot }: ContainerFiles, path: string): Located => {
  const direct = (inner: string): Located => {
    const covering = binds.filter(bind => covers(bind.containerPath, inner))
    const longest = covering.reduce<Bind | null>(
      (a, b) => (a && a.containerPath.length > b.containerPath.length ? a : b),
      null
    )
    if (longest === null) return { real: `${layer}${inner}`, readOnly: readOnlyRoot, mountPoint: false }
    const rest = inner.slice(longest.containerPath === '/' ? 0 : longest.containerPath.length)
    return { real: `${longest.real}${rest}`, readOnly: longest.readOnly, mountPoint: rest === '' }
  }
  return direct(followLinks(posix.resolve('/', path), inner => direct(inner).real))
}

const covers = (directory: string, path: string): boolean =>
  directory === '/' || path === directory || path.startsWith(`${directory}/`)
