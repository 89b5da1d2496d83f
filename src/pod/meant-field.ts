import type { Unknown } from '../text/guard.ts'
import { distance, nearestWord } from '../text/nearest.ts'
import { type Holds, podField, podFields } from './fields.ts'

/**
 * What the writer of a field that a type lacks most likely meant: a field of it, or, with a place, one of another mapping,
 * and what that holds where it stands around the field.
 */
export interface MeantField {
  readonly type: Holds
  readonly name: string
  readonly place?: string
  readonly value?: Unknown
}

/** A mapping of a pod: its type, its path without the numbers of list items, and, where it is a certain one, what it holds. */
export interface Enclosing {
  readonly type: Holds
  readonly place: string
  readonly value?: Unknown
}

// where what the manifests of a control plane say may be meant to stand, the likeliest first
const PLACES: readonly Enclosing[] = [
  { type: 'PodSpec', place: 'spec' },
  { type: 'Container', place: 'spec.containers[]' },
  { type: 'VolumeMount', place: 'spec.containers[].volumeMounts[]' },
  { type: 'Volume', place: 'spec.volumes[]' },
  { type: 'HostPathVolumeSource', place: 'spec.volumes[].hostPath' },
  { type: 'ObjectMeta', place: 'metadata' },
  { type: 'SecurityContext', place: 'spec.containers[].securityContext' },
  { type: 'ResourceRequirements', place: 'spec.containers[].resources' },
  { type: 'Probe', place: 'spec.containers[].livenessProbe' },
  { type: 'HTTPGetAction', place: 'spec.containers[].livenessProbe.httpGet' }
]

const namesOf = (type: Holds): string[] => (podFields(type) ?? []).map(({ name }) => name)

/** What was most likely meant by a field that a type lacks; `around` are the mappings that it stands in, the innermost first. */
export const meantField = (type: Holds, key: string, around: readonly Enclosing[]): MeantField | undefined => {
  const near = nearestWord(key, namesOf(type))
  if (near !== undefined && distance(key, near) <= 1) return { type, name: near }
  // the innermost first: a line is easily indented too far
  const places = [...around, ...PLACES.filter(each => each.type !== type)]
  const exact = places.find(each => podField(each.type, key) !== undefined)
  if (exact) return { ...exact, name: key }
  if (near !== undefined) return { type, name: near }
  for (const each of places) {
    const name = nearestWord(key, namesOf(each.type))
    if (name !== undefined && key.length > 4) return { ...each, name }
  }
  return undefined
}

// without these kube-apiserver does not start as it was meant to, or its audit log leads nowhere
const WEIGHTY: Readonly<Record<string, readonly string[]>> = {
  Pod: ['apiVersion', 'kind', 'metadata', 'spec'],
  ObjectMeta: ['name'],
  PodSpec: ['volumes', 'hostNetwork'],
  Container: ['image', 'command', 'args', 'volumeMounts'],
  Volume: ['hostPath'],
  VolumeMount: ['subPath']
}

/** True where a pod without the field is refused, or is not what kube-apiserver needs. */
export const isWeighty = ({ type, name }: MeantField): boolean =>
  podField(type, name)?.isRequired === true || WEIGHTY[type]?.includes(name) === true
