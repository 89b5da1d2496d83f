import { checkKubeconfig } from '../audit/check-kubeconfig.ts'
import type { AuditFlagName } from '../audit/flags.ts'
import { shown } from '../audit/kubeconfig-keys.ts'
import { largestLog, rotationOf } from '../audit/rotation.ts'
import { formatVersion, type KubernetesVersion, NEWEST } from '../audit/version.ts'
import { runChecks } from '../checks/run.ts'
import { CHECKS } from '../checks/table.ts'
import { AuditError } from '../errors.ts'
import type { NodeFacts } from '../facts/node.ts'
import { textAt } from '../facts/path-fact.ts'
import type { LogStatus, Status } from '../facts/status.ts'
import { type Finding, sortFindings } from '../finding.ts'
import { auditPaths } from '../plan/audit-paths.ts'
import { currentFlags } from '../plan/flag-faults.ts'
import { decodePolicy } from '../policy/decode.ts'
import { startFaults } from '../startup/judge.ts'

/** A node's status, from its facts. Throws the error for which the manifest cannot be read. */
export const statusOf = (facts: NodeFacts): Status => {
  const { pod, path, error } = facts.manifest
  if (!pod) throw withNext(error, facts)
  const flags = currentFlags(pod)
  const version = pod.version ?? NEWEST
  const [server] = facts.servers
  const written = Math.max(facts.log?.growth?.last ?? 0, facts.log?.modified ?? 0)
  return {
    manifest: path,
    version: pod.version ? formatVersion(pod.version) : null,
    configured:
      flags.has('audit-policy-file') && (flags.has('audit-log-path') || flags.has('audit-webhook-config-file')),
    proven: server && facts.log ? facts.log.size !== null && facts.log.size > 0 && written >= server.started : null,
    flags: Object.fromEntries(flags),
    policy: policyStatus(facts, flags, version),
    log: logStatus(facts, flags, version),
    webhook: webhookStatus(facts, flags),
    running: server
      ? {
          pid: server.pid,
          since: new Date(server.started).toISOString(),
          matches: server.matches,
          healthy: facts.isHealthy === true
        }
      : null,
    kubelet: facts.kubelet.pid !== null,
    backups: facts.backups.length,
    newestBackup: facts.backups[0]?.id ?? null,
    lastRun: facts.lastRun && { time: facts.lastRun.time, command: facts.lastRun.command, exit: facts.lastRun.exit },
    interrupted: facts.interrupted,
    atWork: facts.atWork,
    findings: graveFindings(facts, version)
  }
}

// a manifest that cannot be read on a node that has others
const withNext = (error: AuditError | null, { entries }: NodeFacts): AuditError => {
  if (!error) return new AuditError('IMPOSSIBLE', 'a manifest without a pod or an error')
  if (entries === null || entries.length === 0 || error.code === 'OTHER_DISTRIBUTION') return error
  const { code, message, path, position, findings } = error
  const next = 'auditpatch check shows what is wrong, auditpatch explain-failure why kube-apiserver is down'
  return new AuditError(code, message, { path, position, findings, next, cause: error })
}

// lint takes longer than all else, and has a command of its own
const graveFindings = (facts: NodeFacts, version: KubernetesVersion): Finding[] =>
  sortFindings(
    runChecks(
      facts,
      version,
      startFaults(facts, version),
      CHECKS.filter(({ id }) => id !== 'policy-lint')
    )
      .flatMap(({ findings }) => findings)
      .filter(({ severity }) => severity !== 'info')
  )

const hostOf = ({ manifest: { pod } }: NodeFacts, role: 'policy' | 'log' | 'webhook') =>
  pod ? auditPaths(pod).find(each => each.role === role)?.resolved?.host : undefined

type Flags = ReadonlyMap<AuditFlagName, string>

const policyStatus = (facts: NodeFacts, flags: Flags, version: KubernetesVersion): Status['policy'] => {
  const path = flags.get('audit-policy-file')
  if (path === undefined) return null
  const host = hostOf(facts, 'policy')
  const text = textAt(facts.paths, host)
  const policy = text === undefined ? null : decodePolicy(text, host ?? path, version).policy
  return { path, host: host ?? null, rules: policy?.rules.length ?? null }
}

const webhookStatus = (facts: NodeFacts, flags: Flags): Status['webhook'] => {
  const path = flags.get('audit-webhook-config-file')
  if (path === undefined) return null
  const host = hostOf(facts, 'webhook')
  const text = textAt(facts.paths, host)
  const server = text === undefined ? null : checkKubeconfig(text, host ?? path).server
  return { path, host: host ?? null, server: server === null ? null : shown('url', server) }
}

const logStatus = (facts: NodeFacts, flags: Flags, version: KubernetesVersion): LogStatus | null => {
  const path = flags.get('audit-log-path')
  if (path === undefined) return null
  const { log } = facts
  const rotation = rotationOf(flags, version)
  const largest = largestLog(rotation)
  const growth = log?.growth
  return {
    path,
    host: log?.path ?? null,
    size: log?.size ?? null,
    rotated: log?.rotated.count ?? 0,
    written: log && log.size !== null ? new Date(log.modified).toISOString() : null,
    rotation,
    growth: growth
      ? {
          since: new Date(growth.first).toISOString(),
          until: new Date(growth.last).toISOString(),
          eventsPerSecond: growth.eventsPerSecond,
          bytesPerDay: growth.bytesPerDay,
          historyDays: largest === undefined ? null : largest / growth.bytesPerDay
        }
      : null,
    freeBytes: log?.free ?? null
  }
}
