import { isAtLeast, type KubernetesVersion } from '../audit/version.ts'
import type { Finding } from '../finding.ts'
import { isRecord } from '../text/guard.ts'
import { formatPath, type Path } from '../text/locate.ts'
import type { GoSource } from '../text/go-source.ts'
import { faultAt, faultAtKey } from './fault.ts'
import { kindsCalled, splitResource } from './lint/kinds.ts'
import { type Field, type FieldType, fieldsOf, type ObjectName } from './schema.ts'
import { type Suggestion, suggestField } from './unknown-field.ts'

/**
 * The minor release since which the API server decodes a policy strictly first and warns when it falls back; before, it
 * dropped unknown fields in silence. Read in k8s.io/apiserver v0.25.0 and v0.26.0, pkg/audit/policy/reader.go.
 */
export const STRICT_SINCE = 26

interface Context {
  readonly source: GoSource
  readonly version: KubernetesVersion
}

/** How many faults are told: none reads more. */
const ENOUGH = 100

/**
 * Findings about keys that a policy does not have (warnings: the server drops them) and values of a wrong type (errors); the
 * first hundred of each.
 */
export const checkShape = (source: GoSource, value: unknown, version: KubernetesVersion): Finding[] => {
  const told: Found[] = []
  const counts = { errors: 0, warnings: 0 }
  for (const found of checkObject({ source, version }, 'Policy', value, [])) {
    counts[found.isError ? 'errors' : 'warnings'] += 1
    // an error must not hide behind warnings: it decides
    if (found.isError || counts.warnings <= ENOUGH) told.push(found)
    if (counts.errors >= ENOUGH) break
  }
  return told.map(({ tell }) => tell())
}

/** A fault whose place in the text is not looked up yet: there may be very many. */
interface Found {
  readonly isError: boolean
  readonly tell: () => Finding
}

function* checkObject(context: Context, object: ObjectName, value: unknown, path: Path): Generator<Found> {
  if (value === null || value === undefined) return
  if (!isRecord(value)) {
    yield wrong(context, path, 'a mapping', value)
    return
  }
  const fields = fieldsOf(object, since => isAtLeast(context.version, since))
  for (const [key, inner] of Object.entries(value)) {
    const field = fields.find(each => each.name === key)
    if (field) yield* checkField(context, field, inner, [...path, key])
    else yield { isError: false, tell: () => unknownKey(context, object, [...path, key]) }
  }
}

function* checkField(context: Context, field: Field, value: unknown, path: Path): Generator<Found> {
  if (value === null) return
  if (field.type === 'ObjectMeta') yield* checkObject(context, field.type, value, path)
  else if (isListType(field.type)) yield* checkList(context, LISTS[field.type], value, path)
  else if (field.type === 'strings') yield* checkStrings(context, value, path)
  else if (field.type === 'string map') yield* checkStringMap(context, value, path)
  else if (!isOfType(field.type, value)) yield wrong(context, path, WORDS[field.type], value)
}

const LISTS = {
  'PolicyRule[]': 'PolicyRule',
  'GroupResources[]': 'GroupResources',
  'OwnerReference[]': 'OwnerReference',
  'ManagedFieldsEntry[]': 'ManagedFieldsEntry'
} as const satisfies Partial<Record<FieldType, ObjectName>>

const isListType = (type: FieldType): type is keyof typeof LISTS => Object.hasOwn(LISTS, type)

type Simple = Exclude<FieldType, keyof typeof LISTS | 'ObjectMeta' | 'strings' | 'string map'>

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
  if (type === 'integer') return Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 63
  if (type === 'time') return typeof value === 'string' && TIME.test(value)
  return typeof value === type
}

function* checkList(context: Context, object: ObjectName, value: unknown, path: Path): Generator<Found> {
  if (!Array.isArray(value)) {
    yield wrong(context, path, 'a list', value, remedyForList(object, value))
    return
  }
  for (const [index, item] of value.entries()) {
    if (object === 'GroupResources' && typeof item === 'string')
      yield wrong(context, [...path, index], 'a mapping', item, remedyForWords(value))
    else yield* checkObject(context, object, item, [...path, index])
  }
}

