import type { ContainerPath, HostPath } from '../paths.ts'
import type { Word } from '../pod/command.ts'
import { nearMountedPath } from '../pod/near-mount.ts'
import type { Pod } from '../pod/pod.ts'
import { formatPath, type Path, positionOf } from '../text/locate.ts'
import type { Layer, StartFault } from './start-fault.ts'

/** Where a fault is; nothing where no file shows it. */
export type Place = Pick<StartFault, 'file' | 'line' | 'column' | 'field'>

/** What is to be said of a fault, apart from its layer and place. */
export interface Said {
  readonly code: string
  /** What is wrong, and what follows. */
  readonly message: string
  readonly printed: string
  readonly remediation: string
}

/** A start fault. */
export const startFault = (layer: Layer, said: Said, place: Place): StartFault => ({
  code: said.code,
  severity: 'error',
  message: said.message,
  ...place,
  remediation: said.remediation,
  layer,
  printed: said.printed
})

/** The place of what stands at a path of the manifest. */
export const atPath = ({ source }: Pick<Pod, 'source'>, path: Path): Place => ({
  file: source.file,
  ...positionOf(source, path),
  field: formatPath(path)
})

/** The place of a word of the command line. */
export const atWord = (pod: Pod, word: Word): Place => atPath(pod, [...word.list, word.index])

/** The place of the word in which a flag stands last, which counts. */
export const atFlag = (pod: Pod, name: string): Place => {
  const flag = pod.command.flags.findLast(each => each.name === name)
  return flag ? atWord(pod, flag.words[0]) : { file: pod.source.file }
}

/** The start of a file of the host. */
export const atFile = (path: HostPath): Place => ({ file: path, line: 1, column: 1 })

/** The next step where the path of a flag differs in a letter or two from one that is mounted; undefined where it does not. */
export const agreeing = (pod: Pod, path: ContainerPath): string | undefined => {
  const meant = nearMountedPath(pod, path)
  return meant && `a mount shows ${meant}: make the flag and the mount agree`
}

/** The next step where this program makes the repair. */
export const APPLY = 'auditpatch apply repairs it'
