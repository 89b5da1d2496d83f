import { runsManifest } from '../facts/api-server.ts'
import type { Finding } from '../finding.ts'
import { sweepTemporaries } from '../host/atomic-write.ts'
import { pruneBackups } from '../host/backup.ts'
import type { Host } from '../host/host.ts'
import { closeJournal, JOURNAL_FILE, writeJournal } from '../host/journal.ts'
import { mountingFaults } from '../manifest/kubelet-faults.ts'
import { join } from '../paths.ts'
import type { Pod } from '../pod/pod.ts'
import type { Cause } from '../startup/cause.ts'
import { attempt, messageOf, tidy } from './attempt.ts'
import { causeOfEvidence, type Evidence, lostEventLine, markKubelet } from './evidence.ts'
import type { Before } from './look-before.ts'
import type { ApplyOptions } from './options.ts'
import type { Watcher } from './progress.ts'
import { type ProofResult, proveEvent } from './prove.ts'
import type { Failure, Receipt } from './receipt.ts'
import { describeFailure, rollBack } from './roll-back.ts'
import type { Written } from './transaction.ts'
import { type WaitFor, waitForServer, type WaitResult } from './wait.ts'
import { isSameProcess } from './watch.ts'

/**
 * What follows once the files of a plan are written: wait for the new server, prove that it records events, and close the
 * run; or put everything back.
 */
export const settle = async (
  host: Host,
  written: Written,
  before: Before,
  options: ApplyOptions,
  watcher: Watcher
): Promise<Omit<Receipt, 'seconds'>> => {
  const outcome =
    written.cut === undefined ? await watchedOutcome(host, written, before, options, watcher) : cutOff(written.cut)
  const cause = outcome.evidence && (await causeOfEvidence(outcome.evidence, written.plan.manifest, before.podAfter))
  const findings = [...written.plan.findings, ...outcome.findings, ...(cause ? [findingOf(cause)] : [])]
  const backup = { id: written.backup.id, directory: join(written.backup.directory, written.backup.id) }
  const receipt = {
    changed: true,
    backup,
    restarted: outcome.restarted,
    healthy: outcome.healthy,
    proven: outcome.proven
  }
  if (outcome.failed === undefined) {
    return { ...receipt, rolledBack: false, findings: [...findings, ...finish(host, written, options)] }
  }
  if (!options.rollback) {
    attempt(() => closeJournal(host))
    const failure = withCause({ code: 'NOT_ROLLED_BACK', message: outcome.failed }, cause)
    return { ...receipt, rolledBack: false, findings, failure }
  }
  const failure = withCause(await rollBack(host, written, before, options, watcher, outcome.failed), cause)
  const rolledBack = failure.code === 'ROLLED_BACK'
  return { ...receipt, changed: !rolledBack, rolledBack, findings, failure }
}

const findingOf = ({ code, title, fix }: Cause): Finding => ({
  code,
  severity: 'error',
  message: title,
  remediation: fix
})

// a failure that left the node in a bad state has a next step of its own
const withCause = (failure: Failure, cause: Cause | undefined): Failure =>
  cause
    ? {
        ...failure,
        message: `${failure.message}. The cause: ${cause.title}`,
        ...(failure.code === 'ROLLED_BACK' ? { next: `${cause.fix}; then run it again` } : {})
      }
    : failure

interface Outcome {
  readonly restarted: boolean | null
  readonly healthy: boolean | null
  readonly proven: boolean | null
  readonly findings: readonly Finding[]
  /** Why the change must be undone. */
  readonly failed?: string
  /** The line that shows it. */
  readonly evidence?: Evidence
}

const note = (code: string, severity: Finding['severity'], message: string): Finding => ({ code, severity, message })

// whatever keeps us from watching, the change must not stay behind unwatched
const watchedOutcome = async (...run: Parameters<typeof waitAndProve>): Promise<Outcome> => {
  try {
    return await waitAndProve(...run)
  } catch (error) {
    return cutOff(messageOf(error))
  }
}

