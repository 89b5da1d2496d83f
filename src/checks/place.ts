import type { AuditFlagName } from '../audit/flags.ts'
import type { Finding } from '../finding.ts'
import { lastFlag } from '../pod/command.ts'
import type { Pod } from '../pod/pod.ts'
import type { Mount, Volume } from '../pod/volumes.ts'
import { formatPath, type Path, positionOf } from '../text/locate.ts'

/** Where a finding points to. */
export type Place = Pick<Finding, 'file' | 'line' | 'column' | 'field'>

/** A place in the manifest by its path. */
export const placeIn = (pod: Pod, path: Path): Place => ({
  file: pod.source.file,
  ...positionOf(pod.source, path),
  field: formatPath(path)
})

/** The word of a flag that counts; of one that is not there the manifest. */
export const placeOfFlag = (pod: Pod, name: AuditFlagName): Place => {
  const word = lastFlag(pod.command, name)?.words[0]
  return word ? placeIn(pod, [...word.list, word.index]) : { file: pod.source.file }
}

/** A volumeMount of the container. */
export const placeOfMount = (pod: Pod, mount: Mount): Place =>
  placeIn(pod, [...pod.containerPath, 'volumeMounts', mount.index])

/** A volume of the pod. */
export const placeOfVolume = (pod: Pod, volume: Volume): Place => placeIn(pod, ['spec', 'volumes', volume.index])
