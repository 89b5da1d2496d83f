import { distance } from '../text/nearest.ts'
import { type KubernetesVersion, isAtLeast } from './version.ts'

export type FlagType = 'string' | 'path' | 'int' | 'float' | 'bool' | 'duration' | 'choice'
export type Backend = 'policy' | 'log' | 'webhook'

/**
 * When a backend is on, kube-apiserver refuses to start unless the value is so: `positive` > 0, `not-negative` >= 0.
 * `in-batch` rules hold in batch mode only, `if-throttled` ones in batch mode with throttling.
 */
export type ValueRule = 'positive' | 'not-negative' | 'positive-in-batch' | 'positive-if-throttled' | 'choice'

interface FlagSpec {
  readonly name: `audit-${string}`
  readonly backend: Backend
  readonly type: FlagType
  readonly default: string
  readonly doc: string
  readonly rule?: ValueRule
  readonly choices?: readonly string[]
  /** The minor release of major 1 that has the flag first, and the first that has it no more. */
  readonly since?: number
  readonly until?: number
  /** The default before a minor release. */
  readonly earlier?: { readonly before: number; readonly default: string }
  /** Another name of the same variable: of the two, the one further back on the command line wins. */
  readonly aliasOf?: `audit-${string}`
  /** The option of this tool, without dashes, that sets the flag. */
  readonly option?: string
}

const MODES = ['batch', 'blocking', 'blocking-strict'] as const

// https://github.com/kubernetes/kubernetes/blob/v1.36.0/staging/src/k8s.io/apiserver/pkg/server/options/audit.go
// compared with the same file of every minor from 1.29; rows with `since` or `until` from older changelogs
// prettier-ignore
export const AUDIT_FLAGS = [
  { name: 'audit-policy-file', backend: 'policy', type: 'path', default: '', option: 'policy-path', doc: 'file that holds the audit policy' },
  { name: 'audit-log-path', backend: 'log', type: 'path', default: '', option: 'log-path', doc: 'file that events are written to; - is standard output' },
  { name: 'audit-log-maxage', backend: 'log', type: 'int', default: '366', earlier: { before: 36, default: '0' }, rule: 'not-negative', option: 'log-maxage', doc: 'days that rotated files are kept; 0 for ever' },
  { name: 'audit-log-maxbackup', backend: 'log', type: 'int', default: '100', earlier: { before: 36, default: '0' }, rule: 'not-negative', option: 'log-maxbackup', doc: 'rotated files that are kept; 0 all' },
  { name: 'audit-log-maxsize', backend: 'log', type: 'int', default: '100', earlier: { before: 36, default: '0' }, rule: 'not-negative', option: 'log-maxsize', doc: 'MiB at which the file is rotated; 0 never (before 1.36: 100)' },
  { name: 'audit-log-compress', backend: 'log', type: 'bool', default: 'false', since: 20, option: 'log-compress', doc: 'compress rotated files with gzip' },
  { name: 'audit-log-format', backend: 'log', type: 'choice', default: 'json', rule: 'choice', choices: ['json', 'legacy'], option: 'log-format', doc: 'one JSON object or one line of text an event' },
  { name: 'audit-log-version', backend: 'log', type: 'string', default: 'audit.k8s.io/v1', doc: 'API group and version of written events' },
  { name: 'audit-log-mode', backend: 'log', type: 'choice', default: 'blocking', rule: 'choice', choices: MODES, option: 'log-mode', doc: 'whether requests wait until their event is written' },
  { name: 'audit-log-batch-buffer-size', backend: 'log', type: 'int', default: '10000', rule: 'positive-in-batch', doc: 'events buffered before batching' },
  { name: 'audit-log-batch-max-size', backend: 'log', type: 'int', default: '1', rule: 'positive-in-batch', doc: 'largest batch' },
  { name: 'audit-log-batch-max-wait', backend: 'log', type: 'duration', default: '0s', doc: 'longest wait for a batch to fill' },
  { name: 'audit-log-batch-throttle-enable', backend: 'log', type: 'bool', default: 'false', doc: 'limit batches per second' },
  { name: 'audit-log-batch-throttle-qps', backend: 'log', type: 'float', default: '0', rule: 'positive-if-throttled', doc: 'batches per second' },
  { name: 'audit-log-batch-throttle-burst', backend: 'log', type: 'int', default: '0', rule: 'positive-if-throttled', doc: 'batches at once after a pause' },
  { name: 'audit-log-truncate-enabled', backend: 'log', type: 'bool', default: 'false', doc: 'cut large events and batches' },
  { name: 'audit-log-truncate-max-batch-size', backend: 'log', type: 'int', default: '10485760', rule: 'positive', doc: 'largest batch in bytes; not below the largest event' },
  { name: 'audit-log-truncate-max-event-size', backend: 'log', type: 'int', default: '102400', rule: 'positive', doc: 'largest event in bytes' },
  { name: 'audit-webhook-config-file', backend: 'webhook', type: 'path', default: '', option: 'webhook-path', doc: 'kubeconfig of the server that events are sent to' },
  { name: 'audit-webhook-initial-backoff', backend: 'webhook', type: 'duration', default: '10s', option: 'webhook-initial-backoff', doc: 'wait before the first retry' },
  { name: 'audit-webhook-batch-initial-backoff', backend: 'webhook', type: 'duration', default: '10s', aliasOf: 'audit-webhook-initial-backoff', doc: 'old name of audit-webhook-initial-backoff' },
  { name: 'audit-webhook-version', backend: 'webhook', type: 'string', default: 'audit.k8s.io/v1', doc: 'API group and version of sent events' },
  { name: 'audit-webhook-mode', backend: 'webhook', type: 'choice', default: 'batch', rule: 'choice', choices: MODES, option: 'webhook-mode', doc: 'whether requests wait until their event is sent' },
  { name: 'audit-webhook-batch-buffer-size', backend: 'webhook', type: 'int', default: '10000', rule: 'positive-in-batch', doc: 'events buffered before batching' },
  { name: 'audit-webhook-batch-max-size', backend: 'webhook', type: 'int', default: '400', rule: 'positive-in-batch', doc: 'largest batch' },
  { name: 'audit-webhook-batch-max-wait', backend: 'webhook', type: 'duration', default: '30s', doc: 'longest wait for a batch to fill' },
  { name: 'audit-webhook-batch-throttle-enable', backend: 'webhook', type: 'bool', default: 'true', doc: 'limit batches per second' },
  { name: 'audit-webhook-batch-throttle-qps', backend: 'webhook', type: 'float', default: '10', rule: 'positive-if-throttled', doc: 'batches per second' },
  { name: 'audit-webhook-batch-throttle-burst', backend: 'webhook', type: 'int', default: '15', rule: 'positive-if-throttled', doc: 'batches at once after a pause' },
  { name: 'audit-webhook-truncate-enabled', backend: 'webhook', type: 'bool', default: 'false', doc: 'cut large events and batches' },
  { name: 'audit-webhook-truncate-max-batch-size', backend: 'webhook', type: 'int', default: '10485760', rule: 'positive', doc: 'largest batch in bytes; not below the largest event' },
  { name: 'audit-webhook-truncate-max-event-size', backend: 'webhook', type: 'int', default: '102400', rule: 'positive', doc: 'largest event in bytes' },
  { name: 'audit-dynamic-configuration', backend: 'policy', type: 'bool', default: 'false', until: 19, doc: 'audit sinks as API objects' }
] as const satisfies readonly FlagSpec[]

