import { redactLogLine } from '../audit/redact-log-line.ts'
import type { HostReader } from '../host/host.ts'
import { type HostPath, hostPath, join } from '../paths.ts'
import type { Pod } from '../pod/pod.ts'
import type { FailureLogs } from '../startup/explain.ts'
import type { SpokenLine } from '../startup/explain-runs.ts'
import { crashLine, kernelLine, kubeletLine, type LineOf } from '../startup/explain-syslog.ts'
import { podLogDirectories, podLogs } from './pod-logs.ts'

/** What a log is searched for. */
interface Asked {
  readonly manifest: HostPath
  readonly podName: string
  readonly now: number
}

/**
 * The lines that may tell why kube-apiserver does not run: of its containers, of the kubelet and of the kernel. A log that
 * cannot be read is none.
 */
export const failureLogs = async (host: HostReader, manifest: HostPath, pod: Pod | null): Promise<FailureLogs> => {
  const asked = { manifest, podName: pod?.name ?? 'kube-apiserver', now: host.now() }
  const containers = newestLogs(host, asked.podName)
  const etcd = newestEtcdLog(host)
  const kubelet = await kubeletLines(host, asked)
  return {
    lines: [
      ...containers.flatMap(path => containerLines(host, path, 'kube-apiserver')),
      ...kubelet.lines,
      ...(etcd === undefined ? [] : containerLines(host, etcd, 'etcd').filter(isEnd).slice(-1))
    ],
    looked: [containers.length > 0 ? containers : ['/var/log/pods'], kubelet.looked, etcd ?? []].flat()
  }
}

/** How many logs of containers are read; the kubelet keeps one or two of each. */
const MOST_LOGS = 6
const POD_LOGS = hostPath('/var/log/pods')
const MOST_BYTES = 1024 * 1024

// by which etcd says that it ends; before its log is set up it prints words alone
const isEnd = ({ line }: SpokenLine): boolean =>
  /"level":"(?:fatal|panic)"|^(?:panic|flag provided|error verifying|Error): ?/.test(line)

const newestEtcdLog = (host: HostReader): HostPath | undefined =>
  quietly(() => podLogDirectories(host, 'etcd'), [])
    .map(name => join(POD_LOGS, name, 'etcd'))
    .flatMap(directory => quietly(() => host.list(directory), null)?.map(name => join(directory, name)) ?? [])
    .map(path => ({ path, modified: quietly(() => host.stat(path)?.modified, undefined) ?? 0 }))
    .sort((a, b) => b.modified - a.modified)
    .map(({ path }) => path)[0]

const newestLogs = (host: HostReader, podName: string): HostPath[] =>
  podLogs(
    host,
    quietly(() => podLogDirectories(host, podName), [])
  )
    .map(path => ({ path, modified: quietly(() => host.stat(path)?.modified, undefined) ?? 0 }))
    .sort((a, b) => b.modified - a.modified)
    .slice(0, MOST_LOGS)
    .map(({ path }) => path)

// what only explains a failure must not make one
const quietly = <T>(read: () => T, otherwise: T): T => {
  try {
    return read()
  } catch {
    return otherwise
  }
}

const tail = (host: HostReader, path: HostPath): string[] =>
  quietly(() => {
    const size = host.stat(path)?.size ?? 0
    const start = Math.max(0, size - MOST_BYTES)
    const lines = host.readFrom(path, start, MOST_BYTES).toString('utf8').split('\n')
    return start === 0 ? lines : lines.slice(1)
  }, [])

const containerLines = (host: HostReader, path: HostPath, by: SpokenLine['by']): SpokenLine[] =>
  wholeLines(tail(host, path)).map(({ time, text }) => ({
    where: path,
    line: redactLogLine(text),
    time: Number.isNaN(time) ? null : time,
    by
  }))

interface Printed {
  readonly time: number
  readonly text: string
}

const CRI = /^(\S+) (stdout|stderr) ([FP])[^ ]* (.*)$/

// the runtime cuts a long line into parts, and those of the two streams may stand between each other
const wholeLines = (lines: readonly string[]): Printed[] => {
  const open = new Map<string, string>()
  return lines.flatMap(raw => {
    const line = raw.replace(/\r$/, '')
    const [, time = '', stream = '', mark, text = ''] = CRI.exec(line) ?? []
    if (mark === undefined) return ofJson(line)
    const whole = (open.get(stream) ?? '') + text
    if (mark === 'P') open.set(stream, whole)
    else open.delete(stream)
    return mark === 'P' ? [] : [{ time: Date.parse(time), text: whole }]
  })
}

