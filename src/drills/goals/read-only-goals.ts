import { parseImage } from '../../immutability/images/image-reference.ts'
import { type ContainerSubject, isWritable, mountAt, type VolumeMount, wordsOf } from '../../immutability/subject.ts'
import { covers } from '../../paths.ts'
import { stringAt } from '../../text/guard.ts'
import type { Shortfall } from '../drill.ts'
import { type FiledWorkload, shortfallAt } from './workload-file.ts'

/** The directories that each container writes, by its name. */
export type WrittenBy = Readonly<Record<string, readonly string[]>>

/** The first container of a list whose root file system can be written; null where there is none. */
export const writableRoot = (found: FiledWorkload, list: ContainerSubject['container']['list']): Shortfall | null => {
  const open = found.pod.containers.find(
    ({ container, securityContext }) => container.list === list && securityContext.readOnlyRootFilesystem !== true
  )
  if (!open) return null
  const code = list === 'initContainers' ? 'init-container-forgotten' : 'writable-root'
  const path = [...open.contextPath, 'readOnlyRootFilesystem']
  return shortfallAt(found, path, code, `the root file system of the ${wordsOf(open.container)} can be written`)
}

/** The first directory that a container could not write, or not in an emptyDir; null where there is none. */
export const unwritten = (found: FiledWorkload, written: WrittenBy): Shortfall | null => {
  for (const subject of found.pod.containers)
    for (const path of written[subject.container.name] ?? []) {
      const shortfall = unwrittenAt(found, subject, path)
      if (shortfall) return shortfall
    }
  return null
}

const unwrittenAt = (found: FiledWorkload, { container, mounts }: ContainerSubject, path: string): Shortfall | null => {
  const mount = mountAt(mounts, path)
  const who = wordsOf(container)
  if (!mount)
    return shortfallAt(
      found,
      [...container.path, 'volumeMounts'],
      'not-mounted',
      `no volume lets the ${who} write ${path}`
    )
  const at = (code: string, told: string): Shortfall =>
    shortfallAt(found, [...container.path, 'volumeMounts', mount.index], code, `the ${who}: ${told}`)
  const kind = kindOf(mount)
  if (kind === 'hostPath') return at('host-path', `${path} would be a directory of the node, which outlives the pod`)
  if (kind !== 'emptyDir') return at('no-empty-dir', `the volume at ${mount.written} is of the kind ${kind}`)
  return isWritable(mount) ? null : at('read-only', `the mount ${mount.written} is read-only`)
}

// SetDefaults_Volume in https://github.com/kubernetes/kubernetes/blob/v1.36.0/pkg/apis/core/v1/defaults.go
const kindOf = ({ volume }: VolumeMount): string => volume?.kind || 'emptyDir'

/** The first mount that opens, or hides, more than what is asked for; null where there is none. */
export const tooMuch = (found: FiledWorkload, written: WrittenBy): Shortfall | null => {
  for (const { container, mounts } of found.pod.containers)
    for (const mount of mounts) {
      const asked = written[container.name] ?? []
      if (!isWritable(mount) || asked.includes(mount.path)) continue
      const below = asked.find(path => covers(mount.path, path))
      const [code, told] =
        below === undefined && !isOfImage(mount.path)
          ? ['writable-elsewhere', 'it is not asked that this can be written']
          : ['hides-image', `an empty volume hides what the image has in ${mount.path}`]
      const path = [...container.path, 'volumeMounts', mount.index]
      return shortfallAt(found, path, code, `the mount ${mount.written} of the ${wordsOf(container)}: ${told}`)
    }
  return null
}

const isOfImage = (path: string): boolean =>
  path === '/' || ['/bin', '/sbin', '/lib', '/lib64', '/usr', '/etc', '/opt', '/app', '/var'].includes(path)

/** Null where a container runs an image, however its name is written. */
export const otherImage = (found: FiledWorkload, name: string, image: string): Shortfall | null => {
  const container = found.pod.containers.find(each => each.container.name === name)?.container
  // without it everything else tells
  if (!container) return shortfallAt(found, found.workload.specPath, 'no-container', `there is no container ${name}`)
  const is = stringAt(container.data, 'image') ?? ''
  if (JSON.stringify(parseImage(is)) === JSON.stringify(parseImage(image))) return null
  return shortfallAt(
    found,
    [...container.path, 'image'],
    'other-image',
    `the image of the ${wordsOf(container)} is ${JSON.stringify(is)}`
  )
}
