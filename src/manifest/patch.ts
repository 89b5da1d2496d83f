import { flagOfRole, type WantedAudit, type WantedPath } from '../audit/wanted.ts'
import { AuditError } from '../errors.ts'
import { lastFlag } from '../pod/command.ts'
import type { Pod } from '../pod/pod.ts'
import { editSource, valueOf } from '../text/edit.ts'
import { isRecord, valueAt } from '../text/guard.ts'
import { type Path, textAt } from '../text/locate.ts'
import type { Source } from '../text/source.ts'
import { ANNOTATIONS, editAnnotations, type WantedAnnotation } from './annotation-edits.ts'
import type { ManifestChange } from './change.ts'
import { type Draft, draftOf, resolveIn } from './draft.ts'
import { editFlags } from './flag-edits.ts'
import { mountingFaults } from './kubelet-faults.ts'
import { type Collection, formatKeepNote } from './keep-note.ts'
import { editMounts } from './mount-edits.ts'
import { othersThrough, serves } from './only-serves.ts'
import { releaseMounts, releaseVolumes } from './release.ts'
import { servePath } from './serve-path.ts'
import { refuseSideEffects } from './side-effects.ts'

/** A manifest after its changes; the same source when there are none. */
export interface Patch {
  readonly source: Source
  readonly text: string
  readonly changes: readonly ManifestChange[]
}

/**
 * The manifest with the wanted audit settings: flags, mounts, volumes, and the annotations that the caller asks for given
 * whether anything else changes. Throws BAD_MANIFEST when the kubelet would refuse the result, ALIAS when an anchor is in
 * the way.
 */
export const patchManifest = (
  pod: Pod,
  wanted: WantedAudit,
  annotations: (isChanged: boolean) => readonly WantedAnnotation[]
): Patch => {
  const flags = editFlags(pod.command, wanted.flags)
  const before = draftOf(pod)
  const released = releaseMounts(pod, before, wanted.paths)
  const after = releaseVolumes(pod, before, serveAll(pod, released, wanted.paths))
  refuseSideEffects(pod, before, after)
  const mounts = editMounts(pod, before, after)
  const isChanged = flags.changes.length + mounts.changes.length > 0
  const asked = annotations(isChanged)
  const notes = editAnnotations(pod, [...asked, ...keepAnnotation(pod, wanted, after, mounts.changes, asked)])
  const operations = [...notes.operations, ...flags.operations, ...mounts.operations]
  const source = editSource(pod.source, operations)
  refuseFaults(pod, source)
  return { source, text: source.text, changes: [...flags.changes, ...mounts.changes, ...notes.changes] }
}

// one mount or volume may serve two paths, so a repair for the second may undo the first: repaired until nothing changes
const serveAll = (pod: Pod, before: Draft, paths: readonly WantedPath[]): Draft => {
  let draft = before
  for (let round = 0; round < 4; round++) {
    const next = paths.reduce((current, path) => servePath(pod, current, path), draft)
    const isServed = paths.every(path => resolveIn(next, path.container)?.host === path.host)
    if (next === draft && isServed) return draft
    draft = next
  }
  throw new AuditError(
    'BAD_MANIFEST',
    `the mounts of ${pod.source.file} cannot show ${paths.map(path => path.container).join(', ')} at once`,
    {
      path: pod.source.file
    }
  )
}

const refuseFaults = (pod: Pod, source: Source): void => {
  const data = source === pod.source ? pod.data : valueOf(source)
  const [fault] = isRecord(data) ? mountingFaults(pod.source, data) : []
  if (!fault) return
  const { line = 1, column = 1 } = fault
  throw new AuditError('BAD_MANIFEST', fault.message, { path: pod.source.file, position: { line, column } })
}

/**
 * Removal takes out what only served auditing. A mount or volume that was there before auditing was switched on would look
 * so too; it is noted, that removal may give the old bytes back.
 */
const keepAnnotation = (
  pod: Pod,
  wanted: WantedAudit,
  after: Draft,
  changes: readonly ManifestChange[],
  asked: readonly WantedAnnotation[]
): WantedAnnotation[] => {
  const fresh = wanted.paths.filter(path => !lastFlag(pod.command, flagOfRole(path.role)))
  if (fresh.length < wanted.paths.length) return []
  const added = new Set(changes.filter(change => change.kind === 'add-volume').map(change => change.name))
  const serving = wanted.paths.flatMap(path => {
    const mount = resolveIn(after, path.container)?.draftMount
    return mount && serves(after, mount, [path.container]) ? [mount] : []
  })
  const volumes = [
    ...serving.map(mount => mount.name).filter(name => !added.has(name)),
    ...pod.volumes
      .filter(({ hostPath }) =>
        wanted.paths.some(path => path.host === hostPath || path.container === String(hostPath))
      )
      .flatMap(volume => volume.name ?? [])
  ]
  const note = {
    mounts: new Set(serving.filter(mount => mount.origin !== null).map(mount => mount.path)),
    volumes: new Set(volumes),
    ours: new Set(
      serving
        .filter(mount => mount.origin === null && othersThrough(pod, after, mount).length > 0)
        .map(mount => mount.path)
    )
  }
  const filled = (kind: ManifestChange['kind']): boolean => changes.some(change => change.kind === kind)
  const lists = [
    ...emptyAt(pod, ['spec'], 'volumes', filled('add-volume')),
    ...emptyAt(pod, pod.containerPath, 'volumeMounts', filled('add-mount'))
  ]
  const isNoted = asked.length + formatKeepNote({ ...note, empty: new Map(lists) }).length > 0
  const empty = new Map([...lists, ...emptyAt(pod, ['metadata'], 'annotations', isNoted)])
  const value = formatKeepNote({ ...note, empty })
  return value === '' ? [] : [{ key: ANNOTATIONS.keep, value, reason: 'removal must know what was there before' }]
}

const emptyAt = (pod: Pod, path: Path, key: Collection, isFilled: boolean): [Collection, string | null][] => {
  const value = valueAt(pod.data, [...path, key])
  if (!isFilled || value === undefined) return []
  if (value === null) return [[key, textAt(pod.source, [...path, key])]]
  return typeof value === 'object' && Object.keys(value).length === 0 ? [[key, null]] : []
}
