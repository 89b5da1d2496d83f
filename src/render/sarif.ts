import { type Finding, SEVERITIES, type Severity } from '../finding.ts'

/** What is known of a kind of finding besides its code. */
export interface FindingKind {
  readonly code: string
  readonly severity: Severity
  /** Why it matters. */
  readonly why: string
  /** What it stands for elsewhere, as the items of a benchmark. */
  readonly tags?: readonly string[]
}

const LEVELS = { error: 'error', warning: 'warning', info: 'note' } as const satisfies Record<Severity, string>

/** Findings in the Static Analysis Results Interchange Format, version 2.1.0; `subject` tells runs of one kind apart, as a node's name does. */
export const sarifOf = (
  findings: readonly Finding[],
  kinds: readonly FindingKind[],
  version: string,
  subject?: string
): Record<string, unknown> => {
  const codes = [...new Set(findings.map(({ code }) => code))].sort()
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'auditpatch', version, rules: codes.map(code => ruleOf(code, findings, kinds)) } },
        ...(subject === undefined ? {} : { automationDetails: { id: `auditpatch/${subject}/` } }),
        columnKind: 'utf16CodeUnits',
        results: findings.map(finding => ({ ...resultOf(finding), ruleIndex: codes.indexOf(finding.code) }))
      }
    ]
  }
}

const ruleOf = (code: string, findings: readonly Finding[], kinds: readonly FindingKind[]): Record<string, unknown> => {
  const kind = kinds.find(each => each.code === code)
  const gravest = SEVERITIES.find(severity => findings.some(each => each.code === code && each.severity === severity))
  const severity = kind?.severity ?? gravest ?? 'warning'
  return {
    id: code,
    shortDescription: { text: words(code) },
    ...(kind ? { fullDescription: { text: sentence(kind.why) } } : {}),
    defaultConfiguration: { level: LEVELS[severity] },
    ...(kind?.tags ? { properties: { tags: kind.tags } } : {})
  }
}

const words = (code: string): string => sentence(code.replaceAll('-', ' '))
const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`

const resultOf = (finding: Finding): Record<string, unknown> => {
  const { code, severity, message, file, line, column, field, remediation } = finding
  const region =
    line === undefined ? {} : { region: { startLine: line, ...(column === undefined ? {} : { startColumn: column }) } }
  return {
    ruleId: code,
    level: LEVELS[severity],
    message: { text: remediation === undefined ? message : `${message}. Fix: ${remediation}` },
    ...(file === undefined
      ? {}
      : { locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(file) }, ...region } }] }),
    ...(field === undefined ? {} : { properties: { field } })
  }
}

const uriOf = (file: string): string => {
  const path = encodeURI(Buffer.from(file).toString()).replaceAll('#', '%23').replaceAll('?', '%3F')
  // what has no place among files must not look like one
  if (file === 'standard input') return 'urn:auditpatch:standard-input'
  if (file.startsWith('/')) return `file://${path}`
  // the first step of a relative reference must not look like a scheme
  return /^[^/]*:/.test(path) && !file.startsWith('template:') ? `./${path}` : path
}
