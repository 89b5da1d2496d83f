import type { WantedPath } from '../audit/wanted.ts'
import { flagOfRole, ROLES } from '../audit/wanted.ts'
import { type ContainerPath, containerPath, parentOf } from '../paths.ts'
import { lastFlag } from '../pod/command.ts'
import type { Pod } from '../pod/pod.ts'
import { ANNOTATIONS } from './annotation-edits.ts'
import { type Draft, type DraftVolume, otherMounts, removeMount, removeVolume, resolveIn } from './draft.ts'
import { flagText } from './flag-edits.ts'
import { type KeepNote, parseKeepNote } from './keep-note.ts'
import { onlyServes } from './only-serves.ts'

/** A draft without the mounts, and their volumes, that only serve audit paths which nobody wants any more. */
export const releaseMounts = (pod: Pod, draft: Draft, wanted: readonly WantedPath[]): Draft => {
  const old = namedPaths(pod).filter(path => !wanted.some(each => each.container === path))
  if (old.length === 0) return draft
  const keep = keepNoteOf(pod)
  const serving = draft.mounts.filter(
    mount =>
      !keep.mounts.has(mount.path) &&
      onlyServes(pod, draft, mount, old) &&
      !wanted.some(path => resolveIn(draft, path.container)?.draftMount === mount)
  )
  const without = serving.reduce(
    (current, mount) => removeMount(current, mount, 'it only served an audit path that is no longer used'),
    draft
  )
  const hosts = new Set(wanted.flatMap(path => [path.host, parentOf(path.host)]))
  return releaseVolumes(pod, draft, without, volume => volume.hostPath === undefined || !hosts.has(volume.hostPath))
}

/** A draft without the volumes that lost their last mount. */
export const releaseVolumes = (
  pod: Pod,
  before: Draft,
  after: Draft,
  isFree: (volume: DraftVolume) => boolean = () => true
): Draft => {
  const used = new Set([...after.mounts.map(mount => mount.name), ...otherMounts(pod)])
  const keep = keepNoteOf(pod)
  const left = after.volumes.filter(
    volume =>
      volume.origin !== null &&
      !used.has(volume.name) &&
      !keep.volumes.has(volume.name) &&
      before.mounts.some(mount => mount.name === volume.name) &&
      isFree(volume)
  )
  return left.reduce((draft, volume) => removeVolume(draft, volume.name, 'no mount uses it any more'), after)
}

const keepNoteOf = (pod: Pod): KeepNote => parseKeepNote(pod.annotations.get(ANNOTATIONS.keep) ?? '')

/** The audit files that a manifest's flags name, inside the container. */
export const namedPaths = (pod: Pod): ContainerPath[] =>
  ROLES.flatMap(role => {
    const flag = lastFlag(pod.command, flagOfRole(role))
    const value = flag && flagText(flag)
    return value?.startsWith('/') ? [containerPath(value)] : []
  })
