import { checkKubeconfig } from '../audit/check-kubeconfig.ts'
import { AuditError } from '../errors.ts'
import { runsManifest } from '../facts/api-server.ts'
import type {
  AddressFact,
  BackupFact,
  ClusterConfigFact,
  KubeletFact,
  LogLine,
  ManifestFact,
  NodeFacts,
  RunFact,
  ServerFact
} from '../facts/node.ts'
import { type PathFacts, textAt } from '../facts/path-fact.ts'
import { listBackups } from '../host/backup.ts'
import type { FileStat, HostReader } from '../host/host.ts'
import { readJournal } from '../host/journal.ts'
import { lives } from '../host/lock.ts'
import { RUN_LOG } from '../host/run-log.ts'
import { containerPath, type HostPath, hostPath, join, parentOf } from '../paths.ts'
import { type AuditPath, auditPaths } from '../plan/audit-paths.ts'
import { mountPointOf } from '../startup/mount-point-gate.ts'
import { locatePod, type Pod } from '../pod/pod.ts'
import { resolveMount } from '../pod/volumes.ts'
import { serverFiles } from '../startup/server-files.ts'
import { valueOf } from '../text/edit.ts'
import { numberAt, stringAt } from '../text/guard.ts'
import { decodeText, MAX_BYTES, parseSource } from '../text/source.ts'
import { directoryEntries } from './directory-entries.ts'
import { findKubelet } from './find-kubelet.ts'
import { readKubeletConfig, readManifest, withoutRoot } from './find-manifest.ts'
import { logFactOf } from './log-facts.ts'
import { gatherPathFacts } from './path-facts.ts'
import { lastLines, LOST_EVENT, podLogDirectories, podLogLine, podLogs } from './pod-logs.ts'
import { selinuxContexts } from './selinux.ts'
import { apiServersOf, isAnswering, USER_AGENT } from './servers.ts'

/** What to look at besides the node itself. */
export interface GatherOptions {
  readonly manifest: HostPath
  readonly backups: HostPath
  /** Reads the ClusterConfiguration; the cluster can be asked for it only while kube-apiserver runs. */
  readonly readClusterConfig: (isServing: boolean) => Promise<ClusterConfigFact>
}

/** Looks at a node once: its files, its processes, its addresses. Writes nothing, and throws for no fault of the node. */
export const gatherNode = async (host: HostReader, options: GatherOptions): Promise<NodeFacts> => {
  const manifest = manifestFactOf(host, options.manifest)
  const { pod } = manifest
  const kubelet = kubeletFactOf(host)
  const servers = serversOf(host, pod)
  const isLive = host.root === '/' || kubelet.pid !== null || servers.length > 0
  const named = pod ? auditPaths(pod) : []
  const paths = pathsOf(host, pod, named)
  // what answers late is asked first
  const asked = Promise.all([
    pod && servers.length > 0 ? isAnswering(host, pod) : null,
    isLive ? askWebhook(host, paths, hostOf(named, 'webhook')) : null,
    options.readClusterConfig(servers.length > 0),
    host.root === '/' ? selinuxContexts(host, [...paths.keys()]) : null
  ])
  const log = hostOf(named, 'log')
  const journal = readJournal(host)
  const isAtWork = journal !== null && lives(host, journal.lock)
  const sync = {
    now: host.now(),
    name: hostNameOf(host),
    isLive,
    manifest,
    entries: directoryEntries(host, options.manifest, manifest.text === null ? undefined : manifest.data),
    kubelet,
    servers,
    paths,
    log: log === undefined ? null : logFactOf(host, log),
    logrotate: log === undefined ? [] : logrotateFiles(host, log),
    lostEvent: lostEventOf(host, pod),
    interrupted: journal && !isAtWork ? `${journal.command} of ${journal.started}` : null,
    atWork: journal && isAtWork ? `${journal.command} of ${journal.started}` : null,
    backups: backupsOf(host, options.backups),
    lastRun: lastRunOf(host)
  }
  const [isHealthy, webhook, clusterConfig, contexts] = await asked
  return { ...sync, isHealthy, webhook, clusterConfig, contexts }
}

