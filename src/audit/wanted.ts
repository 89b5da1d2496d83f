import { AuditError } from '../errors.ts'
import { type ContainerPath, containerPath, covers, type HostPath, hostPath, join, nameOf, parentOf } from '../paths.ts'
import { type AuditFlagName, auditFlags, isKnownIn } from './flags.ts'
import { protectedPath } from './protected-paths.ts'
import type { KubernetesVersion } from './version.ts'

/** What a user asked for; an absent key means that nothing was said about it. */
export interface AuditSettings {
  readonly policyPath?: HostPath
  readonly containerPolicyPath?: ContainerPath
  /** `-` is standard output, `none` no log backend. */
  readonly logPath?: HostPath | '-' | 'none'
  readonly containerLogPath?: ContainerPath
  readonly webhookPath?: HostPath
  /** True when a kubeconfig is to be installed at `webhookPath`. */
  readonly installWebhook?: boolean
  /** Values for flags that are no paths. */
  readonly flags: ReadonlyMap<AuditFlagName, string>
}

export const DEFAULT_POLICY_PATH = hostPath('/etc/kubernetes/audit/policy.yaml')
export const DEFAULT_WEBHOOK_PATH = hostPath('/etc/kubernetes/audit/webhook.yaml')
export const DEFAULT_LOG_PATH = hostPath('/var/log/kubernetes/audit/audit.log')

/** Rotation for a log file, where neither the user nor the manifest says otherwise: what the CIS benchmark asks for. */
export const DEFAULT_ROTATION = [
  { name: 'audit-log-maxage', value: '30' },
  { name: 'audit-log-maxbackup', value: '10' },
  { name: 'audit-log-maxsize', value: '100' }
] as const satisfies readonly { name: AuditFlagName; value: string }[]

export const ROLES = ['policy', 'log', 'webhook'] as const
export type Role = (typeof ROLES)[number]

/** A file that kube-apiserver must find: its path inside the container and on the host. */
export interface WantedPath {
  readonly role: Role
  readonly container: ContainerPath
  readonly host: HostPath
}

/** A flag that must have a value, or with null must not be there. */
export interface WantedFlag {
  readonly name: AuditFlagName
  readonly value: string | null
  readonly reason: string
}

export interface WantedAudit {
  readonly flags: readonly WantedFlag[]
  readonly paths: readonly WantedPath[]
}

/** What a manifest says now: each flag's counting value, and where a container path lies on the host. */
export interface CurrentAudit {
  readonly flags: ReadonlyMap<AuditFlagName, string>
  readonly hostOf: (path: ContainerPath) => HostPath | undefined
}

/**
 * The audit settings that the user's options and the manifest come to: an option wins, what is there and not contradicted
 * stays, and the rest has its default. Throws BAD_PATH or BAD_SETTINGS.
 */
export const wantedAudit = (
  settings: AuditSettings,
  current: CurrentAudit,
  version: KubernetesVersion
): WantedAudit => {
  refuseProtected(settings)
  const policy = choosePath('policy', settings.policyPath, settings.containerPolicyPath, DEFAULT_POLICY_PATH, current)
  const webhook = wantsWebhook(settings, current)
    ? choosePath('webhook', settings.webhookPath, undefined, DEFAULT_WEBHOOK_PATH, current)
    : undefined
  const log = chooseLog(settings, current)
  if (log === 'none' && !webhook) {
    throw new AuditError('BAD_SETTINGS', 'no log backend and no webhook backend: nothing would be recorded')
  }
  const paths = [policy, ...(webhook ? [webhook] : []), ...(typeof log === 'string' ? [] : [log])]
  refuseShared(paths)
  const flags = [
    pathFlag('audit-policy-file', policy.container, 'the policy decides what is recorded'),
    ...logFlags(log, settings, current),
    ...(webhook ? [pathFlag('audit-webhook-config-file', webhook.container, 'events are sent to a server')] : []),
    ...givenFlags(settings),
    ...goneFlags(current, version).filter(({ name }) => !settings.flags.has(name))
  ]
  return { flags: flags.sort((a, b) => (a.name < b.name ? -1 : 1)), paths }
}

const refuseProtected = (settings: AuditSettings): void => {
  const { policyPath, containerPolicyPath, logPath, containerLogPath, webhookPath } = settings
  const log = logPath === '-' || logPath === 'none' ? undefined : logPath
  const faults = [
    ...[policyPath, containerPolicyPath, webhookPath].map(path => path && protectedPath(path, false)),
    ...[log, containerLogPath].map(path => path && protectedPath(path, true))
  ]
  const fault = faults.find(each => each !== undefined && each !== '')
  if (fault !== undefined) throw new AuditError('BAD_PATH', fault)
}

const NAMES = { policy: 'the policy', log: 'the log', webhook: "the webhook's kubeconfig" } as const

// the one would be written over the other
const refuseShared = (paths: readonly WantedPath[]): void => {
  for (const [index, { role, host, container }] of paths.entries()) {
    const other = paths.slice(0, index).find(each => each.host === host || each.container === container)
    if (other === undefined) continue
    const place = other.host === host ? host : container
    throw new AuditError('BAD_PATH', `${NAMES[other.role]} and ${NAMES[role]} are both wanted at ${place}`, {
      path: place
    })
  }
}

const pathFlag = (name: AuditFlagName, value: string, reason: string): WantedFlag => ({ name, value, reason })

