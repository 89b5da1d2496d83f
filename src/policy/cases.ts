import { askedRequest, isRequest, REQUEST_KEYS } from '../audit/asked-request.ts'
import { isLevel, isStage, type Level, LEVELS, type Stage, STAGES } from '../audit/level.ts'
import type { Request } from '../audit/request.ts'
import { AuditError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { type GoSource, parseGoSource } from '../text/go-source.ts'
import { goValueOf } from '../text/go-value.ts'
import { isRecord, type Unknown } from '../text/guard.ts'
import { formatPath, type Path } from '../text/locate.ts'
import { errorFinding } from '../error-finding.ts'
import { faultAt, faultAtKey, mappingLines } from './fault.ts'
import { nearestWord } from '../text/nearest.ts'

/** A request and what a policy should do with it; what is undefined may be as it likes. */
export interface Case {
  /** The 1-based line of the case's first key. */
  readonly line: number
  readonly description: string | undefined
  readonly request: Request
  readonly level: Level
  /** The 0-based index of the rule that should decide, null where none should. */
  readonly rule: number | null | undefined
  readonly stages: readonly Stage[] | undefined
}

/** The cases of a file that can be used, and everything that is wrong with the others. */
export interface ReadCases {
  readonly cases: readonly Case[]
  readonly findings: readonly Finding[]
}

const EXPECTED_KEYS = ['level', 'rule', 'stages', 'description'] as const
const KEYS: readonly string[] = [...REQUEST_KEYS, ...EXPECTED_KEYS]

/** Reads a list of cases in YAML or JSON. Never throws for what a text may hold. */
export const readCases = (text: string, file: string): ReadCases => {
  try {
    if (text.length > MOST)
      throw new AuditError('TOO_LARGE', `${file} has ${text.length} characters; at most ${MOST} are read`)
    const source = parseGoSource(text, file)
    const { value, duplicates } = goValueOf(source.root, text, file)
    if (Array.isArray(value) && value.length > MOST_CASES)
      throw new AuditError('TOO_LARGE', `${file} has ${value.length} cases; at most ${MOST_CASES} are tried`)
    if (!Array.isArray(value) || value.length === 0) return { cases: [], findings: [noCases(source)] }
    const doubled = duplicates.slice(0, ENOUGH).map(path => doubledKey(source, path))
    const { cases, findings } = readList(source, value)
    return { cases, findings: [...doubled, ...findings] }
  } catch (error) {
    if (!(error instanceof AuditError) || error.code === 'IMPOSSIBLE') throw error
    return { cases: [], findings: [errorFinding(error, 'cases', file)] }
  }
}

const readList = (source: GoSource, list: readonly unknown[]): ReadCases => {
  const lineAt = mappingLines(source)
  const cases: Case[] = []
  const findings: Finding[] = []
  for (const [index, item] of list.entries()) {
    const read = readCase(source, item, index, lineAt([index]))
    cases.push(...read.cases)
    findings.push(...read.findings)
    if (findings.length >= ENOUGH) break
  }
  return { cases, findings: findings.slice(0, ENOUGH) }
}

/** How many faults are told, as none reads more. */
const ENOUGH = 100

/** The largest file that is read, in characters. */
const MOST = 512 * 1024

/** A few aliases may stand for millions. */
const MOST_CASES = 20_000

const noCases = (source: GoSource): Finding =>
  faultAt(source, [], {
    severity: 'error',
    code: 'cases-none',
    message: 'a list of requests is wanted',
    remediation: 'write - {verb: get, resource: secrets, level: Metadata}'
  })

const readCase = (source: GoSource, item: unknown, index: number, line: number): ReadCases => {
  if (!isRecord(item)) return { cases: [], findings: [report(source, [index], 'a mapping is wanted')] }
  const request = askedRequest(withDefaults(item))
  const unknown = Object.keys(item)
    .filter(key => !KEYS.includes(key))
    .slice(0, ENOUGH)
  const findings = [
    ...unknown.map(key => unknownKey(source, [index, key], key)),
    ...(isRequest(request)
      ? emptyFault(source, request, index)
      : [report(source, [index, request.key], request.message)]),
    ...expectationFaults(source, item, index)
  ]
  const { level, rule, stages, description } = item
  if (findings.length > 0 || !isRequest(request) || typeof level !== 'string' || !isLevel(level)) {
    return { cases: [], findings }
  }
  const read: Case = {
    line,
    description: typeof description === 'string' ? description : undefined,
    request,
    level,
    rule: typeof rule === 'number' || rule === null ? rule : undefined,
    stages: isStages(stages) ? STAGES.filter(stage => stages.includes(stage)) : undefined
  }
  return { cases: [read], findings }
}

// what a hand writes: the verb of most requests may be left out, and a subresource stands behind its resource
const withDefaults = (item: Unknown): Unknown => {
  const [, resource, subresource] = /^([^/]+)\/(.+)$/.exec(String(item.resource ?? '')) ?? []
  const isWhole = resource !== undefined && typeof item.resource === 'string' && !('subresource' in item)
  return { verb: 'get', ...item, ...(isWhole ? { resource, subresource } : {}) }
}

const emptyFault = (source: GoSource, { resource, path }: Request, index: number): Finding[] =>
  resource === '' && path === '' ? [report(source, [index], 'a resource or a path is wanted')] : []

const isStages = (value: unknown): value is Stage[] =>
  Array.isArray(value) && value.every(item => typeof item === 'string' && isStage(item))

const expectationFaults = (source: GoSource, item: Unknown, index: number): Finding[] => {
  const { level, rule, stages, description } = item
  const isFineRule =
    rule === undefined || rule === null || (typeof rule === 'number' && Number.isInteger(rule) && rule >= 0)
  const faults: [key: string, isFine: boolean, message: string][] = [
    ['level', typeof level === 'string' && isLevel(level), `level: one of ${LEVELS.join(', ')} is wanted`],
    ['rule', isFineRule, 'rule: the number of a rule is wanted, 0 for the first, or null for none'],
    ['stages', stages === undefined || isStages(stages), `stages: a list of ${STAGES.join(', ')} is wanted`],
    ['description', ['undefined', 'string'].includes(typeof description), 'description: a text is wanted']
  ]
  return faults.flatMap(([key, isFine, message]) => (isFine ? [] : [report(source, [index, key], message)]))
}

const doubledKey = (source: GoSource, path: Path): Finding =>
  faultAtKey(source, path, {
    severity: 'error',
    code: 'cases-duplicate-key',
    message: `${formatPath(path)} stands twice`,
    remediation: 'take the others out'
  })

const report = (source: GoSource, path: Path, message: string): Finding =>
  faultAt(source, path, { severity: 'error', code: 'cases-wrong-value', message })

const unknownKey = (source: GoSource, path: Path, key: string): Finding => {
  const near = nearestWord(key, KEYS)
  return faultAtKey(source, path, {
    severity: 'error',
    code: 'cases-unknown-key',
    message: `there is no key ${JSON.stringify(key)} in a case`,
    remediation: near === undefined ? `there are ${KEYS.join(', ')}` : `write ${near} for ${key}`
  })
}
