import { type ContainerPath, containerPath, covers, nameOf, parentOf } from '../paths.ts'
import { distance } from '../text/nearest.ts'
import type { Pod } from './pod.ts'

/**
 * What a path that no mount covers was probably meant to be: one that is, and differs in a letter or two of its last name or
 * of its directory's. Undefined where no mount is near.
 */
export const nearMountedPath = (pod: Pick<Pod, 'mounts'>, path: ContainerPath): ContainerPath | undefined => {
  if (pod.mounts.some(mount => covers(mount.path, path))) return undefined
  const exact = pod.mounts.find(mount => parentOf(mount.path) === parentOf(path) && isNear(mount.path, path))
  if (exact) return exact.path
  const directory = pod.mounts.find(mount => isNear(mount.path, parentOf(path)))
  return directory && containerPath(`${directory.path}/${nameOf(path)}`)
}

const isNear = (a: string, b: string): boolean =>
  parentOf(containerPath(a)) === parentOf(containerPath(b)) &&
  distance(nameOf(a), nameOf(b)) <= 2 &&
  nameOf(a).length > 3
