import type { Finding } from '../finding.ts'
import { isRecord, type Unknown } from '../text/guard.ts'
import { formatPath, type Path, positionOf, positionOfKeyAt } from '../text/locate.ts'
import type { Source } from '../text/source.ts'
import { type Holds, POD, podField, podFields } from './fields.ts'
import { type Enclosing, isWeighty, meantField, type MeantField } from './meant-field.ts'
import { describeValue, wantedInstead } from './wrong-type.ts'

/** So many are enough to tell that a file is no pod. */
const MOST = 100

interface Unknowing {
  readonly kind: 'unknown'
  readonly path: Path
  readonly key: string
  readonly owner: Unknown
  readonly type: Holds
  readonly around: readonly Enclosing[]
}

interface Mistyped {
  readonly kind: 'wrong-type'
  readonly path: Path
  readonly value: unknown
  readonly holds: Holds
}

/**
 * The fields of a pod that the kubelet's decoder drops in silence, as `unknown-field`, and the values for which it refuses
 * the whole file, as `wrong-type`; in the order of the text, and no more than a hundred. Nothing where `kind` names
 * something else.
 */
export const unknownFields = (source: Source, data: unknown): Finding[] => {
  if (!isRecord(data) || ('kind' in data && data.kind !== 'Pod')) return []
  const faults = walk(POD, data, [], []).filter(fault => !isHeader(fault))
  return faults
    .slice(0, MOST)
    .map(fault => (fault.kind === 'unknown' ? unknownField(source, fault) : wrongType(source, fault)))
}

/** A field of a pod's spec that there is not, or that holds what it cannot. */
export interface FieldFault {
  readonly path: Path
  readonly code: 'unknown-field' | 'wrong-type'
  /** What is wrong, without a word about who refuses it. */
  readonly message: string
}

/** The faults of {@link unknownFields} in the spec of a pod that stands at a path of some object. */
export const specFaults = (spec: unknown, path: Path): FieldFault[] =>
  walk('PodSpec', spec, path, [])
    .slice(0, MOST)
    .map(fault => ({
      path: fault.path,
      code: fault.kind === 'unknown' ? 'unknown-field' : 'wrong-type',
      message:
        fault.kind === 'unknown'
          ? `there is no field ${formatPath(fault.path)}`
          : `${formatPath(fault.path)} is ${describeValue(fault.value)}, where ${wantedInstead(fault.holds, fault.value)?.what ?? 'another kind of value'} is wanted`
    }))

// decoding minds the case of names (sigs.k8s.io/json), but the look at apiVersion and kind before it does not
const isHeader = ({ kind, path }: Unknowing | Mistyped): boolean =>
  kind === 'unknown' && path.length === 1 && /^(apiVersion|kind)$/i.test(String(path[0]))

type Faults = (Unknowing | Mistyped)[]

const walk = (holds: Holds, value: unknown, path: Path, around: readonly Enclosing[]): Faults => {
  if (wantedInstead(holds, value)) return [{ kind: 'wrong-type', path, value, holds }]
  if (Array.isArray(value))
    return value.flatMap((item: unknown, index) => walk(holds.slice(1), item, [...path, index], around))
  if (!isRecord(value)) return []
  if (holds.startsWith('{'))
    return Object.entries(value).flatMap(([key, inner]) => walk(holds.slice(1), inner, [...path, key], around))
  if (!podFields(holds)) return []
  const inside = [{ type: holds, place: placeOf(path), value }, ...around]
  return Object.entries(value).flatMap(([key, inner]): Faults => {
    const field = podField(holds, key)
    const at = [...path, key]
    if (field) return walk(field.holds, inner, at, inside)
    return [{ kind: 'unknown', path: at, key, owner: value, type: holds, around }]
  })
}

const placeOf = (path: Path): string => formatPath(path).replace(/\[\d+\]/g, '[]')

const unknownField = (source: Source, { path, key, owner, type, around }: Unknowing): Finding => {
  const meant = meantField(type, key, around)
  const where = formatPath(path)
  return {
    code: 'unknown-field',
    severity: meant && isWeighty(meant) && isLost(meant, owner) ? 'error' : 'warning',
    message: `unknown field ${where}: the kubelet drops it without a word${meant ? hint(key, meant) : ''}`,
    file: source.file,
    ...positionOfKeyAt(source, path),
    field: where,
    remediation: meant ? wayOut(key, meant, owner) : `take ${key} out; ${explain(path)} lists what there is`
  }
}

// a list or a mapping may say more than the right one does; of two other values the right one counts
const isLost = ({ type, name, place, value = {} }: MeantField, owner: Unknown): boolean => {
  const holds = podField(type, name)?.holds ?? ''
  const isThere = name in (place === undefined ? owner : value)
  return !isThere || /^[[{]/.test(holds) || podFields(holds) !== undefined
}

const hint = (key: string, { name, place }: MeantField): string => {
  if (place !== undefined) return `; ${name} belongs into ${place === '' ? 'the top level' : place}`
  return name.toLowerCase() === key.toLowerCase() ? `; ${name} is meant, and case counts` : `; ${name} is meant?`
}

const wayOut = (key: string, { name, place }: MeantField, owner: Unknown): string => {
  if (place !== undefined)
    return `move it into ${place === '' ? 'the top level' : place}${name === key ? '' : ` and call it ${name}`}`
  return name in owner
    ? `${name} is there already: move into it what is needed, and take ${key} out`
    : `write ${name} instead of ${key}`
}

const explain = (path: Path): string =>
  `kubectl explain ${['pod', ...path.slice(0, -1).filter(step => typeof step === 'string')].join('.')}`

const wrongType = (source: Source, { path, value, holds }: Mistyped): Finding => {
  const where = formatPath(path)
  const { what, fix } = wantedInstead(holds, value) ?? { what: '', fix: '' }
  return {
    code: 'wrong-type',
    severity: 'error',
    message: `${where} is ${describeValue(value)}, where ${what} is wanted: the kubelet cannot read the pod at all`,
    file: source.file,
    ...positionOf(source, path),
    field: where,
    remediation: fix
  }
}
