import { runsManifest } from '../facts/api-server.ts'
import type { Host } from '../host/host.ts'
import { apiServersOf } from '../inspect/servers.ts'
import { closeJournal, writeJournal } from '../host/journal.ts'
import type { HostPath } from '../paths.ts'
import type { Pod } from '../pod/pod.ts'
import { attempt, messageOf } from './attempt.ts'
import { type Evidence, type LogMarks, markLogs } from './evidence.ts'
import type { Before } from './look-before.ts'
import type { ApplyOptions } from './options.ts'
import type { Watcher } from './progress.ts'
import type { Failure } from './receipt.ts'
import { undoWrites, type Written } from './transaction.ts'
import { type WaitFor, waitForServer } from './wait.ts'
import { isTheirs, undoFiles, type UndoFile } from './write.ts'

/** A failure and the line that shows its cause. */
export const describeFailure = (why: string, evidence: Evidence | undefined): string =>
  evidence ? `${why}: ${evidence.line} (${evidence.where})` : why

/** Puts every byte back and, where the server was healthy before, waits until it is so again. */
export const rollBack = async (
  host: Host,
  written: Written,
  before: Before,
  options: ApplyOptions,
  watcher: Watcher,
  why: string
): Promise<Failure> => {
  watcher.report({ kind: 'step', text: `${why}; putting everything back` })
  let marks = before.marks
  let left: readonly HostPath[] = []
  try {
    const manifest = written.undo.find(file => file.role === 'manifest')
    if (manifest && isTheirs(host, manifest)) return notOurs(why, manifest.path)
    attempt(() => {
      marks = markLogs(host, before.podBefore?.name ?? 'kube-apiserver')
    })
    attempt(() => writeJournal(host, { ...written.journal, phase: 'undoing' }))
    left = undoFiles(host, written.undo.filter(isNeededAtOnce), [])
  } catch (error) {
    return {
      code: 'ROLLBACK_FAILED',
      message: `${why}; and putting the files back failed: ${messageOf(error)}`
    }
  }
  const { podBefore, stable } = before
  if (!podBefore || !before.wasHealthy || stable === undefined) {
    // for some seconds the kubelet may still start the container it knows
    if (stable !== undefined) await host.sleep(Math.min(stable, LINGERING))
    const all = undoRest(host, written)
    if (typeof all === 'string') return { code: 'ROLLBACK_FAILED', message: `${why}; ${all}` }
    attempt(() => closeJournal(host))
    const back = `${why}; ${describeBack(all)}`
    const also =
      before.wasHealthy || stable === undefined ? '' : '; kube-apiserver did not answer before the change either'
    return { code: 'ROLLED_BACK', message: `${back}${also}` }
  }
  try {
    return await waitForOld(host, { ...before, podBefore, stable, marks }, written, options, watcher, why)
  } catch (error) {
    const back = `${why}; ${describeBack(left)}`
    return { code: 'ROLLBACK_FAILED', message: `${back}, but kube-apiserver cannot be watched: ${messageOf(error)}` }
  }
}

const LINGERING = 10_000

// what was not there before goes only when the new server is gone for certain: of a container that is about to start, the
// runtime would make the missing file as a directory
const isNeededAtOnce = (file: UndoFile): boolean => file.before !== null || file.role === 'manifest'

const undoRest = (host: Host, written: Written): readonly HostPath[] | string => {
  try {
    return undoWrites(host, written)
  } catch (error) {
    return `putting the files back failed: ${messageOf(error)}`
  }
}

// what someone else made of the manifest may name the files of this run: they stay with it
const notOurs = (why: string, path: HostPath): Failure => ({
  code: 'ROLLBACK_FAILED',
  message: `${why}; but ${path} was changed by someone else in the meantime: nothing was put back`
})

/** What became of the files; `left` are those that someone else changed. */
export const describeBack = (left: readonly HostPath[]): string =>
  left.length === 0
    ? 'every file is as it was before'
    : `the other files are as they were before; ${left.join(' and ')} was changed by someone else in the meantime and stays`

const waitForOld = async (
  host: Host,
  before: Before & { readonly podBefore: Pod; readonly stable: number; readonly marks: LogMarks },
  written: Written,
  options: ApplyOptions,
  watcher: Watcher,
  why: string
): Promise<Failure> => {
  const { podBefore, podAfter, stable, marks } = before
  const leaving = podAfter
    ? apiServersOf(host).filter(
        process => runsManifest(process.argv, podAfter) && !runsManifest(process.argv, podBefore)
      )
    : []
  const wait: WaitFor = {
    pod: podBefore,
    manifest: written.plan.manifest,
    before: [],
    leaving,
    exits: 4,
    endsAtFatalLine: false,
    oldRestartsFor: 0,
    runningCountsAfter: undefined,
    logsAreNew: false,
    seen: [],
    marks,
    timeout: options.waitTimeout,
    stable,
    // the first interrupt asks for what is being done here
    patience: 2
  }
  const result = await waitForServer(host, wait, watcher)
  const all = undoRest(host, written)
  if (typeof all === 'string') return { code: 'ROLLBACK_FAILED', message: `${why}; ${all}` }
  const back = `${why}; ${describeBack(all)}`
  if (result.kind === 'healthy') {
    attempt(() => closeJournal(host))
    return { code: 'ROLLED_BACK', message: `${back} and kube-apiserver is healthy again` }
  }
  const still =
    result.kind === 'interrupted'
      ? 'the wait for kube-apiserver was interrupted'
      : `kube-apiserver is not back: ${describeFailure(result.why, result.evidence)}`
  return { code: 'ROLLBACK_FAILED', message: `${back}, but ${still}` }
}
