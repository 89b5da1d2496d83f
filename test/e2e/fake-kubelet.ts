import { appendFileSync, mkdirSync, readdirSync, rmSync, watch } from 'node:fs'
import { hostname } from 'node:os'
import { join, posix } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isThere, textOf } from './fake-files.ts'
import { readFaults } from './fake-faults.ts'
import { goDuration, klogLine } from './fake-go.ts'
import type { Pod } from './fake-pod.ts'
import { readPodFile } from './fake-pod-file.ts'
import { isApiServer, KUBELET_ENDS, runPod, type PodRunner, type RealServer } from './fake-run-pod.ts'
import { decodeFirst, fieldsOf, stringOf } from './fake-yaml.ts'

/** What the starter tells the fake kubelet, as JSON in the environment variable FAKE_KUBELET. */
export interface KubeletFacts {
  readonly root: string
  readonly node?: string
  readonly parent: number
  readonly server: string
  readonly programs: string
  readonly tls: string
  readonly real: RealServer | null
}

type Logger = PodRunner['logError']

/** Where the fake kubelet of a root writes what it logs, and what it did (JSON lines). */
export const kubeletFiles = (root: string): { readonly log: string; readonly journal: string } => ({
  log: join(root, 'var/log/kubelet.log'),
  journal: join(root, 'run/fake-node.jsonl')
})

const readConfig = (path: string): { directory: string; frequency: number } => {
  const decoded = decodeFirst(textOf(path) ?? '')
  const config = fieldsOf(decoded.kind === 'value' ? decoded.value : null)
  const frequency = goDuration(stringOf(config['fileCheckFrequency'])) ?? 0
  return { directory: stringOf(config['staticPodPath']), frequency: frequency === 0 ? 20_000 : frequency }
}

/** One running pod and the way to end it. */
interface Worker {
  readonly uid: string
  readonly abort: AbortController
  readonly done: Promise<void>
}

/** Keeps exactly the wanted pods running; a pod of a new identity starts only after the old one of its name has ended. */
const podWorkers = (runner: PodRunner): { set: (pods: ReadonlyMap<string, Pod>) => void; end: () => Promise<void> } => {
  const workers = new Map<string, Worker>()
  const state: { wanted: ReadonlyMap<string, Pod> } = { wanted: new Map() }
  const start = (key: string, pod: Pod): void => {
    const abort = new AbortController()
    const done = runPod(runner, pod, abort.signal)
    workers.set(key, { uid: pod.uid, abort, done })
    void done
      .then(() => sleep(readFaults(runner.root).startDelayMs))
      .then(() => {
        workers.delete(key)
        reconcile()
      })
  }
  const reconcile = (): void => {
    for (const [key, worker] of workers) if (state.wanted.get(key)?.uid !== worker.uid) worker.abort.abort()
    for (const [key, pod] of state.wanted) if (!workers.has(key) && isApiServer(pod)) start(key, pod)
  }
  return {
    set: pods => {
      state.wanted = pods
      reconcile()
    },
    end: async () => {
      state.wanted = new Map()
      for (const worker of workers.values()) worker.abort.abort(KUBELET_ENDS)
      await Promise.all([...workers.values()].map(worker => worker.done))
    }
  }
}

/** The file source: what the manifests directory asks for, by events and by polls. */
const fileSource = (
  directory: string,
  node: string,
  logError: Logger,
  send: (pods: ReadonlyMap<string, Pod>) => void
) => {
  const state: { pods: ReadonlyMap<string, Pod> } = { pods: new Map() }
  const keys = new Map<string, string>()
  const replace = (pods: ReadonlyMap<string, Pod>): void => {
    state.pods = pods
    send(pods)
  }
  const keyOf = (pod: Pod): string => `${pod.namespace}/${pod.name}`
  const list = (): void => {
    const files = isThere(directory) ? readdirSync(directory).filter(name => !name.startsWith('.')) : []
    const pods = files.sort().flatMap(name => {
      const read = readPodFile(posix.join(directory, name), node)
      if (read.kind !== 'pod') {
        const pairs = { ...(read.kind === 'refused' ? { err: read.error } : {}), path: posix.join(directory, name) }
        logError('file.go:108', read.kind === 'refused' ? 'Could not process manifest file' : read.error, pairs)
        return []
      }
      keys.set(posix.join(directory, name), keyOf(read.pod))
      return [[keyOf(read.pod), read.pod] as const]
    })
    replace(new Map(pods))
  }
  const event = (name: string): void => {
    const file = posix.join(directory, name)
    const key = keys.get(file)
    if (!isThere(file))
      return key === undefined ? undefined : replace(new Map([...state.pods].filter(([each]) => each !== key)))
    const read = readPodFile(file, node)
    if (read.kind !== 'pod') {
      const err = `can't process config file "${file}": ${read.error}`
      return logError('file_linux.go:61', 'Unable to process watch event', { err })
    }
    keys.set(file, keyOf(read.pod))
    replace(new Map([...state.pods, [keyOf(read.pod), read.pod]]))
  }
  return { list, event }
}

const watchDirectory = (directory: string, act: (name: string) => void): void => {
  try {
    const watcher = watch(directory, (_, name) => {
      if (name !== null && !name.startsWith('.')) act(name)
      if (!isThere(directory)) watcher.close()
    })
    watcher.on('error', () => watcher.close())
    watcher.on('close', () => setTimeout(() => watchDirectory(directory, act), 100).unref())
  } catch {
    setTimeout(() => watchDirectory(directory, act), 100).unref()
  }
}

/** Runs the fake kubelet until SIGTERM, SIGINT, or the end of the process that started it. */
export const runKubelet = (facts: KubeletFacts, config: string): void => {
  const { root } = facts
  const files = kubeletFiles(root)
  for (const file of [files.log, files.journal]) mkdirSync(posix.dirname(file), { recursive: true })
  const write = (line: string): void => appendFileSync(files.log, `${line}\n`)
  const logError: Logger = (source, message, pairs) => write(klogLine('E', source, message, pairs))
  const note: PodRunner['note'] = (event, more) =>
    appendFileSync(files.journal, `${JSON.stringify({ time: Date.now(), event, ...more })}\n`)
  const { directory, frequency } = readConfig(config)
  const workers = podWorkers({ ...facts, note, logError })
  const node = facts.node ?? hostname().toLowerCase()
  const source = fileSource(directory, node, logError, pods => workers.set(pods))
  write(klogLine('I', 'kubelet.go:475', 'Adding static pod path', { path: directory }))
  source.list()
  const poll = setInterval(() => {
    if (!readFaults(root).noPolls) source.list()
  }, frequency)
  watchDirectory(directory, name => {
    if (!readFaults(root).noEvents) source.event(name)
  })
  const end = (): void => {
    clearInterval(poll)
    void workers.end().then(() => process.exit(0))
  }
  setInterval(() => {
    if (process.ppid === facts.parent) return
    rmSync(facts.programs, { recursive: true, force: true })
    end()
  }, 200).unref()
  // A test may remove its directory before it ends the kubelet; the server then sees that its parent is gone.
  process.on('uncaughtException', error => {
    if (isThere(root)) console.error(error)
    process.exit(isThere(root) ? 1 : 0)
  })
  process.once('SIGTERM', end)
  process.once('SIGINT', end)
}
