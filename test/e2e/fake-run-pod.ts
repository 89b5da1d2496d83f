import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openContainerLog, removePodLogs } from './fake-cri-log.ts'
import { readFaults } from './fake-faults.ts'
import { bindMounts, setUpVolumes, type ContainerFiles } from './fake-mounts.ts'
import type { Pod } from './fake-pod.ts'

/** What a running pod needs of the kubelet. */
export interface PodRunner {
  readonly root: string
  /** The program that plays the container, and the directory with its TLS files. */
  readonly server: string
  readonly tls: string
  /** The directory of links to node, named after the programs they play. */
  readonly programs: string
  /** A server that runs instead, in a mount namespace of its own; null: the program. */
  readonly real: RealServer | null
  readonly note: (event: string, more: Readonly<Record<string, unknown>>) => void
  readonly logError: (source: string, message: string, pairs?: Readonly<Record<string, string>>) => void
}

/** A kube-apiserver for Linux, and the program that makes a container around it. */
export interface RealServer {
  readonly server: string
  readonly enter: string
  /** True for a network of its own, in which no port is taken, and nobody else can come to it. */
  readonly isAlone?: boolean
}

/** What the child is told about its container, as JSON in the environment variable FAKE_CONTAINER. */
export interface ContainerFacts extends ContainerFiles {
  readonly root: string
  readonly tls: string
  readonly image: string
  readonly runAsUser: number | null
  readonly runAsGroup: number | null
}

/** The reason of an abort that wants an end within a second, whatever the grace period is. */
export const KUBELET_ENDS = 'the kubelet ends'

const LAST_GRACE = 1000
const UNDER_NAME = 'exec -a "$0" "$@"'
const CONTAINER_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** True for the pods that the fake kubelet runs: those whose first container is a kube-apiserver. */
export const isApiServer = (pod: Pod): boolean =>
  pod.container === 'kube-apiserver' || basename(pod.argv[0] ?? '') === 'kube-apiserver'

/** Runs a pod until the signal: mounts, starts, restarts with back-off, ends with grace, removes its logs. */
export const runPod = async (runner: PodRunner, pod: Pod, signal: AbortSignal): Promise<void> => {
  await mountVolumes(runner, pod, signal)
  const run = async (restart: number, crashes: number): Promise<void> => {
    if (signal.aborted) return
    const started = Date.now()
    await runContainer(runner, pod, restart, signal)
    const { backoffMs, backoffCapMs } = readFaults(runner.root)
    const fresh = Date.now() - started > 2 * backoffCapMs
    const delay = crashes === 0 || fresh ? 20 : Math.min(backoffCapMs, backoffMs * 2 ** (crashes - 1))
    if (!signal.aborted && crashes > 0)
      runner.logError('pod_workers.go:1324', 'Error syncing pod, skipping', crashPairs(pod, delay))
    await pause(delay, signal)
    return run(restart + 1, fresh ? 1 : crashes + 1)
  }
  await run(0, 0)
  removePodLogs(runner.root, pod)
}

const crashPairs = (pod: Pod, delay: number): Record<string, string> => ({
  err: `failed to "StartContainer" for "${pod.container}" with CrashLoopBackOff: "back-off ${delay / 1000}s restarting failed container=${pod.container} pod=${pod.name}_${pod.namespace}(${pod.uid})"`,
  pod: `${pod.namespace}/${pod.name}`,
  podUID: pod.uid
})

const mountVolumes = async (runner: PodRunner, pod: Pod, signal: AbortSignal, delay = 100): Promise<void> => {
  const failure = signal.aborted ? null : setUpVolumes(runner.root, pod)
  if (failure === null) return
  const retry = `Operation failed. No retries permitted until ${new Date(Date.now() + delay).toISOString()} (durationBeforeRetry ${delay}ms). Error: ${failure}`
  runner.logError('nestedpendingoperations.go:348', retry)
  runner.note('mount-failed', { pod: pod.name, uid: pod.uid, error: failure })
  await pause(delay, signal)
  return mountVolumes(runner, pod, signal, Math.min(delay * 2, 2000))
}

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  sleep(milliseconds, undefined, { signal }).catch(() => undefined)

const runContainer = async (runner: PodRunner, pod: Pod, restart: number, signal: AbortSignal): Promise<void> => {
  const id = randomBytes(32).toString('hex')
  const layer = join(runner.root, '/run/fake-runtime', id.slice(0, 12))
  mkdirSync(layer, { recursive: true })
  const facts: ContainerFacts = { ...runner, layer, binds: bindMounts(runner.root, pod, layer), ...pod }
  const log = openContainerLog(runner.root, pod, restart, id)
  const child = spawnServer(runner, pod, facts)
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => log.write('stdout', chunk))
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => log.write('stderr', chunk))
  runner.note('start', { pod: pod.name, uid: pod.uid, restart, pid: child.pid, argv: pod.argv })
  const ended = exitOf(child)
  const stop = (): void => {
    const { graceMs } = readFaults(runner.root)
    void endGracefully(child, ended, signal.reason === KUBELET_ENDS ? Math.min(graceMs, LAST_GRACE) : graceMs)
  }
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  const outcome = await ended
  signal.removeEventListener('abort', stop)
  log.close()
  rmSync(layer, { recursive: true, force: true })
  runner.note('exit', { pod: pod.name, uid: pod.uid, restart, pid: child.pid, outcome })
}

/** Starts the container of a pod: its server, with what it prints on pipes. */
export const spawnServer = (runner: PodRunner, pod: Pod, facts: ContainerFacts): ChildProcess => {
  const { root, layer, binds, tls, image, readOnlyRoot, runAsUser, runAsGroup } = facts
  const argv0 = pod.argv[0] ?? 'kube-apiserver'
  const stdio: StdioOptions = ['ignore', 'pipe', 'pipe']
  if (runner.real !== null) {
    const { server, enter, isAlone } = runner.real
    const container = { binary: server, layer, binds, readOnlyRoot, runAsUser, runAsGroup, parent: process.pid }
    const env = { PATH: CONTAINER_PATH, ...pod.env, TZ: 'UTC', FAKE_CONTAINER: JSON.stringify(container) }
    if (isAlone) {
      const words = ['--net', 'bash', '-c', UNDER_NAME, argv0, enter, ...pod.argv.slice(1)]
      return spawn('unshare', words, { cwd: '/', env: { ...env, STANDIN_ALL_ADDRESSES: '1' }, stdio })
    }
    return spawn(enter, pod.argv.slice(1), { argv0, cwd: '/', env, stdio })
  }
  const container = { root, layer, binds, tls, image, readOnlyRoot, runAsUser, runAsGroup } satisfies ContainerFacts
  const env = { ...pod.env, TZ: 'UTC', FAKE_CONTAINER: JSON.stringify(container), FAKE_PARENT: String(process.pid) }
  const words = [runner.server, ...pod.argv.slice(1)]
  return spawn(join(runner.programs, 'kube-apiserver'), words, { argv0, cwd: '/', env, stdio })
}

const exitOf = (child: ChildProcess): Promise<string> =>
  new Promise(resolve => {
    child.once('error', error => resolve(error.message))
    child.once('close', (code, signal) => resolve(signal ?? String(code)))
  })

const endGracefully = async (child: ChildProcess, ended: Promise<string>, grace: number): Promise<void> => {
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), grace)
  await ended
  clearTimeout(timer)
}
