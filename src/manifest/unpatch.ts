import type { ContainerPath, HostPath } from '../paths.ts'
import type { Pod } from '../pod/pod.ts'
import { editSource } from '../text/edit.ts'
import { listAt, recordAt } from '../text/guard.ts'
import type { Path } from '../text/locate.ts'
import type { Operation } from '../text/value.ts'
import { ANNOTATIONS, editAnnotations } from './annotation-edits.ts'
import { type Draft, draftOf, otherMounts, removeMount, removeVolume, resolveIn } from './draft.ts'
import { removeFlags } from './flag-edits.ts'
import { type KeepNote, parseKeepNote } from './keep-note.ts'
import { editMounts } from './mount-edits.ts'
import { onlyServes, serves } from './only-serves.ts'
import type { Patch } from './patch.ts'
import { namedPaths } from './release.ts'

const REASON = 'it only served auditing'

/**
 * The manifest without any audit setting: no `--audit-*` flag, no annotation of this tool, and no mount or volume that
 * only served auditing. `unpatch(patch(x))` is `x`, byte for byte, when x has no audit settings.
 */
export const unpatchManifest = (pod: Pod): Patch => {
  const gone = pod.command.flags.filter(flag => flag.name.startsWith('audit-'))
  const flags = removeFlags(gone, 'auditing is switched off')
  const before = draftOf(pod)
  const keep = parseKeepNote(pod.annotations.get(ANNOTATIONS.keep) ?? '')
  const after = withoutAudit(pod, before, keep)
  const mounts = editMounts(pod, before, after)
  const notes = editAnnotations(
    pod,
    Object.values(ANNOTATIONS)
      .filter(key => pod.annotations.has(key))
      .map(key => ({ key, value: null, reason: 'a note of auditpatch' }))
  )
  const operations = dropEmptied(pod, [...notes.operations, ...flags.operations, ...mounts.operations], keep)
  const source = editSource(pod.source, operations)
  return { source, text: source.text, changes: [...flags.changes, ...mounts.changes, ...notes.changes] }
}

const withoutAudit = (pod: Pod, before: Draft, keep: KeepNote): Draft => {
  const paths = namedPaths(pod)
  const hosts = paths.flatMap(path => resolveIn(before, path)?.host ?? [])
  const serving = before.mounts.filter(mount => {
    if (keep.mounts.has(mount.path)) return false
    return keep.ours.has(mount.path) ? serves(before, mount, paths) : onlyServes(pod, before, mount, paths)
  })
  const withoutMounts = serving.reduce((draft, mount) => removeMount(draft, mount, REASON), before)
  const unused = before.volumes.filter(volume => {
    if (keep.volumes.has(volume.name) || otherMounts(pod).includes(volume.name)) return false
    if (withoutMounts.mounts.some(mount => mount.name === volume.name)) return false
    const lostItsMount = serving.some(mount => mount.name === volume.name)
    return lostItsMount || [...hosts, ...paths].includes(volume.hostPath as HostPath & ContainerPath)
  })
  return unused.reduce((draft, volume) => removeVolume(draft, volume.name, REASON), withoutMounts)
}

/** A list or mapping that would be left empty goes as a whole, unless it was there, and empty, before. */
const dropEmptied = (pod: Pod, operations: readonly Operation[], keep: KeepNote): Operation[] => {
  const spec = recordAt(pod.data, 'spec')
  const metadata = recordAt(pod.data, 'metadata')
  const candidates: { path: Path; key: string; size: number; was?: string | null | undefined }[] = [
    {
      path: ['metadata'],
      key: 'annotations',
      size: Object.keys(recordAt(metadata, 'annotations')).length,
      was: keep.empty.get('annotations')
    },
    { path: ['spec'], key: 'volumes', size: listAt(spec, 'volumes').length, was: keep.empty.get('volumes') },
    {
      path: pod.containerPath,
      key: 'volumeMounts',
      size: listAt(pod.container, 'volumeMounts').length,
      was: keep.empty.get('volumeMounts')
    },
    ...['command', 'args'].map(key => ({ path: pod.containerPath, key, size: listAt(pod.container, key).length }))
  ]
  return candidates.reduce<Operation[]>(
    (current, { path, key, size, was }) => {
      const inside = (operation: Operation): boolean => samePath(operation.path, [...path, key])
      const removed = current.filter(operation => inside(operation) && operation.kind.startsWith('remove-')).length
      if (removed === 0 || removed < size || was === null) return current
      const whole: Operation =
        was === undefined ? { kind: 'remove-key', path, key } : { kind: 'set-null', path, key, text: was }
      return [...current.filter(operation => !inside(operation)), whole]
    },
    [...operations]
  )
}

const samePath = (a: Path, b: Path): boolean => a.length === b.length && a.every((step, index) => step === b[index])
