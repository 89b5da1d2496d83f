import type { Pod } from '../pod/pod.ts'
import { recordAt } from '../text/guard.ts'
import type { Operation } from '../text/value.ts'
import type { ManifestChange } from './change.ts'
import type { Edits } from './flag-edits.ts'

/** Keys of the pod's annotations that this tool owns. */
export const ANNOTATIONS = {
  /** Hash of the policy: kube-apiserver reads it once, so a changed policy must be a changed pod. */
  policy: 'auditpatch/policy-sha256',
  /** Hash of the webhook's kubeconfig, for the same reason. */
  webhook: 'auditpatch/webhook-sha256',
  /** What was there before and serves auditing too, so that removal leaves it. */
  keep: 'auditpatch/keep'
} as const

export type AnnotationKey = (typeof ANNOTATIONS)[keyof typeof ANNOTATIONS]

export interface WantedAnnotation {
  readonly key: AnnotationKey
  /** Null: it must not be there. */
  readonly value: string | null
  readonly reason: string
}

/** The edits that give the pod's annotations the wanted values. */
export const editAnnotations = (pod: Pod, wanted: readonly WantedAnnotation[]): Edits => {
  const changes: ManifestChange[] = []
  const operations: Operation[] = []
  const added: { key: AnnotationKey; value: string }[] = []
  for (const { key, value, reason } of wanted) {
    const before = pod.annotations.get(key) ?? null
    if (before === value) continue
    const kind = value === null ? 'remove-annotation' : 'set-annotation'
    changes.push({ kind, path: 'metadata.annotations', name: key, before, after: value, reason })
    if (value === null) operations.push({ kind: 'remove-key', path: ['metadata', 'annotations'], key })
    else if (before !== null) operations.push({ kind: 'replace', path: ['metadata', 'annotations', key], value })
    else added.push({ key, value })
  }
  return { changes, operations: [...operations, ...additions(pod, added)] }
}

const additions = (pod: Pod, added: readonly { key: AnnotationKey; value: string }[]): Operation[] => {
  const metadata = recordAt(pod.data, 'metadata')
  if (added.length === 0) return []
  if (metadata.annotations === undefined || metadata.annotations === null) {
    const value = Object.fromEntries(added.map(({ key, value }) => [key, value]))
    return [{ kind: 'add-key', path: ['metadata'], key: 'annotations', value }]
  }
  return added.map(({ key, value }) => ({ kind: 'add-key', path: ['metadata', 'annotations'], key, value }))
}
