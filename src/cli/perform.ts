import { applyPlan } from '../apply/apply.ts'
import type { ApplyOptions } from '../apply/options.ts'
import type { Receipt } from '../apply/receipt.ts'
import { type Recovery, recoverRun } from '../apply/recover.ts'
import { AuditError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { appendRun } from '../host/run-log.ts'
import { isEmpty, type Plan } from '../plan/change.ts'
import { findingLines } from '../render/findings.ts'
import { receiptJson } from '../render/json.ts'
import { harmless } from '../render/paint.ts'
import { planLines } from '../render/plan.ts'
import { receiptLines } from '../render/receipt.ts'
import { confirmed, NOT_CONFIRMED } from './confirm.ts'
import { exitCode } from './exit-codes.ts'
import { EXPLANATIONS } from './explain.ts'
import type { Io } from './io.ts'
import { type Args, option } from './options.ts'
import { watcherOf } from './progress.ts'
import type { Session } from './session.ts'
import { VERSION } from './version.ts'

/** What a command that changes the node works with. */
export interface Performance {
  readonly command: Plan['command']
  readonly host: Host
  readonly args: Args
  readonly io: Io
  readonly session: Session
  readonly options: ApplyOptions
}

/**
 * Recovers an interrupted run, makes the plan, shows it with the findings that `withMore` adds, asks, performs it and tells
 * what came of it. Gives the exit code; every run is in the log of runs.
 */
export const perform = async (
  performance: Performance,
  makePlan: () => Plan,
  withMore: (plan: Plan) => Promise<Plan> = async plan => plan
): Promise<number> => {
  const { host, args, io, session, options } = performance
  const watcher = watcherOf(session, io, io.countInterrupts())
  try {
    const recovered = await recoverFirst(performance, watcher)
    const plan = await withCluster(host, await withMore(makePlan()))
    if (!args.has('quiet'))
      session.say(
        isEmpty(plan)
          ? findingLines(plan.findings, session.paint, session.width)
          : planLines(plan, session.paint, session.width)
      )
    if (!isEmpty(plan)) await confirmed(args, io, 'Do this?')
    const receipt = await applyPlan(host, plan, options, watcher, makePlan)
    watcher.close()
    return tell(performance, plan, receipt, recovered)
  } catch (error) {
    watcher.close()
    logRefusal(performance, error)
    throw error
  }
}

// what was not begun is no run: wrong usage, and a question answered with no
const logRefusal = (performance: Performance, error: unknown): void => {
  if (!(error instanceof AuditError)) return
  const { exit } = EXPLANATIONS[error.code]
  if (exit === 'usage' || error.message === NOT_CONFIRMED) return
  logRun(performance, {
    command: performance.command,
    exit: exitCode(exit),
    changed: error.code === 'ROLLBACK_FAILED',
    seconds: 0,
    error: { code: error.code, message: error.message }
  })
}

/** A plan with what the cluster says against it. */
const withCluster = async (host: Host, plan: Plan): Promise<Plan> => {
  // what kubeadm writes is not known to a plan: it must start fast
  const { clusterFindings } = await import('../inspect/cluster.ts')
  return { ...plan, findings: [...plan.findings, ...(await clusterFindings(host, plan))] }
}

// what has to be said again so that another command finds the same node
const placeOptions = (args: Args): string =>
  (['root', 'backup-dir'] as const)
    .filter(name => args.text(name) !== undefined && args.text(name) !== option(name).default)
    .map(name => ` --${name} ${args.text(name) ?? ''}`)
    .join('')

type Run = Omit<Parameters<typeof appendRun>[1], 'version'>

const logRun = ({ host, session }: Performance, run: Run): void => {
  const error = appendRun(host, { version: VERSION, ...run })
  if (error && run.changed) session.talk(`warning: the run could not be logged: ${error.message}`)
  else if (error) session.detail(`the run could not be logged: ${error.message}`)
}

const tell = (performance: Performance, plan: Plan, receipt: Receipt, recovered: Recovery | undefined): number => {
  const { session, io, args } = performance
  const { failure } = receipt
  const exit = failure ? EXPLANATIONS[failure.code].exit : 'done'
  const next = failure ? (failure.next ?? EXPLANATIONS[failure.code].next) : ''
  session.give(() => receiptJson(plan, receipt, failure && { ...failure, next }, recovered))
  session.say(receiptLines(plan, receipt, session.paint, session.width, placeOptions(args)))
  if (failure) io.err(`auditpatch: ${harmless(failure.message)}\nnext: ${harmless(next)}\n`)
  logRun(performance, {
    command: performance.command,
    exit: exitCode(exit),
    changed: receipt.changed,
    seconds: receipt.seconds,
    rolledBack: receipt.rolledBack,
    ...(receipt.backup ? { backup: receipt.backup.id } : {}),
    ...(failure ? { error: { code: failure.code, message: failure.message } } : {})
  })
  return exitCode(exit)
}

/** Finishes or undoes an interrupted run first. Throws when that failed: then nothing more should be done. */
const recoverFirst = async (
  { host, session, options }: Performance,
  watcher: ReturnType<typeof watcherOf>
): Promise<Recovery | undefined> => {
  const recovery = await recoverRun(host, options, watcher)
  watcher.close()
  if (!recovery) return undefined
  session.talk(
    `an interrupted ${recovery.command} of ${recovery.started} was ${recovery.what}: ${harmless(recovery.message)}`
  )
  const failure = recovery.receipt?.failure
  if (failure && failure.code !== 'ROLLED_BACK') throw new AuditError(failure.code, failure.message)
  return recovery
}
