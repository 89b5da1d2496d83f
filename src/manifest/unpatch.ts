import { type ContainerPath, containerPath, covers, type HostPath, parentOf } from '../paths.ts'
import { type Flag, lastFlag } from '../pod/command.ts'
import type { Pod } from '../pod/pod.ts'
import { editSource } from '../text/edit.ts'
import { isRecord, listAt, recordAt } from '../text/guard.ts'
import type { Path } from '../text/locate.ts'
import type { Operation } from '../text/value.ts'
import { ANNOTATIONS, editAnnotations } from './annotation-edits.ts'
import { type Draft, type DraftMount, draftOf, otherMounts, removeMount, removeVolume, resolveIn } from './draft.ts'
import { flagText, removeFlags } from './flag-edits.ts'
import { editMounts } from './mount-edits.ts'
import type { Patch } from './patch.ts'

const REASON = 'it only served auditing'

/**
 * The manifest without any audit setting: no `--audit-*` flag, no annotation of this tool, and no mount or volume that
 * only served auditing. `unpatch(patch(x))` is `x`, byte for byte, when x has no audit settings.
 */
export const unpatchManifest = (pod: Pod): Patch => {
  const gone = pod.command.flags.filter(flag => flag.name.startsWith('audit-'))
  const flags = removeFlags(gone, 'auditing is switched off')
  const before = draftOf(pod)
  const keep = new Set((pod.annotations.get(ANNOTATIONS.keep) ?? '').split(','))
  const after = withoutAudit(pod, before, keep)
  const mounts = editMounts(pod, before, after)
  const notes = editAnnotations(
    pod,
    Object.values(ANNOTATIONS)
      .filter(key => pod.annotations.has(key))
      .map(key => ({ key, value: null, reason: 'a note of auditpatch' }))
  )
  const operations = dropEmptied(pod, [...notes.operations, ...flags.operations, ...mounts.operations], keep)
  return { text: editSource(pod.source, operations), changes: [...flags.changes, ...mounts.changes, ...notes.changes] }
}

const pathOf = (flag: Flag | undefined): ContainerPath | undefined => {
  const value = flag && flagText(flag)
  return value?.startsWith('/') ? containerPath(value) : undefined
}

const withoutAudit = (pod: Pod, before: Draft, keep: ReadonlySet<string>): Draft => {
  const paths = ['audit-policy-file', 'audit-log-path', 'audit-webhook-config-file'].flatMap(
    name => pathOf(lastFlag(pod.command, name)) ?? []
  )
  const hosts = paths.flatMap(path => resolveIn(before, path)?.host ?? [])
  const serving = before.mounts.filter(
    mount => !keep.has(`mount:${mount.path}`) && onlyServes(pod, before, mount, paths)
  )
  const withoutMounts = serving.reduce((draft, mount) => removeMount(draft, mount, REASON), before)
  const unused = before.volumes.filter(volume => {
    if (keep.has(`volume:${volume.name}`) || otherMounts(pod).includes(volume.name)) return false
    if (withoutMounts.mounts.some(mount => mount.name === volume.name)) return false
    const lostItsMount = serving.some(mount => mount.name === volume.name)
    return lostItsMount || [...hosts, ...paths].includes(volume.hostPath as HostPath & ContainerPath)
  })
  return unused.reduce((draft, volume) => removeVolume(draft, volume.name, REASON), withoutMounts)
}

/** A mount of an audit path itself or of its directory, through which nothing else of the command line or probes is reached. */
const onlyServes = (pod: Pod, draft: Draft, mount: DraftMount, paths: readonly ContainerPath[]): boolean => {
  const isServing = paths.some(
    path => resolveIn(draft, path)?.draftMount === mount && (mount.path === path || isDirectoryOf(mount.path, path))
  )
  if (!isServing) return false
  const others = pod.command.flags.filter(flag => !flag.name.startsWith('audit-'))
  return !others.some(flag =>
    (flag.value ?? '')
      .split(',')
      .some(
        value =>
          value.startsWith('/') &&
          covers(containerPath(mount.path), containerPath(value)) &&
          resolveIn(draft, containerPath(value))?.draftMount === mount
      )
  )
}

const isDirectoryOf = (directory: string, path: ContainerPath): boolean => containerPath(directory) === parentOf(path)

/** A list or mapping that would be left empty goes as a whole, unless it was there, and empty, before. */
const dropEmptied = (pod: Pod, operations: readonly Operation[], keep: ReadonlySet<string>): Operation[] => {
  const candidates: { path: Path; key: string; size: number; isKept: boolean }[] = [
    {
      path: ['metadata'],
      key: 'annotations',
      size: Object.keys(recordAt(recordAt(pod.data, 'metadata'), 'annotations')).length,
      isKept: keep.has('annotations')
    },
    {
      path: ['spec'],
      key: 'volumes',
      size: listAt(recordAt(pod.data, 'spec'), 'volumes').length,
      isKept: keep.has('volumes')
    },
    {
      path: pod.containerPath,
      key: 'volumeMounts',
      size: listAt(pod.container, 'volumeMounts').length,
      isKept: keep.has('volumeMounts')
    },
    ...['command', 'args'].map(key => ({
      path: pod.containerPath,
      key,
      size: listAt(pod.container, key).length,
      isKept: false
    }))
  ]
  return candidates.reduce<Operation[]>(
    (current, { path, key, size, isKept }) => {
      const inside = (operation: Operation): boolean => samePath(operation.path, [...path, key])
      const removed = current.filter(operation => inside(operation) && operation.kind.startsWith('remove-')).length
      if (removed === 0 || removed < size || isKept) return current
      return [...current.filter(operation => !inside(operation)), { kind: 'remove-key', path, key }]
    },
    [...operations]
  )
}

const samePath = (a: Path, b: Path): boolean => a.length === b.length && a.every((step, index) => step === b[index])

/** True when a manifest's data holds no audit flag and no annotation of this tool. */
export const hasAudit = (pod: Pod): boolean =>
  pod.command.flags.some(flag => flag.name.startsWith('audit-')) ||
  Object.keys(isRecord(pod.data) ? recordAt(recordAt(pod.data, 'metadata'), 'annotations') : {}).some(key =>
    key.startsWith('auditpatch/')
  )