const waitAndProve = async (
  host: Host,
  written: Written,
  before: Before,
  options: ApplyOptions,
  watcher: Watcher
): Promise<Outcome> => {
  const { plan } = written
  const { podAfter, stable } = before
  if (stable === undefined || !podAfter) {
    return {
      restarted: null,
      healthy: null,
      proven: null,
      findings: [note('not-waited', 'info', `not waited for kube-apiserver: ${before.whyNoWait}`)]
    }
  }
  // recovery reads the manifest itself: a journal that still says "writing" misleads nobody
  const journalled = tidy('the journal could not be brought up to date', () =>
    writeJournal(host, { ...written.journal, phase: 'waiting' })
  )
  const findings = before.wasHealthy
    ? journalled
    : [
        ...journalled,
        note(
          'was-down',
          'warning',
          'kube-apiserver did not answer before the change: should this fail, the files go back but that alone makes it no healthier'
        )
      ]
  watcher.report({ kind: 'step', text: `wrote ${plan.manifest}` })
  const wait: WaitFor = {
    pod: podAfter,
    manifest: plan.manifest,
    before: before.servers,
    leaving: isRefused(before.podBefore) ? [] : before.own,
    exits: 2,
    endsAtFatalLine: true,
    oldRestartsFor: !before.wasHealthy && looksLike(before.podBefore, podAfter) ? before.period : 0,
    runningCountsAfter: isRefused(before.podBefore) ? before.period : undefined,
    logsAreNew: before.wasHealthy,
    seen: [],
    // while we wrote the kubelet may have read the old manifest once more; the new one it refuses at each look
    marks: before.wasHealthy && !isRefused(before.podBefore) ? before.marks : markKubelet(host, before.marks),
    timeout: options.waitTimeout,
    stable: 0,
    patience: 1
  }
  const up = await waitAndUnstick(host, wait, options, watcher)
  if (up.kind !== 'healthy') return { ...failedWait(up), findings }
  watcher.report({ kind: 'step', text: `kube-apiserver restarted (pid ${up.process.pid}) and is healthy` })
  const proof: ProofResult =
    plan.command === 'apply'
      ? await proveEvent(host, podAfter, plan.proof, () => watcher.interrupts() > 0)
      : { proven: null, why: `${plan.command} only waits for kube-apiserver` }
  if (proof.proven !== true && watcher.interrupts() > 0)
    return { restarted: true, healthy: true, proven: null, findings, failed: 'interrupted' }
  const restarted = !before.servers.some(each => isSameProcess(each, up.process))
  if (proof.proven === false)
    return {
      restarted,
      healthy: true,
      proven: false,
      findings,
      failed: withoutEvent(host, podAfter, before, proof.why)
    }
  if (proof.proven) watcher.report({ kind: 'step', text: `an event was recorded in ${plan.proof.log ?? ''}` })
  const held = await waitForServer(host, { ...wait, stable, seen: up.seen, ...sinceFound(wait) }, watcher)
  const proven = proof.proven
  if (held.kind !== 'healthy') return { ...failedWait(held), proven, findings }
  const unproven =
    proof.proven === null ? [note('not-proven', 'info', `no event was looked for or found: ${proof.why}`)] : []
  return { restarted, healthy: true, proven, findings: [...findings, ...unproven] }
}

const withoutEvent = (host: Host, pod: Pod, { marks }: Before, why: string): string =>
  describeFailure(`no event was recorded: ${why}`, lostEventLine(host, pod.name, marks))

const STUCK_AFTER = 90_000

/** Waits for the server; a kubelet that has not reacted after 90 s is restarted, where the user allows it and it is this machine's. */
const waitAndUnstick = async (
  host: Host,
  wait: WaitFor,
  options: ApplyOptions,
  watcher: Watcher
): Promise<WaitResult> => {
  if (!options.restartKubelet || host.root !== '/') return waitForServer(host, wait, watcher)
  const first = await waitForServer(host, { ...wait, timeout: Math.min(wait.timeout, STUCK_AFTER) }, watcher)
  if (first.kind !== 'failed' || first.restarted || first.evidence) return first
  watcher.report({ kind: 'step', text: 'the kubelet does not react; restarting it' })
  await host.exec('systemctl', ['restart', 'kubelet'], 60_000)
  return waitForServer(host, wait, watcher)
}

// a manifest that the kubelet did not take up: what runs may already be what is wanted, and then nothing is restarted
const isRefused = (pod: Pod | undefined): boolean => !pod || mountingFaults(pod.source, pod.data).length > 0

// the second wait is for the server that the first one found
const sinceFound = (wait: WaitFor): Pick<WaitFor, 'oldRestartsFor' | 'runningCountsAfter'> => ({
  oldRestartsFor: 0,
  runningCountsAfter: wait.runningCountsAfter === undefined ? undefined : 0
})

// by its command line a server of the one manifest cannot be told from one of the other
const looksLike = (podBefore: Pod | undefined, podAfter: Pod): boolean =>
  podBefore !== undefined &&
  runsManifest(
    podBefore.command.words.map(word => word.text),
    podAfter
  )

const failedWait = (result: Exclude<WaitResult, { kind: 'healthy' }>): Omit<Outcome, 'findings'> => ({
  restarted: result.restarted,
  healthy: result.kind === 'failed' ? false : null,
  proven: null,
  failed: result.kind === 'interrupted' ? 'interrupted' : describeFailure(result.why, result.evidence),
  ...(result.kind === 'failed' && result.evidence ? { evidence: result.evidence } : {})
})

const cutOff = (failed: string): Outcome => ({ restarted: null, healthy: null, proven: null, findings: [], failed })

// the change stands and is proven: what fails here is worth a warning and no more
const finish = (host: Host, written: Written, options: ApplyOptions): Finding[] => [
  ...tidy(
    'a temporary file could not be removed',
    () => void sweepTemporaries(host, [JOURNAL_FILE, ...written.undo.map(file => file.path)])
  ),
  ...tidy('the journal could not be closed', () => closeJournal(host)),
  ...tidy(
    'old backups could not be removed',
    () => void pruneBackups(host, written.backup.directory, Math.max(1, options.backupKeep))
  )
]
