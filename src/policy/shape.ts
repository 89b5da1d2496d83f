import { isAtLeast, type KubernetesVersion } from '../audit/version.ts'
import type { Finding } from '../finding.ts'
import { isRecord } from '../text/guard.ts'
import { formatPath, type Path } from '../text/locate.ts'
import type { Source } from '../text/source.ts'
import { faultAt, faultAtKey } from './fault.ts'
import { type Field, type FieldType, fieldsOf, type ObjectName } from './schema.ts'
import { suggestField } from './unknown-field.ts'

/**
 * The minor release since which the API server decodes a policy strictly first and warns when it falls back; before, it
 * dropped unknown fields in silence. Read in k8s.io/apiserver v0.25.0 and v0.26.0, pkg/audit/policy/reader.go.
 */
export const STRICT_SINCE = 26

interface Context {
  readonly source: Source
  readonly version: KubernetesVersion
}

/** Findings about keys that a policy does not have (warnings: the server drops them) and values of a wrong type (errors). */
export const checkShape = (source: Source, value: unknown, version: KubernetesVersion): Finding[] =>
  checkObject({ source, version }, 'Policy', value, [])

const checkObject = (context: Context, object: ObjectName, value: unknown, path: Path): Finding[] => {
  if (value === null || value === undefined) return []
  if (!isRecord(value)) return [wrongType(context, path, 'a mapping', value)]
  const fields = fieldsOf(object, since => isAtLeast(context.version, since))
  return Object.entries(value).flatMap(([key, inner]) => {
    const field = fields.find(each => each.name === key)
    return field ? checkField(context, field, inner, [...path, key]) : [unknownKey(context, object, [...path, key])]
  })
}

const checkField = (context: Context, field: Field, value: unknown, path: Path): Finding[] => {
  if (value === null) return []
  if (field.type === 'ObjectMeta') return checkObject(context, field.type, value, path)
  if (field.type === 'PolicyRule[]') return checkList(context, 'PolicyRule', value, path)
  if (field.type === 'GroupResources[]') return checkList(context, 'GroupResources', value, path)
  if (field.type === 'strings') return checkStrings(context, value, path)
  if (field.type === 'string map') return checkStringMap(context, value, path)
  return isOfType(field.type, value) ? [] : [wrongType(context, path, WORDS[field.type], value)]
}

type Simple = Exclude<FieldType, 'ObjectMeta' | 'PolicyRule[]' | 'GroupResources[]' | 'strings' | 'string map'>

const WORDS = {
  string: 'a string',
  boolean: 'true or false',
  integer: 'a whole number',
  time: 'a time such as 2024-01-31T12:00:00Z',
  anything: 'any value'
} as const satisfies Record<Simple, string>

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

const isOfType = (type: Simple, value: unknown): boolean => {
  if (type === 'anything') return true
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'time') return typeof value === 'string' && TIME.test(value)
  return typeof value === type
}

const checkList = (context: Context, object: ObjectName, value: unknown, path: Path): Finding[] => {
  if (!Array.isArray(value)) return [wrongType(context, path, 'a list', value)]
  return value.flatMap((item: unknown, index) => checkObject(context, object, item, [...path, index]))
}

const checkStrings = (context: Context, value: unknown, path: Path): Finding[] => {
  if (!Array.isArray(value)) return [wrongType(context, path, 'a list of strings', value)]
  return value.flatMap((item: unknown, index) =>
    item === null || typeof item === 'string' ? [] : [wrongType(context, [...path, index], 'a string', item)]
  )
}

const checkStringMap = (context: Context, value: unknown, path: Path): Finding[] => {
  if (!isRecord(value)) return [wrongType(context, path, 'a mapping of strings', value)]
  return Object.entries(value).flatMap(([key, item]) =>
    item === null || typeof item === 'string' ? [] : [wrongType(context, [...path, key], 'a string', item)]
  )
}

const wrongType = (context: Context, path: Path, wanted: string, value: unknown): Finding => {
  const isLone = wanted === 'a list of strings' && typeof value === 'string'
  return faultAt(context.source, path, {
    severity: 'error',
    code: 'policy-wrong-type',
    message: `${formatPath(path) || 'the policy'} must be ${wanted}, found ${describe(value)}`,
    ...(isLone ? { remediation: `write ${String(path.at(-1))}: [${JSON.stringify(value)}]` } : {}),
    ...(wanted === 'a string' && isQuotable(value) ? { remediation: `put it in quotes: "${String(value)}"` } : {})
  })
}

const isQuotable = (value: unknown): boolean => typeof value === 'number' || typeof value === 'boolean'

const describe = (value: unknown): string => {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'string') return `the string ${JSON.stringify(value)}`
  return isQuotable(value) ? `${typeof value} ${String(value)}` : 'a mapping'
}

const unknownKey = (context: Context, object: ObjectName, path: Path): Finding => {
  const key = String(path.at(-1))
  const meant = suggestField(object, key)
  const how = isAtLeast(context.version, STRICT_SINCE) ? 'with a warning' : 'without a word'
  const effect = object === 'PolicyRule' || object === 'GroupResources' ? ' and the rule then matches more' : ''
  return faultAtKey(context.source, path, {
    severity: 'warning',
    code: 'policy-unknown-field',
    message: `unknown field ${formatPath(path)}: the API server drops it ${how}${effect}`,
    ...(meant.kind === 'misspelt' ? { remediation: `write ${meant.field} for ${key}` } : {}),
    ...(meant.kind === 'misplaced' ? { remediation: `move ${key} to ${meant.belongs}` } : {}),
    ...(meant.kind === 'unknown' ? { remediation: `take ${key} out` } : {})
  })
}