// Docker writes a JSON object a line
const ofJson = (line: string): Printed[] => {
  if (!line.startsWith('{"log":')) return line.trim() === '' ? [] : [{ time: Number.NaN, text: line }]
  return quietly(() => {
    const value: unknown = JSON.parse(line)
    const { log, time }: { log?: unknown; time?: unknown } = Object(value)
    return typeof log === 'string' ? [{ time: Date.parse(String(time)), text: log.replace(/\n$/, '') }] : []
  }, [])
}

const KUBELET_LOGS = ['/var/log/kubelet.log', '/var/log/syslog', '/var/log/messages', '/var/log/daemon.log'].map(
  hostPath
)
const JOURNAL = hostPath('/var/log/journal')
const COUNT = 5000
const PATIENCE = 8000

const kubeletLines = async (host: HostReader, asked: Asked): Promise<FailureLogs> => {
  const isHere = host.root === '/'
  if (isHere || quietly(() => host.stat(JOURNAL)?.kind, undefined) === 'directory') {
    const from = isHere ? [] : [`--directory=${host.root}${host.resolve(JOURNAL)}`]
    const lines = await journalLines(host, from, asked)
    if (lines.some(({ by }) => by === 'kubelet')) return { lines, looked: ['journalctl -u kubelet'] }
  }
  const there = KUBELET_LOGS.filter(path => quietly(() => host.stat(path)?.kind, undefined) === 'file')
  return {
    lines: there.flatMap(path => fileLines(host, path, asked)),
    looked: there.length > 0 ? there : ['journalctl -u kubelet']
  }
}

const journalLines = async (host: HostReader, from: readonly string[], asked: Asked): Promise<SpokenLine[]> => {
  const ask = (where: string, words: readonly string[]): Promise<{ where: string; text: string }> =>
    host
      .exec('journalctl', [...from, ...words, '--output=short-unix', '--no-pager', '--quiet'], PATIENCE)
      .then(({ stdout }) => ({ where, text: stdout }))
  const found = await Promise.all([
    ask('journalctl -u kubelet', ['--unit=kubelet', `--lines=${COUNT}`]),
    ask('journalctl -k', ['_TRANSPORT=kernel', '--lines=500'])
  ])
  return found.flatMap(({ where, text }) => linesOf(text.split('\n'), where, asked, journalStart))
}

// `1763780000.123456 node kubelet[112]: `
const journalStart: LineOf = line => {
  const match = /^(\d+\.\d+) \S+ ([^\s:[]+)(?:\[\d+\])?: (.*)$/.exec(line)
  return match ? { time: Number(match[1]) * 1000, program: match[2] ?? '', text: match[3] ?? '' } : undefined
}

const PIECE = 1024 * 1024
const MOST_PIECES = 4

/** A log is read from its end, until something was found: a crash loop may have gone on for hours. */
const fileLines = (host: HostReader, path: HostPath, asked: Asked): SpokenLine[] => {
  const size = quietly(() => host.stat(path)?.size, undefined) ?? 0
  let [found, end, rest]: [SpokenLine[], number, string] = [[], size, '']
  for (let piece = 0; piece < MOST_PIECES && end > 0; piece++) {
    const start = Math.max(0, end - PIECE)
    const text = quietly(() => host.readFrom(path, start, end - start).toString('utf8'), '') + rest
    // the first line may have begun before
    const cut = start === 0 ? 0 : text.indexOf('\n') + 1
    rest = text.slice(0, cut)
    found = [...linesOf(text.slice(cut).split('\n'), path, asked), ...found]
    if (found.some(each => crashLine(each.line))) return found
    end = start
  }
  return found
}

const linesOf = (lines: readonly string[], where: string, asked: Asked, start?: LineOf): SpokenLine[] =>
  lines.flatMap(line => {
    const said = kubeletLine(line, asked, start) ?? kernelLine(line, asked, start)
    return said ? [{ where, line: redactLogLine(said.text), time: said.time, by: said.by }] : []
  })

/** The three commands with which to look further. */
export const LOOK_FURTHER: readonly string[] = [
  'crictl ps -a --name kube-apiserver; crictl logs ID',
  'journalctl -u kubelet -n 100 --no-pager',
  `ls -lt ${join(hostPath('/var/log/pods'), 'kube-system_kube-apiserver-*/kube-apiserver')}`
]
