import { checkKubeconfig } from '../audit/check-kubeconfig.ts'
import { AuditError } from '../errors.ts'
import type { NodeFacts } from '../facts/node.ts'
import type { Finding } from '../finding.ts'
import { containerPath } from '../paths.ts'
import { type AuditPath, auditPaths } from '../plan/audit-paths.ts'
import { currentFlags } from '../plan/flag-faults.ts'
import type { Pod } from '../pod/pod.ts'
import { decodeGoText } from '../text/source.ts'
import { agreeing, APPLY, atFile, atFlag, atPath, type Said, startFault } from './fault.ts'
import {
  configError,
  missingReferences,
  NO_CONFIGURATION,
  type ReadReference,
  referencesRead
} from './kubeconfig-words.ts'
import { isBlank } from './policy-gates.ts'
import { mayReach, seenAt, type Seen, serverMay } from './seen.ts'
import { relativePath } from './relative-path.ts'
import type { StartFault } from './start-fault.ts'

const ENDS = 'kube-apiserver ends at its start'
const STARTING = 'initializing audit webhook: '

/** The webhook's kubeconfig, which is read only where there is a policy, cannot be read or is none that can be used. */
export const webhookGate = (facts: NodeFacts): StartFault[] => {
  const { pod } = facts.manifest
  if (!pod || (currentFlags(pod).get('audit-policy-file') ?? '') === '') return []
  const relative = relativePath(pod, 'audit-webhook-config-file')
  if (relative !== undefined)
    return [startFault('webhook', notAbsolute(relative), atFlag(pod, 'audit-webhook-config-file'))]
  const webhook = auditPaths(pod).find(({ role }) => role === 'webhook')
  if (!webhook) return []
  const seen = seenAt(facts, pod, webhook.container)
  const unread = unreadable(facts, pod, webhook, seen)
  if (unread) {
    const { resolved } = webhook
    const place = resolved
      ? atPath(pod, [...pod.containerPath, 'volumeMounts', resolved.mount.index])
      : atFlag(pod, webhook.flag)
    return [startFault('webhook', unread, place)]
  }
  if (seen.kind !== 'file') return []
  if (seen.made) return [empty(seen.host, `${seen.host} is not there, so FileOrCreate makes an empty file`)]
  return seen.fact.bytes ? contentFaults(facts, pod, webhook, seen.host, seen.fact.bytes) : []
}

// a URL, mostly
const notAbsolute = (path: string): Said => ({
  code: 'webhook-not-mounted',
  message: `--audit-webhook-config-file names no absolute path: it takes the kubeconfig of a receiver, and no address: ${ENDS}`,
  printed: `initializing audit webhook: stat ${path}: no such file or directory`,
  remediation: 'take the flag out, then auditpatch apply --webhook-url URL'
})

const unreadable = (facts: NodeFacts, pod: Pod, { container }: AuditPath, seen: Seen): Said | undefined => {
  const loading = (why: string): string => `${STARTING}error loading config file "${container}": ${why}`
  const absent = `${STARTING}stat ${container}: no such file or directory`
  switch (seen.kind) {
    case 'not-mounted':
      return {
        code: 'webhook-not-mounted',
        message: `no mount shows ${container} to kube-apiserver, so it does not find the webhook's kubeconfig: ${ENDS}`,
        printed: absent,
        remediation: agreeing(pod, container) ?? `${APPLY}: it adds the mount`
      }
    case 'absent':
      return {
        code: 'webhook-missing',
        message: `the webhook's kubeconfig ${seen.host} is not there: ${ENDS}`,
        printed: absent,
        remediation: 'write it, as with auditpatch apply --webhook-url URL'
      }
    case 'directory':
      return {
        code: 'webhook-is-directory',
        message: `${seen.made ? `${seen.host} is not there, so a directory is made of it` : `the webhook's kubeconfig ${seen.host} is a directory`}: ${ENDS}`,
        printed: loading(`read ${container}: is a directory`),
        remediation: seen.made
          ? 'write it, as with auditpatch apply --webhook-url URL'
          : `take the directory ${seen.host} away and write the file`
      }
    case 'file':
      if (seen.made || (serverMay(pod, seen.fact, 4) && mayReach(facts, pod, seen.resolved, seen.host, container)))
        return undefined
      return {
        code: 'webhook-not-readable',
        message: `kube-apiserver runs as user ${pod.user}, who may not read the webhook's kubeconfig ${seen.host}: ${ENDS}`,
        printed: loading(`open ${container}: permission denied`),
        remediation: `let ${pod.user}:${pod.group} read ${seen.host}, with chown or chmod`
      }
    default:
      return undefined
  }
}

