import { AuditError } from '../errors.ts'
import type { Pod } from '../pod/pod.ts'
import { positionOf } from '../text/locate.ts'
import { type Draft, resolveIn } from './draft.ts'
import { otherPaths } from './only-serves.ts'

/**
 * Throws BAD_MANIFEST when a path that another flag names would be something else on the host than it was: a mount can
 * serve auditing and that flag only at the cost of one of them.
 */
export const refuseSideEffects = (pod: Pod, before: Draft, after: Draft): void => {
  for (const { word, path } of otherPaths(pod)) {
    const was = resolveIn(before, path)
    const now = resolveIn(after, path)
    if (was?.host === undefined || was.host === now?.host) continue
    // of two mounts with one mountPath, which the kubelet refuses, one had to go
    if (before.mounts.filter(mount => mount.path === was.draftMount.path).length > 1) continue
    throw new AuditError(
      'BAD_MANIFEST',
      `with these audit paths ${path} (${word.text.slice(0, 60)}) would be ${now?.host ?? 'nothing'} on the host, ` +
        `which is ${was.host}; another path inside the container is wanted`,
      { path: pod.source.file, position: positionOf(pod.source, [...word.list, word.index]) }
    )
  }
}
