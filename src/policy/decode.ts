import { isLevel, isStage } from '../audit/level.ts'
import { isAtLeast, type KubernetesVersion } from '../audit/version.ts'
import { AuditError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { type GoValue, goValueOf } from '../text/go-value.ts'
import { isRecord, listAt, stringAt, type Unknown } from '../text/guard.ts'
import { parseSource, positionAt, type Source } from '../text/source.ts'
import { formatPath, type Path } from '../text/locate.ts'
import { faultAtKey, lineOfMapping } from './fault.ts'
import { checkHeader } from './header.ts'
import type { DraftPolicy, DraftRule, GroupResources, Policy, Rule } from './policy.ts'
import { checkShape, STRICT_SINCE } from './shape.ts'
import { validatePolicy } from './validate.ts'

/** A policy that an API server would accept, or null, with everything there is to say about its text. */
export interface DecodedPolicy {
  readonly policy: Policy | null
  /** True where the server would warn of unknown or doubled keys and decode again without minding them. */
  readonly lenient: boolean
  readonly findings: readonly Finding[]
}

/** Decodes a policy as the API server of a version does. Never throws for what a text may hold. */
export const decodePolicy = (text: string, file: string, version: KubernetesVersion): DecodedPolicy => {
  const parsed = parse(text, file)
  if ('code' in parsed) return { policy: null, lenient: false, findings: [parsed] }
  const { source, value, duplicates } = parsed
  const header = checkHeader(source, value, version)
  const keys = [...duplicates.map(path => doubledKey(source, path)), ...checkShape(source, value, version)]
  const shape = [...header, ...keys]
  if (!isRecord(value) || shape.some(isError)) return { policy: null, lenient: false, findings: shape }
  const lenient = isAtLeast(version, STRICT_SINCE) && keys.length > 0
  const draft = draftOf(source, value)
  const findings = [...shape, ...validatePolicy(source, draft, version)]
  return { policy: findings.some(isError) ? null : accept(draft), lenient, findings }
}

const isError = (finding: Finding): boolean => finding.severity === 'error'

const doubledKey = (source: Source, path: Path): Finding =>
  faultAtKey(source, path, {
    severity: 'warning',
    code: 'policy-duplicate-key',
    message: `${formatPath(path)} stands twice: the API server takes the last and warns`,
    remediation: 'take the others out'
  })

const parse = (text: string, file: string): ({ source: Source } & GoValue) | Finding => {
  try {
    const json = checkJson(text, file)
    if (json) return json
    const source = parseSource(text, file, 'kubernetes', 'accept')
    return { source, ...goValueOf(source) }
  } catch (error) {
    if (!(error instanceof AuditError) || error.code === 'IMPOSSIBLE') throw error
    return {
      code: `policy-${error.code.toLowerCase().replaceAll('_', '-')}`,
      severity: 'error',
      message: error.message,
      file,
      ...(error.position ?? { line: 1, column: 1 })
    }
  }
}

// a text that begins with a brace goes to the JSON decoder alone: apimachinery serializer/recognizer, IsJSONBuffer
const checkJson = (text: string, file: string): Finding | undefined => {
  if (!/^\s*\{/.test(text) || text.startsWith('\uFEFF')) return undefined
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    const why = error instanceof Error ? error.message : ''
    const offset = Number(/at position (\d+)/.exec(why)?.[1] ?? 0)
    return {
      code: 'policy-broken-json',
      severity: 'error',
      message: 'a text that begins with { is read as JSON and is none',
      file,
      ...positionAt(text, offset),
      remediation: 'write JSON, or YAML in block style'
    }
  }
}

const stringsAt = (value: Unknown, key: string): string[] =>
  listAt(value, key).map(item => (typeof item === 'string' ? item : ''))

const booleanAt = (value: Unknown, key: string): boolean | null =>
  Object.hasOwn(value, key) && typeof value[key] === 'boolean' ? value[key] : null

const draftOf = (source: Source, value: Unknown): DraftPolicy => ({
  rules: listAt(value, 'rules').map((rule, index) =>
    draftRule(isRecord(rule) ? rule : {}, lineOfMapping(source, ['rules', index]))
  ),
  omitStages: stringsAt(value, 'omitStages'),
  omitManagedFields: booleanAt(value, 'omitManagedFields') ?? false
})

const draftRule = (rule: Unknown, line: number): DraftRule => ({
  line,
  level: stringAt(rule, 'level') ?? '',
  users: stringsAt(rule, 'users'),
  userGroups: stringsAt(rule, 'userGroups'),
  verbs: stringsAt(rule, 'verbs'),
  resources: listAt(rule, 'resources').map(entry => groupResources(isRecord(entry) ? entry : {})),
  namespaces: stringsAt(rule, 'namespaces'),
  nonResourceURLs: stringsAt(rule, 'nonResourceURLs'),
  omitStages: stringsAt(rule, 'omitStages'),
  omitManagedFields: booleanAt(rule, 'omitManagedFields')
})

const groupResources = (entry: Unknown): GroupResources => ({
  group: stringAt(entry, 'group') ?? '',
  resources: stringsAt(entry, 'resources'),
  resourceNames: stringsAt(entry, 'resourceNames')
})

const accept = (draft: DraftPolicy): Policy => ({
  ...draft,
  rules: draft.rules.flatMap(acceptRule),
  omitStages: draft.omitStages.filter(isStage)
})

const acceptRule = ({ level, omitStages, ...rest }: DraftRule): Rule[] =>
  isLevel(level) ? [{ ...rest, level, omitStages: omitStages.filter(isStage) }] : []
