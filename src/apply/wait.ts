import type { HostReader, Process } from '../host/host.ts'
import type { HostPath } from '../paths.ts'
import type { Pod } from '../pod/pod.ts'
import { type Evidence, fatalLine, hasNewPod, kubeletRefusal, type LogMarks } from './evidence.ts'
import type { Watcher } from './progress.ts'
import { apiServersOf, isAnswering } from '../inspect/servers.ts'
import { isSameProcess, newServers, type ProcessId } from './watch.ts'

/** What to wait for, and for how long; all times in milliseconds. */
export interface WaitFor {
  readonly pod: Pod
  readonly manifest: HostPath
  /** The servers that ran before the change: the new one is not among them. */
  readonly before: readonly ProcessId[]
  /** Those that must be gone: servers of other clusters on the node stay. */
  readonly leaving: readonly ProcessId[]
  /** How many exits prove that the server cannot stay up. */
  readonly exits: number
  /** Whether one exit is enough when a fatal line tells why; not while an old manifest's server may still write one. */
  readonly endsAtFatalLine: boolean
  /**
   * For how long the old manifest's server may be started again, as one that crashes is: until the kubelet has surely read
   * the new manifest, or its logs show another pod. 0 where the two can be told by their command lines.
   */
  readonly oldRestartsFor: number
  /** Whether a new pod's logs can only be of the new server, also of one that nobody saw: the old one was healthy. */
  readonly logsAreNew: boolean
  /** After how long a server that ran before counts too: where the kubelet had never taken up the old manifest. */
  readonly runningCountsAfter: number | undefined
  /** The new servers that an earlier wait has seen: one that is gone counts as an exit. */
  readonly seen: readonly Process[]
  readonly marks: LogMarks
  readonly timeout: number
  readonly stable: number
  /** How many interrupts end the wait. */
  readonly patience: number
}

export type WaitResult =
  | { readonly kind: 'healthy'; readonly process: Process; readonly seen: readonly Process[] }
  | {
      readonly kind: 'failed'
      readonly restarted: boolean
      readonly why: string
      readonly evidence: Evidence | undefined
    }
  | { readonly kind: 'interrupted'; readonly restarted: boolean }

const POLL = 200
const ASK_KUBELET_EVERY = 2000

/**
 * Waits until a new kube-apiserver runs the manifest, the old one is gone, and the new one has answered as healthy without
 * a break for `stable` milliseconds: a manifest that the kubelet cannot use ends the server only when it reads the directory
 * again. Fails at the first proof of failure: a refusal of the kubelet, a second exit, an exit with a fatal line.
 */
export const waitForServer = async (host: HostReader, wait: WaitFor, watcher: Watcher): Promise<WaitResult> => {
  const start = host.monotonic()
  const old = [...wait.before]
  const seen = [...wait.seen]
  let healthySince: number | undefined
  let askedKubelet = start
  for (;;) {
    const now = host.monotonic()
    const waited = now - start
    const found = newServers(host, wait.pod, excluded(wait, old, waited))
    // asked after the processes: who ran when there was no new pod yet is of the old one
    const isOld = waited < wait.oldRestartsFor && !hasNewPod(host, wait.pod.name, wait.marks)
    const current = isOld ? [] : found
    if (isOld) old.push(...found)
    const fresh = current.filter(process => !seen.some(each => isSameProcess(each, process)))
    seen.push(...fresh)
    const exited = seen.filter(process => !current.some(each => isSameProcess(each, process))).length
    const [server] = current
    if (fresh.length > 0 || !server) healthySince = undefined
    const restarted = seen.length > 0
    if (watcher.interrupts() >= wait.patience) return { kind: 'interrupted', restarted }
    // one that lives for a moment only may never be seen: its last words tell all the same
    const hasEnded = exited > 0 || wait.logsAreNew
    const fatal = wait.endsAtFatalLine && hasEnded && !server ? newWords(host, wait, exited > 0) : undefined
    if (exited >= wait.exits || fatal)
      return failure(
        restarted || fatal !== undefined,
        fatal ? 'the new kube-apiserver ended' : `kube-apiserver ended ${exited} times`,
        fatal ?? (await lastWords(host, wait))
      )
    if (wait.endsAtFatalLine && !server && now - askedKubelet >= ASK_KUBELET_EVERY) {
      askedKubelet = now
      const refusal = await kubeletRefusal(host, wait.manifest, wait.pod.name, wait.marks)
      if (refusal) return failure(restarted, 'the kubelet does not start the pod', refusal)
    }
    if (server && isOldGone(host, wait) && (await isAnswering(host, wait.pod))) healthySince ??= host.monotonic()
    else healthySince = undefined
    // counted to the moment before it was asked: how long a machine then stood still proves nothing
    if (server && healthySince !== undefined && Math.max(0, now - healthySince) >= wait.stable)
      return { kind: 'healthy', process: server, seen }
    if (now - start >= wait.timeout + (healthySince === undefined ? 0 : wait.stable)) {
      const why = restarted ? 'the new kube-apiserver is not healthy' : 'no new kube-apiserver was started'
      return failure(restarted, `${why} after ${Math.round(wait.timeout / 1000)} s`, newWords(host, wait, restarted))
    }
    watcher.report({
      kind: 'waiting',
      text: describe(server, healthySince !== undefined),
      seconds: (now - start) / 1000,
      limit: wait.timeout / 1000
    })
    await host.sleep(POLL)
  }
}

// by the time that the kubelet has surely read the directory, only what ran before the change is of before it
const excluded = (wait: WaitFor, old: readonly ProcessId[], waited: number): readonly ProcessId[] => {
  if (wait.runningCountsAfter !== undefined && waited >= wait.runningCountsAfter) return []
  return wait.oldRestartsFor > 0 && waited >= wait.oldRestartsFor ? wait.before : old
}

// a pod that comes again has the log directory of before: then what was written since the change is all there is to go by
const newWords = (host: HostReader, wait: WaitFor, hasRun: boolean): Evidence | undefined =>
  fatalLine(host, wait.pod.name, wait.marks, hasRun && !hasNewPod(host, wait.pod.name, wait.marks) ? 'all' : 'new')

// the runtime may write a line to the log a little after the process that said it has ended
const lastWords = async (host: HostReader, wait: WaitFor): Promise<Evidence | undefined> => {
  for (let tries = 0; tries < 15; tries++) {
    const line = newWords(host, wait, true)
    if (line) return line
    await host.sleep(POLL)
  }
  return undefined
}

const failure = (restarted: boolean, why: string, evidence: Evidence | undefined): WaitResult => ({
  kind: 'failed',
  restarted,
  why,
  evidence
})

const isOldGone = (host: HostReader, wait: WaitFor): boolean => {
  const current = apiServersOf(host)
  return !wait.leaving.some(old => current.some(process => isSameProcess(process, old)))
}

const describe = (server: Process | undefined, isUp: boolean): string => {
  if (!server) return 'waiting for the kubelet to start the new kube-apiserver'
  return isUp
    ? `kube-apiserver (pid ${server.pid}) is healthy; watching that it stays so`
    : `kube-apiserver (pid ${server.pid}) is starting`
}
