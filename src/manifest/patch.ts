import { flagOfRole, type WantedAudit, type WantedPath } from '../audit/wanted.ts'
import { AuditError } from '../errors.ts'
import { parentOf } from '../paths.ts'
import { lastFlag } from '../pod/command.ts'
import type { Pod } from '../pod/pod.ts'
import { editSource, valueOf } from '../text/edit.ts'
import { isRecord, recordAt } from '../text/guard.ts'
import { parseSource } from '../text/source.ts'
import { ANNOTATIONS, editAnnotations, type WantedAnnotation } from './annotation-edits.ts'
import type { ManifestChange } from './change.ts'
import { type Draft, draftOf, resolveIn } from './draft.ts'
import { editFlags } from './flag-edits.ts'
import { kubeletFaults } from './kubelet-faults.ts'
import { editMounts } from './mount-edits.ts'
import { servePath } from './serve-path.ts'

/** A manifest's text after its changes; the same text when there are none. */
export interface Patch {
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
  const after = serveAll(pod, before, wanted.paths)
  const mounts = editMounts(pod, before, after)
  const isChanged = flags.changes.length + mounts.changes.length > 0
  const kept = keepAnnotation(pod, wanted, after, mounts.changes)
  const notes = editAnnotations(pod, [...annotations(isChanged), ...kept])
  const operations = [...notes.operations, ...flags.operations, ...mounts.operations]
  const text = editSource(pod.source, operations)
  refuseFaults(pod, text)
  return { text, changes: [...flags.changes, ...mounts.changes, ...notes.changes] }
}

// one mount may serve two paths, so a repair for the second may undo the first: once more, then it must hold
const serveAll = (pod: Pod, before: Draft, paths: readonly WantedPath[]): Draft => {
  let draft = before
  for (let round = 0; round < 3; round++) {
    draft = paths.reduce((current, path) => servePath(pod, current, path), draft)
    if (paths.every(path => resolveIn(draft, path.container)?.host === path.host)) return draft
  }
  throw new AuditError(
    'BAD_MANIFEST',
    `the mounts of ${pod.source.file} cannot show ${paths.map(path => path.container).join(', ')} at once`,
    {
      path: pod.source.file
    }
  )
}

const refuseFaults = (pod: Pod, text: string): void => {
  const data = text === pod.source.text ? pod.data : valueOf(parseSource(text, pod.source.file, pod.source.dialect))
  const [fault] = isRecord(data) ? kubeletFaults(pod.source, data) : []
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
  changes: readonly ManifestChange[]
): WantedAnnotation[] => {
  const fresh = wanted.paths.filter(path => !lastFlag(pod.command, flagOfRole(path.role)))
  const added = new Set(changes.filter(change => change.kind === 'add-volume').map(change => change.name))
  const tokens = fresh.flatMap(path => {
    const resolved = resolveIn(after, path.container)
    if (!resolved) return []
    const { draftMount } = resolved
    const looksOurs = draftMount.path === path.container || draftMount.path === parentOf(path.container)
    return [
      ...(draftMount.origin !== null && looksOurs ? [`mount:${draftMount.path}`] : []),
      ...(!added.has(draftMount.name) && looksOurs ? [`volume:${draftMount.name}`] : [])
    ]
  })
  const empty = emptyCollections(pod)
  if (fresh.length < wanted.paths.length || tokens.length + empty.length === 0) return []
  return [
    {
      key: ANNOTATIONS.keep,
      value: [...new Set([...tokens, ...empty])].join(','),
      reason: 'this was there before: removal leaves it'
    }
  ]
}

const emptyCollections = (pod: Pod): string[] => {
  const isEmpty = (value: unknown): boolean =>
    (Array.isArray(value) && value.length === 0) || (isRecord(value) && Object.keys(value).length === 0)
  return [
    ...(isEmpty(recordAt(pod.data, 'spec').volumes) ? ['volumes'] : []),
    ...(isEmpty(pod.container.volumeMounts) ? ['volumeMounts'] : []),
    ...(isEmpty(recordAt(pod.data, 'metadata').annotations) ? ['annotations'] : [])
  ]
}