export type AuditFlagName = (typeof AUDIT_FLAGS)[number]['name']
export type AuditFlag = Omit<FlagSpec, 'name' | 'aliasOf'> & {
  readonly name: AuditFlagName
  readonly aliasOf?: AuditFlagName
}

/** The rows of the table under one type. */
export const auditFlags: readonly AuditFlag[] = AUDIT_FLAGS

/** The row of a flag; `_` counts as `-` in names, as kube-apiserver normalises them. */
export const auditFlag = (name: string): AuditFlag | undefined => BY_NAME.get(normaliseFlag(name))

const BY_NAME: ReadonlyMap<string, AuditFlag> = new Map(auditFlags.map(flag => [flag.name, flag]))

/** `audit_log_path` and `audit-log-path` are one flag: component-base WordSepNormalizeFunc. */
export const normaliseFlag = (name: string): string => name.replaceAll('_', '-')

/** True when a release knows a flag. */
export const isKnownIn = (flag: AuditFlag, version: KubernetesVersion): boolean =>
  (flag.since === undefined || isAtLeast(version, flag.since)) &&
  (flag.until === undefined || !isAtLeast(version, flag.until))

/** What a flag is worth in a release when it is not given. */
export const defaultOf = (flag: AuditFlag, version: KubernetesVersion): string =>
  flag.earlier && !isAtLeast(version, flag.earlier.before) ? flag.earlier.default : flag.default

const FARTHEST = 3

/** The known flag whose name is nearest to a misspelt one, when it is near enough to be meant. */
export const nearestFlag = (name: string): AuditFlagName | undefined => {
  const normal = normaliseFlag(name)
  const ranked = auditFlags
    .map(flag => ({ name: flag.name, away: distance(normal, flag.name, FARTHEST) }))
    .sort((a, b) => a.away - b.away)
  const best = ranked[0]
  if (best && best.away <= FARTHEST) return best.name
  // one that was cut off
  const longer = auditFlags.filter(flag => flag.name.startsWith(`${normal}-`))
  return longer.length === 1 ? longer[0]?.name : undefined
}