const empty = (host: Parameters<typeof atFile>[0], message: string): StartFault =>
  startFault(
    'webhook',
    {
      code: 'kubeconfig-empty',
      message: `${message}, which is no kubeconfig: ${ENDS}`,
      printed: `${STARTING}${NO_CONFIGURATION}`,
      remediation: 'write it, as with auditpatch apply --webhook-url URL'
    },
    atFile(host)
  )

const contentFaults = (
  facts: NodeFacts,
  pod: Pod,
  webhook: AuditPath,
  host: Parameters<typeof atFile>[0],
  bytes: Uint8Array
): StartFault[] => {
  const text = textOf(bytes, host)
  if (isBlank(text)) return [empty(host, `${host} is empty`)]
  // relative paths in it are taken from where the server sees it
  const { findings, references } = checkKubeconfig(text, webhook.container)
  const errors = findings.filter(isFatal)
  const place = { file: host, line: 1, column: 1 }
  const faults = errors.map(finding => contentFault(finding, text, webhook.container, place))
  return faults.length > 0 ? faults : referenceFaults(facts, pod, host, referencesRead(text, references))
}

const referenceFaults = (
  facts: NodeFacts,
  pod: Pod,
  file: string,
  references: readonly ReadReference[]
): StartFault[] => {
  const missing = references.flatMap(reference => {
    const seen = seenAt(facts, pod, containerPath(reference.path))
    return seen.kind === 'not-mounted' || seen.kind === 'absent' ? [{ reference, seen }] : []
  })
  const printed = `${STARTING}${missingReferences(missing.map(({ reference }) => reference))}`
  return missing.map(({ reference: { path, field, line, column }, seen }) => {
    const isAbsent = seen.kind === 'absent'
    const why = isAbsent ? `${seen.host} is not there` : 'no mount shows it to kube-apiserver'
    const said = {
      code: 'kubeconfig-file-missing',
      message: `the webhook's kubeconfig names ${path}, and ${why}: ${ENDS}`,
      printed,
      remediation: isAbsent
        ? `put the file to ${seen.host}`
        : 'put the file beside the kubeconfig, or add a mount for it'
    }
    return startFault('webhook', said, { file, line, column, field })
  })
}

/** What stops this program or is unwise is often taken by client-go all the same. */
const isFatal = ({ severity, code, message }: Finding): boolean =>
  severity === 'error' &&
  !/^kubeconfig-(duplicate-key|alias|template|too-deep|too-complex|too-large)$/.test(code) &&
  !message.startsWith('events cannot be sent by')

const contentFault = (
  finding: Finding,
  text: string,
  container: string,
  place: { readonly file: string; readonly line: number; readonly column: number }
): StartFault =>
  startFault(
    'webhook',
    {
      code: finding.code,
      message: `kube-apiserver cannot use the webhook's kubeconfig: ${finding.message}`,
      printed: `${STARTING}${configError(finding, text, container)}`,
      remediation: finding.remediation ?? 'mend it in the kubeconfig'
    },
    {
      ...place,
      ...(finding.line === undefined ? {} : { line: finding.line }),
      ...(finding.column === undefined ? {} : { column: finding.column }),
      ...(finding.field === undefined ? {} : { field: finding.field })
    }
  )

const textOf = (bytes: Uint8Array, file: string): string => {
  try {
    return decodeGoText(bytes, file)
  } catch (error) {
    if (!(error instanceof AuditError) || error.code === 'IMPOSSIBLE') throw error
    return '\0'
  }
}
