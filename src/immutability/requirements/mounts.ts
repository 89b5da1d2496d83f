import { covers } from '../../paths.ts'
import { listAt } from '../../text/guard.ts'
import type { Requirement } from '../requirement.ts'
import { type ContainerSubject, isWritable, type VolumeMount, wordsOf } from '../subject.ts'

/** Where the programs and libraries of a system lie. */
const EXECUTABLE = [
  ...['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'],
  ...['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libexec'].map(name => `/usr/${name}`),
  ...['bin', 'sbin', 'lib', 'lib64', 'libexec'].map(name => `/usr/local/${name}`)
]

/** True where a path holds programs, lies among them, or has them below it. */
export const isExecutablePath = (path: string): boolean =>
  ['/', '/usr', '/usr/local'].includes(path) || EXECUTABLE.some(directory => covers(directory, path))

const holdsProgram = ({ container }: ContainerSubject, { path }: VolumeMount): boolean => {
  const program = listAt(container.data, 'command')[0]
  return typeof program === 'string' && program.startsWith('/') && covers(path, program)
}

const isOwnVolume = (mount: VolumeMount): boolean => mount.volume?.kind !== 'hostPath' && isWritable(mount)

/** What the volumes leave open in a container whose root file system is read-only. */
export const MOUNT_REQUIREMENTS = [
  {
    code: 'writable-executable-path',
    severity: 'error',
    about: 'container',
    what: 'no writable volume where programs lie',
    why: 'a program that is put there is found by its name and run',
    judge: subject =>
      subject.mounts
        .filter(mount => isOwnVolume(mount) && (isExecutablePath(mount.path) || holdsProgram(subject, mount)))
        .map(mount => ({
          path: [...subject.container.path, 'volumeMounts', mount.index],
          message: `${wordsOf(subject.container)} can write ${mount.written}, where programs lie, through the volume ${mount.name}`,
          remediation: 'set readOnly: true where another container fills it, or mount it elsewhere'
        }))
  },
  {
    code: 'writable-sub-path',
    severity: 'warning',
    about: 'container',
    what: 'subPath mounts read-only',
    why: 'a subPath shows a part of a volume: it stays writable among files that are not, and others may change it from outside',
    judge: subject =>
      subject.mounts
        .filter(mount => isOwnVolume(mount) && (mount.subPath !== undefined || mount.isExpanded))
        .map(mount => ({
          path: [...subject.container.path, 'volumeMounts', mount.index],
          message: `${wordsOf(subject.container)} can write ${mount.written}, a part of the volume ${mount.name} (subPath)`,
          remediation: 'set readOnly: true if it only reads it'
        }))
  }
] as const satisfies readonly Requirement[]