const HOSTNAME = hostPath('/etc/hostname')

const hostNameOf = (host: HostReader): string | null =>
  host.stat(HOSTNAME)?.kind === 'file' ? host.readFrom(HOSTNAME, 0, 256).toString('utf8').trim() || null : null

const manifestFactOf = (host: HostReader, path: HostPath): ManifestFact => {
  const stat = quietStat(host, path)
  const directory = host.stat(parentOf(path))
  const base = {
    path,
    // a link has no mode of its own
    owner: stat && stat.kind !== 'symlink' ? { mode: stat.mode, uid: stat.uid, gid: stat.gid } : null,
    directory: directory && { mode: directory.mode, uid: directory.uid, gid: directory.gid },
    modified: stat?.modified ?? 0,
    text: null,
    source: null,
    data: undefined,
    pod: null,
    error: null
  }
  return steps(base, [
    () => textOfManifest(host, path),
    ({ text }) => ({ source: parseSource(text ?? '', path, 'kubernetes') }),
    ({ source }) => (source ? { data: valueOf(source) } : {}),
    ({ source }) => (source ? { pod: locatePod(source) } : {})
  ])
}

// the kubelet follows a link, and apply does not
const textOfManifest = (host: HostReader, path: HostPath): Partial<ManifestFact> => {
  try {
    return { text: readManifest(host, path).text }
  } catch (error) {
    if (!(error instanceof AuditError) || error.code !== 'SYMLINK') throw error
    const bytes = host.stat(path)?.kind === 'file' ? host.read(path, MAX_BYTES) : null
    if (!bytes) throw error
    return { text: decodeText(bytes, path), error }
  }
}

// a link that leads in a circle is told when it is read
const quietStat = (host: HostReader, path: HostPath): FileStat | null => {
  try {
    return host.stat(path) ?? host.lstat(path)
  } catch {
    return host.lstat(path)
  }
}

// as far as it goes: the first error stops the reading
const steps = (
  start: ManifestFact,
  readings: readonly ((fact: ManifestFact) => Partial<ManifestFact>)[]
): ManifestFact => {
  let fact = start
  for (const read of readings) {
    try {
      fact = { ...fact, ...read(fact) }
    } catch (error) {
      if (!(error instanceof AuditError) || error.code === 'IMPOSSIBLE') throw error
      return { ...fact, error }
    }
  }
  return fact
}

const kubeletFactOf = (host: HostReader): KubeletFact => {
  const found = findKubelet(host)
  const config = readKubeletConfig(host)
  const staticPodPath = config.staticPodPath === undefined ? undefined : withoutRoot(host, config.staticPodPath)
  return {
    pid: found?.process.pid ?? null,
    staticPodPath,
    hasStaticPods: staticPodPath !== undefined && host.stat(staticPodPath) !== null,
    fileCheckFrequency: found?.fileCheckFrequency ?? config.fileCheckFrequency
  }
}

/** USER_HZ, in which the kernel tells times to programs: 100 on every machine that Linux runs on. */
const TICK = 10

const serversOf = (host: HostReader, pod: Pod | null): ServerFact[] =>
  apiServersOf(host)
    .map(process => ({
      pid: process.pid,
      argv: process.argv,
      started: host.bootTime() + process.start * TICK,
      matches: pod !== null && runsManifest(process.argv, pod)
    }))
    .sort((a, b) => Number(b.matches) - Number(a.matches))

const hostOf = (named: readonly AuditPath[], role: AuditPath['role']): HostPath | undefined =>
  named.find(each => each.role === role)?.resolved?.host