const FLAG_OF = { policy: 'audit-policy-file', log: 'audit-log-path', webhook: 'audit-webhook-config-file' } as const

/** The flag that names the path of a role. */
export const flagOfRole = (role: Role): AuditFlagName => FLAG_OF[role]

const wantsWebhook = (settings: AuditSettings, current: CurrentAudit): boolean =>
  settings.installWebhook === true ||
  settings.webhookPath !== undefined ||
  (current.flags.get('audit-webhook-config-file') ?? '') !== ''

const choosePath = (
  role: Role,
  givenHost: HostPath | undefined,
  givenContainer: ContainerPath | undefined,
  fallback: HostPath,
  current: CurrentAudit
): WantedPath => {
  const named = namedPath(role, givenHost ?? givenContainer, current)
  const namedHost = named && (current.hostOf(named) ?? hostPath(named))
  if (givenHost === undefined && givenContainer === undefined) {
    return {
      role,
      container: named ?? containerPath(fallback),
      host: namedHost ?? hostOfNew(containerPath(fallback), current)
    }
  }
  if (givenContainer !== undefined) {
    return {
      role,
      container: givenContainer,
      host: givenHost ?? namedHost ?? current.hostOf(givenContainer) ?? hostPath(givenContainer)
    }
  }
  const host = givenHost ?? fallback
  // the manifest may show this very file to the container under another path: that stays
  if (named !== undefined && namedHost === host && current.hostOf(named) === host)
    return { role, container: named, host }
  return { role, container: containerPath(host), host }
}

const hostOfNew = (path: ContainerPath, current: CurrentAudit): HostPath => current.hostOf(path) ?? hostPath(path)

const namedPath = (role: Role, given: string | undefined, current: CurrentAudit): ContainerPath | undefined => {
  const value = current.flags.get(FLAG_OF[role]) ?? ''
  if (value === '' || value === '-') return undefined
  if (value.startsWith('/') && !value.includes('$(')) return containerPath(value)
  if (given !== undefined) return undefined
  throw new AuditError('BAD_PATH', `--${FLAG_OF[role]} is "${value}"; an absolute path is wanted`)
}

const chooseLog = (settings: AuditSettings, current: CurrentAudit): WantedPath | '-' | 'none' => {
  if (settings.logPath === 'none') return 'none'
  if (settings.logPath === '-') return '-'
  if (
    settings.logPath === undefined &&
    settings.containerLogPath === undefined &&
    current.flags.get('audit-log-path') === '-'
  )
    return '-'
  const chosen = sameName(
    choosePath('log', settings.logPath, settings.containerLogPath, DEFAULT_LOG_PATH, current),
    settings.logPath !== undefined
  )
  if (/^\/[^/]*$/.test(chosen.container) || /^\/[^/]*$/.test(chosen.host)) {
    throw new AuditError(
      'BAD_PATH',
      `the log ${chosen.container} must lie in a directory that can be mounted, not in /`
    )
  }
  // a mount of one of these directories would hide the container's own
  const special = ['/dev', '/proc', '/sys'].find(directory => covers(directory, chosen.container))
  if (special !== undefined)
    throw new AuditError('BAD_PATH', `the log ${chosen.container} lies in ${special}; for standard output - is wanted`)
  return chosen
}

// a log is mounted by its directory, so it has one name on both sides
const sameName = (log: WantedPath, isGiven: boolean): WantedPath => {
  if (nameOf(log.container) === nameOf(log.host)) return log
  if (!isGiven) return { ...log, host: join(parentOf(log.host), nameOf(log.container)) }
  throw new AuditError(
    'BAD_PATH',
    `the log ${log.host} is mounted by its directory: inside the container it must be called ${nameOf(log.host)} too, ` +
      `found ${log.container}`
  )
}

const logFlags = (log: WantedPath | '-' | 'none', settings: AuditSettings, current: CurrentAudit): WantedFlag[] => {
  if (log === 'none') {
    return [...current.flags.keys()]
      .filter(name => auditFlags.find(flag => flag.name === name)?.backend === 'log')
      .map(name => ({ name, value: null, reason: 'no log backend is wanted' }))
  }
  if (log === '-') return [pathFlag('audit-log-path', '-', 'events go to standard output')]
  const rotation = DEFAULT_ROTATION.flatMap(({ name, value }): WantedFlag[] =>
    settings.flags.has(name)
      ? []
      : [
          {
            name,
            value: current.flags.get(name) ?? value,
            reason: 'the log is rotated and kept as the CIS benchmark asks'
          }
        ]
  )
  return [pathFlag('audit-log-path', log.container, 'events are written to a file'), ...rotation]
}

const givenFlags = (settings: AuditSettings): WantedFlag[] =>
  [...settings.flags]
    .filter(([name]) => settings.logPath !== 'none' || !name.startsWith('audit-log-'))
    .map(([name, value]) => ({ name, value, reason: 'as asked' }))

const goneFlags = (current: CurrentAudit, version: KubernetesVersion): WantedFlag[] =>
  auditFlags
    .filter(flag => flag.until !== undefined && !isKnownIn(flag, version) && current.flags.has(flag.name))
    .map(flag => ({
      name: flag.name,
      value: null,
      reason: `kube-apiserver has no such flag since 1.${flag.until} and would not start`
    }))
