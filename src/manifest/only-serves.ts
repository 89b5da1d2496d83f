import { type ContainerPath, containerPath, parentOf } from '../paths.ts'
import type { Word } from '../pod/command.ts'
import type { Pod } from '../pod/pod.ts'
import { type Draft, type DraftMount, resolveIn } from './draft.ts'

/** True for a mount of one of these paths itself or of its directory, that serves it and nothing else of the command line. */
export const onlyServes = (pod: Pod, draft: Draft, mount: DraftMount, paths: readonly ContainerPath[]): boolean =>
  serves(draft, mount, paths) && othersThrough(pod, draft, mount).length === 0

/** True for a mount of one of these paths itself or of its directory, that serves it. */
export const serves = (draft: Draft, mount: DraftMount, paths: readonly ContainerPath[]): boolean => {
  const at = containerPath(mount.path)
  return paths.some(path => resolveIn(draft, path)?.draftMount === mount && (at === path || at === parentOf(path)))
}

/** The words of the command line that are no audit flags and name a path that is reached through a mount. */
export const othersThrough = (pod: Pod, draft: Draft, mount: DraftMount): Word[] =>
  otherPaths(pod).flatMap(({ word, path }) => (resolveIn(draft, path)?.draftMount === mount ? [word] : []))

/** The paths that the command line names outside audit flags, those of a wrapper of the program too. */
export const otherPaths = (pod: Pod): { word: Word; path: ContainerPath }[] => {
  const audit = new Set(pod.command.flags.filter(flag => flag.name.startsWith('audit-')).flatMap(flag => flag.words))
  return pod.command.words
    .filter(word => !audit.has(word))
    .flatMap(word =>
      word.text
        .split(/[,=]/)
        .filter(part => part.startsWith('/'))
        .map(part => ({ word, path: containerPath(part) }))
    )
}