function* checkStrings(context: Context, value: unknown, path: Path): Generator<Found> {
  if (!Array.isArray(value)) {
    yield wrong(context, path, 'a list of strings', value)
    return
  }
  for (const [index, item] of value.entries()) {
    if (item !== null && typeof item !== 'string') yield wrong(context, [...path, index], 'a string', item)
  }
}

function* checkStringMap(context: Context, value: unknown, path: Path): Generator<Found> {
  if (!isRecord(value)) {
    yield wrong(context, path, 'a mapping of strings', value)
    return
  }
  for (const [key, item] of Object.entries(value)) {
    if (item !== null && typeof item !== 'string') yield wrong(context, [...path, key], 'a string', item)
  }
}

const wrong = (...about: Parameters<typeof wrongType>): Found => ({ isError: true, tell: () => wrongType(...about) })

const remedyForList = (object: ObjectName, value: unknown): string | undefined => {
  if (isRecord(value)) return 'write a list: put a dash and a blank before its first key'
  return object === 'GroupResources' && typeof value === 'string' ? remedyForWords([value]) : undefined
}

const MOST_WORDS = 6

/** The entries that resources written as words are meant to be. */
const remedyForWords = (items: readonly unknown[]): string | undefined => {
  const words = items.filter(item => typeof item === 'string')
  if (words.length < items.length || words.length > MOST_WORDS)
    return 'write {group: GROUP, resources: [NAME]} for each'
  const groups = new Map<string, string[]>()
  for (const word of words) {
    const group = kindsCalled(splitResource(word).base)[0]?.group ?? ''
    groups.set(group, [...(groups.get(group) ?? []), word])
  }
  const entries = [...groups].map(
    ([group, own]) => `{group: "${group}", resources: [${own.map(word => JSON.stringify(word)).join(', ')}]}`
  )
  return `write resources: [${entries.join(', ')}]`
}

const wrongType = (context: Context, path: Path, wanted: string, value: unknown, remediation?: string): Finding => {
  const isLone = wanted === 'a list of strings' && typeof value === 'string'
  return faultAt(context.source, path, {
    severity: 'error',
    code: 'policy-wrong-type',
    message: `${formatPath(path) || 'the policy'} must be ${wanted}, found ${describe(value)}`,
    ...(remediation === undefined ? {} : { remediation }),
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

/** What the rule does for want of the fields that select no request. */
const EFFECTS: Readonly<Record<string, string>> = {
  level: ', and the level is not set by it',
  omitStages: ', and the rule omits no stages by it',
  omitManagedFields: ', and whether managed fields are logged is not set by it'
}

const effectOf = (key: string, meant: Suggestion): string => {
  if (meant.kind === 'unknown') return ', and the rule is as if it were not there'
  const field = meant.kind === 'misspelt' ? meant.field : key
  return (Object.hasOwn(EFFECTS, field) ? EFFECTS[field] : undefined) ?? ' and the rule then matches more'
}

const unknownKey = (context: Context, object: ObjectName, path: Path): Finding => {
  const key = String(path.at(-1))
  const meant = suggestField(object, key)
  const how = isAtLeast(context.version, STRICT_SINCE) ? 'with a warning' : 'without a word'
  const effect = object === 'PolicyRule' || object === 'GroupResources' ? effectOf(key, meant) : ''
  return faultAtKey(context.source, path, {
    severity: 'warning',
    code: 'policy-unknown-field',
    message: `unknown field ${formatPath(path)}: the API server drops it ${how}${effect}`,
    ...(meant.kind === 'misspelt' ? { remediation: `write ${meant.field} for ${key}` } : {}),
    ...(meant.kind === 'misplaced' ? { remediation: `move ${key} to ${meant.belongs}` } : {}),
    ...(meant.kind === 'unknown' ? { remediation: `take ${key} out` } : {})
  })
}
