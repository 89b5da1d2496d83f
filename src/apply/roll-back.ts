import { runsManifest } from '../facts/api-server.ts'
import type { Host } from '../host/host.ts'
import { apiServersOf } from '../inspect/servers.ts'
import { closeJournal, writeJournal } from '../host/journal.ts'
import { type Evidence, markLogs } from './evidence.ts'
import type { Before } from './look-before.ts'
import type { ApplyOptions } from './options.ts'
import type { Watcher } from './progress.ts'
import type { Failure } from './receipt.ts'
import { undoWrites, type Written } from './transaction.ts'
import { type WaitFor, waitForServer } from './wait.ts'

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
  const marks = markLogs(host, before.podBefore?.name ?? 'kube-apiserver')
  try {
    writeJournal(host, { ...written.journal, phase: 'undoing' })
    undoWrites(host, written)
  } catch (error) {
    return {
      code: 'ROLLBACK_FAILED',
      message: `${why}; and putting the files back failed: ${error instanceof Error ? error.message : String(error)}`
    }
  }
  const { podBefore, podAfter, stable } = before
  if (!podBefore || !before.wasHealthy || stable === undefined) {
    closeJournal(host)
    const also =
      before.wasHealthy || stable === undefined ? '' : '; kube-apiserver did not answer before the change either'
    return { code: 'ROLLED_BACK', message: `${why}; every file is as it was before${also}` }
  }
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
    marks,
    timeout: options.waitTimeout,
    stable,
    patience: watcher.interrupts() + 1
  }
  const result = await waitForServer(host, wait, watcher)
  if (result.kind === 'healthy') {
    closeJournal(host)
    return {
      code: 'ROLLED_BACK',
      message: `${why}; every file is as it was before and kube-apiserver is healthy again`
    }
  }
  const still =
    result.kind === 'interrupted'
      ? 'the wait for kube-apiserver was interrupted'
      : `kube-apiserver is not back: ${describeFailure(result.why, result.evidence)}`
  return { code: 'ROLLBACK_FAILED', message: `${why}; every file is as it was before, but ${still}` }
}
