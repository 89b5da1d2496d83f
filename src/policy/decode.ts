import { isLevel, isStage } from '../audit/level.ts'
import { isAtLeast, type KubernetesVersion } from '../audit/version.ts'
import { AuditError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { goJsonOf } from '../text/go-json.ts'
import { type GoSource, parseGoPlaces, parseGoSource } from '../text/go-source.ts'
import { type GoValue, goValueOf } from '../text/go-value.ts'
import { isRecord, listAt, stringAt, type Unknown } from '../text/guard.ts'
import { positionAt } from '../text/source.ts'
import { findTemplates, type Template } from '../text/template.ts'
import { formatPath, type Path } from '../text/locate.ts'
import { faultAtKey, mappingLines } from './fault.ts'
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
  /** The text with its offsets; null where it cannot be read. */
  readonly source: GoSource | null
}

/** Decodes a policy as the API server of a version does. Never throws for what a text may hold. */
export const decodePolicy = (text: string, file: string, version: KubernetesVersion): DecodedPolicy => {
  const parsed = text.length > MOST ? tooLarge(text, file) : parse(text, file)
  if ('code' in parsed) return { policy: null, lenient: false, findings: [parsed], source: null }
  const { source, value, duplicates } = parsed
  const header = checkHeader(source, value, version, isJson(text))
  const doubled = duplicates.slice(0, ENOUGH).map(path => doubledKey(source, path))
  const keys = [...doubled, ...checkShape(source, value, version)]
  const shape = [...header, ...keys]
  if (!isRecord(value)) return { policy: null, lenient: false, findings: shape, source }
  const draft = draftOf(value, mappingLines(source))
  const faults = validatePolicy(source, draft, version)
  if (shape.some(isError)) {
    return { policy: null, lenient: false, findings: [...shape, ...faultsBeside(shape, faults)], source }
  }
  const lenient = isAtLeast(version, STRICT_SINCE) && keys.length > 0
  const findings = [...shape, ...faults]
  return { policy: findings.some(isError) ? null : accept(draft), lenient, findings, source }
}

/** The largest policy that is judged, in characters: the server has no limit, and no policy of any use comes near. */
const MOST = 512 * 1024

/** Whether a policy is not judged for what is found: it is too large or nested too deeply for us, and the server may read it. */
export const isNotJudged = ({ code }: Finding): boolean => code === 'policy-too-large' || code === 'policy-too-deep'

/** What is said of a policy that was not accepted, by what was found. */
export const rejectionOf = (findings: readonly Finding[]): string =>
  findings.some(isNotJudged) ? 'it was not judged' : 'kube-apiserver would not start with it'

/** How many faults of a kind are told, as none reads more. */
const ENOUGH = 100

const tooLarge = (text: string, file: string): Finding => ({
  code: 'policy-too-large',
  severity: 'error',
  message: `the policy has ${text.length} characters; one of more than ${MOST} is not judged`,
  remediation: 'make do with fewer rules: kube-apiserver asks them one by one at every request',
  ...{ file, line: 1, column: 1 }
})

const isError = (finding: Finding): boolean => finding.severity === 'error'

/** What validation says of the parts of a policy that could be decoded: the server would say it next. */
const faultsBeside = (shape: readonly Finding[], faults: readonly Finding[]): Finding[] => {
  const broken = new Set(shape.filter(isError).map(partOf))
  return faults.filter(each => each.code !== 'policy-no-rules' && !broken.has(partOf(each)))
}

const partOf = ({ field = '' }: Finding): string => /^(?:rules\[\d+\]|[^.[]*)/.exec(field)?.[0] ?? ''

const doubledKey = (source: GoSource, path: Path): Finding =>
  faultAtKey(source, path, {
    severity: 'warning',
    code: 'policy-duplicate-key',
    message: `${formatPath(path)} stands twice: the API server takes the last and warns`,
    remediation: 'take the others out'
  })

const parse = (text: string, file: string): ({ source: GoSource } & GoValue) | Finding => {
  try {
    return isJson(text) ? parseJson(text, file) : parseYaml(text, file)
  } catch (error) {
    if (!(error instanceof AuditError) || error.code === 'IMPOSSIBLE') throw error
    const [template] = findTemplates(text)
    if (template) return templateFound(text, file, template)
    return {
      code: `policy-${error.code.toLowerCase().replaceAll('_', '-')}`,
      severity: 'error',
      message: error.message,
      file,
      ...(error.position ?? { line: 1, column: 1 }),
      ...(isTabFault(text, error) ? { remediation: 'write spaces for the tab: YAML is indented by spaces alone' } : {})
    }
  }
}

const isTabFault = (text: string, { message, position }: AuditError): boolean =>
  message.includes('a tab ') || /^ *\t/.test(text.split(/\r?\n/)[(position?.line ?? 1) - 1] ?? '')

// that it is no YAML is not what its writer has to hear
const templateFound = (text: string, file: string, { text: found, offset }: Template): Finding => ({
  code: 'policy-template',
  severity: 'error',
  message: `a template, not a policy: found ${found}`,
  file,
  ...positionAt(text, offset)
})

const parseYaml = (text: string, file: string): { source: GoSource } & GoValue => {
  const source = parseGoSource(text, file)
  return { source, ...goValueOf(source.root, text, file) }
}

// a text that begins with a brace goes to the JSON decoder alone: apimachinery serializer/recognizer, IsJSONBuffer
const isJson = (text: string): boolean => /^\s*\{/.test(text) && !text.startsWith('\uFEFF')

const parseJson = (text: string, file: string): ({ source: GoSource } & GoValue) | Finding => {
  const value = valueOfJson(text)
  if (value === undefined) return brokenJson(text, file)
  const source = parseGoPlaces(text, file)
  return source.root ? { source, ...goJsonOf(source.root, file) } : { source, value, duplicates: [] }
}

const valueOfJson = (text: string): unknown => {
  try {
    return JSON.parse(text, (_, value: unknown) => (typeof value === 'string' ? wellFormed(value) : value))
  } catch {
    return undefined
  }
}

// encoding/json: half of a surrogate pair is no character
const wellFormed = (text: string): string =>
  text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')

const brokenJson = (text: string, file: string): Finding => ({
  code: 'policy-broken-json',
  severity: 'error',
  message: 'a text that begins with { is read as JSON and is none',
  file,
  ...positionAt(text, brokenAt(text)),
  remediation: 'write JSON, or YAML in block style'
})

const brokenAt = (text: string): number => {
  try {
    JSON.parse(text)
    return 0
  } catch (error) {
    return Number(/at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1] ?? 0)
  }
}

const stringsAt = (value: Unknown, key: string): string[] =>
  listAt(value, key).map(item => (typeof item === 'string' ? item : ''))

const booleanAt = (value: Unknown, key: string): boolean | null =>
  Object.hasOwn(value, key) && typeof value[key] === 'boolean' ? value[key] : null

const draftOf = (value: Unknown, lineOf: (path: Path) => number): DraftPolicy => ({
  rules: listAt(value, 'rules').map((rule, index) => draftRule(isRecord(rule) ? rule : {}, lineOf(['rules', index]))),
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
