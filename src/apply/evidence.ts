import type { HostReader } from '../host/host.ts'
import { redactLogLine } from '../audit/redact-log-line.ts'
import { lastLines, LOST_EVENT, podLogDirectories, podLogs, withoutPrefix } from '../inspect/pod-logs.ts'
import { type HostPath, hostPath } from '../paths.ts'
import type { Pod } from '../pod/pod.ts'
import type { Cause } from '../startup/cause.ts'

/** A line that shows why the server does not start, and the file or unit it was found in. */
export interface Evidence {
  readonly where: string
  readonly line: string
}

/** What a line means to whom the manifest is known; undefined for one that no more is known of than it says. */
export const causeOfEvidence = async (
  { where, line }: Evidence,
  manifest: HostPath,
  pod: Pod | undefined
): Promise<Cause | undefined> => {
  // the table of causes is for failures only: plan must start fast
  const { causeOf } = await import('../startup/causes.ts')
  const by = where.startsWith('/var/log/pods/') ? 'kube-apiserver' : 'kubelet'
  const cause = causeOf(by, line, { manifest, pod: pod ?? null, paths: new Map() })
  return cause?.code === 'server-ended' ? undefined : cause
}

/** How far the logs had been written before the change: what is behind belongs to it. */
export interface LogMarks {
  readonly pods: ReadonlyMap<string, number>
  /** The log directories of pods: each has the pod's uid in its name, which changes with the manifest. */
  readonly podDirectories: ReadonlySet<string>
  readonly kubelet: ReadonlyMap<HostPath, number>
  /** The uids of the pods that the kubelet had taken up: what it says of them is of the time before. */
  readonly oldPods: readonly string[]
  readonly since: number
}

const KUBELET_PODS = hostPath('/var/lib/kubelet/pods')
const KUBELET_LOGS = ['/var/log/kubelet.log', '/var/log/syslog', '/var/log/messages'].map(hostPath)

/** Remembers how long each log is now. */
export const markLogs = (host: HostReader, podName: string): LogMarks => ({
  pods: new Map(
    podLogs(host, podLogDirectories(host, podName)).map(path => [identity(host, path), host.stat(path)?.size ?? 0])
  ),
  podDirectories: new Set(podLogDirectories(host, podName)),
  ...kubeletMarks(host),
  oldPods: host.list(KUBELET_PODS) ?? []
})

/** The same marks, but what the kubelet has said until now is of before too. */
export const markKubelet = (host: HostReader, marks: LogMarks): LogMarks => ({ ...marks, ...kubeletMarks(host) })

const kubeletMarks = (host: HostReader): Pick<LogMarks, 'kubelet' | 'since'> => ({
  kubelet: new Map(KUBELET_LOGS.map(path => [path, host.stat(path)?.size ?? 0])),
  since: host.now()
})

// a restarted container logs to another file, so a log is known by its inode
const identity = (host: HostReader, path: HostPath): string => {
  const stat = host.stat(path)
  return `${path}:${stat?.inode ?? 0}`
}

/** True when the logs show that the kubelet has taken up another pod than before, or tell nothing of pods at all. */
export const hasNewPod = (host: HostReader, podName: string, { podDirectories: before }: LogMarks): boolean =>
  before.size === 0 || podLogDirectories(host, podName).some(name => !before.has(name))

// what kube-apiserver prints last when it cannot start: cobra's usage error, klog's fatal and error lines, a panic
const FATAL = /(^|\s)(Error: |F\d{4} |panic: |fatal error: )|"command failed" err=/

type Asked = 'all' | 'new'

/**
 * The last fatal line that a new kube-apiserver wrote to its container's log. Where only new pods are asked, what the old
 * server says while it ends does not count.
 */
export const fatalLine = (
  host: HostReader,
  podName: string,
  marks: LogMarks,
  pods: Asked = 'all'
): Evidence | undefined => lastLine(host, podName, marks, pods, FATAL)

/** The last line in which a new kube-apiserver complains that it could not record an event. */
export const lostEventLine = (host: HostReader, podName: string, marks: LogMarks): Evidence | undefined =>
  lastLine(host, podName, marks, hasNewPod(host, podName, marks) ? 'new' : 'all', LOST_EVENT)

const lastLine = (
  host: HostReader,
  podName: string,
  marks: LogMarks,
  pods: Asked,
  pattern: RegExp
): Evidence | undefined => {
  const isAsked = (name: string): boolean => pods === 'all' || !marks.podDirectories.has(name)
  for (const path of podLogs(host, podLogDirectories(host, podName).filter(isAsked)).reverse()) {
    const lines = lastLines(host, path, marks.pods.get(identity(host, path)) ?? 0)
    const line = lines.filter(each => pattern.test(withoutPrefix(each))).at(-1)
    if (line !== undefined) return { where: path, line: withoutPrefix(line) }
  }
  return undefined
}

const REFUSAL =
  /could not process manifest|couldn't parse as pod|invalid pod: |MountVolume\.SetUp failed|hostPath type check failed/i

// while the API server is down the kubelet tries again and again to send events of before, and logs them each time
const EVENT = /Unable to write event/

/**
 * The last line with which the kubelet refused the manifest or one of its volumes: such a pod gets no container, and so no
 * log of its own. Read from the journal where there is one, else from the usual files.
 */
export const kubeletRefusal = async (
  host: HostReader,
  manifest: HostPath,
  podName: string,
  marks: LogMarks
): Promise<Evidence | undefined> => {
  const isOurs = (line: string): boolean =>
    REFUSAL.test(line) &&
    !EVENT.test(line) &&
    (line.includes(manifest) || line.includes(podName)) &&
    !marks.oldPods.some(uid => line.includes(uid))
  for (const path of KUBELET_LOGS) {
    if (!host.stat(path)) continue
    const line = lastLines(host, path, marks.kubelet.get(path) ?? 0)
      .filter(isOurs)
      .at(-1)
    if (line !== undefined) return { where: path, line: line.trim() }
  }
  if (host.root !== '/') return undefined
  const since = `@${Math.floor(marks.since / 1000)}`
  const journal = await host.exec(
    'journalctl',
    ['--unit=kubelet', `--since=${since}`, '--output=short-unix', '--no-pager', '--lines=500'],
    5000
  )
  // --since counts in whole seconds, and each line begins with its time
  const isSince = (line: string): boolean => Number.parseFloat(line) * 1000 >= marks.since
  const line = journal.stdout
    .split('\n')
    .filter(each => isSince(each) && isOurs(each))
    .at(-1)
  return line === undefined
    ? undefined
    : { where: 'journalctl -u kubelet', line: redactLogLine(line.replace(/^\S+ \S+ [^:]*: /, '').trim()) }
}