const pathsOf = (host: HostReader, pod: Pod | null, named: readonly AuditPath[]): PathFacts => {
  const files = named.flatMap(({ resolved }) => (resolved?.host === undefined ? [] : [resolved.host]))
  const read = [hostOf(named, 'policy'), hostOf(named, 'webhook')]
    .filter(path => path !== undefined)
    .filter(path => (host.stat(path)?.size ?? 0) <= MAX_BYTES)
  const volumes = (pod?.volumes ?? []).flatMap(({ hostPath: path }) => (path === undefined ? [] : [path]))
  // where a mount shows another directory, the file may lie at the same path on the host
  const others = pod
    ? serverFiles(pod).flatMap(({ resolved, container }) =>
        resolved?.host === undefined ? [] : [resolved.host, hostPath(container)]
      )
    : []
  const points = pod ? pod.mounts.flatMap(mount => mountPointOf(pod, mount) ?? []) : []
  const facts = gatherPathFacts(host, [...files, ...volumes, ...others, ...points], read)
  const webhook = named.find(({ role }) => role === 'webhook')
  if (!pod || !webhook) return facts
  const references = checkKubeconfig(
    textAt(facts, hostOf(named, 'webhook')) ?? '',
    webhook.container
  ).references.flatMap(({ path }) => resolveMount(pod.mounts, pod.volumes, containerPath(path))?.host ?? [])
  return new Map([...facts, ...gatherPathFacts(host, references, [])])
}

const askWebhook = async (
  host: HostReader,
  facts: PathFacts,
  kubeconfig: HostPath | undefined
): Promise<AddressFact | null> => {
  if (kubeconfig === undefined) return null
  const { server, findings } = checkKubeconfig(textAt(facts, kubeconfig) ?? '', kubeconfig)
  if (server === null || findings.some(({ severity }) => severity === 'error')) return null
  // a slash too few, or a letter too many in the scheme, and the password would be taken for a path
  const url = /^https?:\/\/[^/]/i.test(server) ? server : /^[\w.-]+(:\d+)?(\/|$)/.test(server) ? `http://${server}` : ''
  if (!URL.canParse(url)) return null
  const { status, error } = await host.http({ url, userAgent: USER_AGENT, timeout: 2000 })
  return { url, status, error }
}

const LOGROTATE = hostPath('/etc/logrotate.d')
const LARGEST = 64 * 1024

const globOf = (word: string): RegExp =>
  new RegExp(
    `^${word
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '[^/]*')
      .replaceAll('?', '[^/]')}$`
  )

// a configuration names files by patterns
const logrotateFiles = (host: HostReader, log: HostPath): HostPath[] =>
  [
    hostPath('/etc/logrotate.conf'),
    ...(host.stat(LOGROTATE)?.kind === 'directory' ? (host.list(LOGROTATE) ?? []) : []).map(name =>
      join(LOGROTATE, name)
    )
  ].filter(path => {
    if (host.stat(path)?.kind !== 'file') return false
    const words = host
      .readFrom(path, 0, LARGEST)
      .toString('utf8')
      .replace(/#.*/g, '')
      .split(/[\s"'{}]+/)
    return words.some(word => word.startsWith('/') && globOf(word).test(log))
  })

const lostEventOf = (host: HostReader, pod: Pod | null): LogLine | null => {
  const logs = pod ? podLogs(host, podLogDirectories(host, pod.name)) : []
  const found = logs.flatMap(path => {
    const line = lastLines(host, path)
      .filter(each => LOST_EVENT.test(each))
      .at(-1)
    return line === undefined ? [] : [podLogLine(path, line)]
  })
  return found.at(-1) ?? null
}

const backupsOf = (host: HostReader, directory: HostPath): BackupFact[] =>
  listBackups(host, directory).sets.map(({ id, created, command }) => ({ id, created, command }))

const lastRunOf = (host: HostReader): RunFact | null => {
  const lines = lastLines(host, RUN_LOG).filter(line => line.startsWith('{'))
  // runs that did nothing say nothing of the node
  const run = lines.map(parseRun).findLast(each => each?.changed === true || (each?.exit ?? 0) > 3)
  return run ?? null
}

const parseRun = (line: string): RunFact | null => {
  try {
    const value: unknown = JSON.parse(line)
    const [time, command, exit] = [stringAt(value, 'time'), stringAt(value, 'command'), numberAt(value, 'exit')]
    if (time === undefined || command === undefined || exit === undefined) return null
    return { time, command, exit, changed: /"changed":true/.test(line) }
  } catch {
    // a run that was cut off may have left half a line
    return null
  }
}
