import { checkKubeconfig } from '../audit/check-kubeconfig.ts'
import { shown } from '../audit/kubeconfig-keys.ts'
import { NEWEST } from '../audit/version.ts'
import { runsManifest } from '../facts/api-server.ts'
import type { LogStatus, Status } from '../facts/status.ts'
import { listBackups } from '../host/backup.ts'
import type { HostReader } from '../host/host.ts'
import { type Journal, readJournal } from '../host/journal.ts'
import type { Finding } from '../finding.ts'
import { containerPath, type HostPath, join, nameOf, parentOf } from '../paths.ts'
import { currentFlags, flagFindings } from '../plan/flag-faults.ts'
import { locatePod, type Pod } from '../pod/pod.ts'
import { resolveMount } from '../pod/volumes.ts'
import { decodePolicy } from '../policy/decode.ts'
import { MAX_BYTES, parseSource } from '../text/source.ts'
import { findKubelet } from './find-kubelet.ts'
import { readManifest } from './find-manifest.ts'
import { apiServersOf, isAnswering } from './servers.ts'

/** Looks at a node: its manifest, files, processes and backups. Writes nothing. */
export const statusOf = async (host: HostReader, manifestPath: HostPath, backups: HostPath): Promise<Status> => {
  const manifest = readManifest(host, manifestPath)
  const pod = locatePod(parseSource(manifest.text, manifestPath, 'kubernetes'))
  const flags = currentFlags(pod)
  const version = pod.version ?? NEWEST
  const [server] = apiServersOf(host)
    .map(process => ({ process, matches: runsManifest(process.argv, pod) }))
    .sort((a, b) => Number(b.matches) - Number(a.matches))
  const journal = readJournal(host)
  const logPath = flags.get('audit-log-path')
  return {
    manifest: manifestPath,
    configured:
      flags.has('audit-policy-file') && (flags.has('audit-log-path') || flags.has('audit-webhook-config-file')),
    flags: Object.fromEntries(flags),
    policy: policyStatus(host, pod, flags.get('audit-policy-file')),
    log: logPath === undefined ? null : logStatus(host, pod, logPath),
    webhook: webhookStatus(host, pod, flags.get('audit-webhook-config-file')),
    running: server
      ? { pid: server.process.pid, matches: server.matches, healthy: await isAnswering(host, pod) }
      : null,
    kubelet: findKubelet(host) !== undefined,
    backups: listBackups(host, backups).sets.length,
    interrupted: journal ? `${journal.command} of ${journal.started}` : null,
    findings: [
      ...flagFindings(pod, version),
      ...fileFindings(host, pod, flags),
      ...(journal ? [interruptedFinding(journal)] : [])
    ]
  }
}

// what would keep kube-apiserver from starting again, though it may still run
const fileFindings = (host: HostReader, pod: Pod, flags: ReturnType<typeof currentFlags>): Finding[] =>
  (['audit-policy-file', 'audit-webhook-config-file'] as const).flatMap((flag): Finding[] => {
    const path = flags.get(flag)
    if (path === undefined || path === '') return []
    const at = hostOf(pod, path)
    const error = (code: string, message: string): Finding[] => [{ code, severity: 'error', message, file: at ?? path }]
    if (!at)
      return error(
        'not-mounted',
        `--${flag}=${path} is shown to kube-apiserver by no mount of the host: it does not start again`
      )
    const text = textOf(host, at)
    if (text === undefined)
      return error(
        'file-missing',
        `${at}, which --${flag} names, is no file that is there: kube-apiserver does not start again`
      )
    const findings =
      flag === 'audit-policy-file'
        ? decodePolicy(text, at, pod.version ?? NEWEST).findings
        : checkKubeconfig(text, at).findings
    return findings.filter(finding => finding.severity === 'error')
  })

const interruptedFinding = (journal: Journal): Finding => ({
  code: 'interrupted',
  severity: 'warning',
  message: `the ${journal.command} of ${journal.started} was interrupted`,
  remediation: 'auditpatch recover finishes or undoes it'
})

const hostOf = (pod: Pod, path: string): HostPath | null =>
  path.startsWith('/') ? (resolveMount(pod.mounts, pod.volumes, containerPath(path))?.host ?? null) : null

// something else than a file is told as one that cannot be read
const textOf = (host: HostReader, path: HostPath): string | undefined =>
  host.stat(path)?.kind === 'file' ? host.read(path, MAX_BYTES)?.toString('utf8') : undefined

const policyStatus = (host: HostReader, pod: Pod, path: string | undefined): Status['policy'] => {
  if (path === undefined) return null
  const at = hostOf(pod, path)
  const text = at && textOf(host, at)
  const rules =
    text === null || text === undefined
      ? null
      : (decodePolicy(text, at ?? path, pod.version ?? NEWEST).policy?.rules.length ?? null)
  return { path, host: at, rules }
}

const webhookStatus = (host: HostReader, pod: Pod, path: string | undefined): Status['webhook'] => {
  if (path === undefined) return null
  const at = hostOf(pod, path)
  const text = at && textOf(host, at)
  const server = text === null || text === undefined ? null : checkKubeconfig(text, at ?? path).server
  return { path, host: at, server: server === null || server === undefined ? null : shown('url', server) }
}

const logStatus = (host: HostReader, pod: Pod, path: string): LogStatus => {
  const at = path === '-' ? null : hostOf(pod, path)
  if (!at) return { path, host: at, size: null, rotated: 0, written: null }
  const stat = host.stat(at)
  const stem = nameOf(at).replace(/\.[^.]*$/, '')
  const rotated = (host.list(parentOf(at)) ?? []).filter(
    name => name !== nameOf(at) && name.startsWith(`${stem}-`) && host.stat(join(parentOf(at), name))
  )
  return {
    path,
    host: at,
    size: stat?.size ?? null,
    rotated: rotated.length,
    written: stat ? new Date(stat.modified).toISOString() : null
  }
}
