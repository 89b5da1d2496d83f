import { resultOf } from '../../render/result.ts'
import { harmless } from '../../render/paint.ts'
import { applyOptionsOf } from '../apply-options.ts'
import { exitCode } from '../exit-codes.ts'
import { EXPLANATIONS } from '../explain.ts'
import { watcherOf } from '../progress.ts'
import { rootOf, sessionOf } from '../session.ts'
import { VERSION } from '../version.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'

/** Finishes or undoes an interrupted run. Gives the exit code. */
export const recoverNode = async (args: Args, io: Io): Promise<number> => {
  const { nodeHost } = await import('../../host/node-host.ts')
  const { recoverRun } = await import('../../apply/recover.ts')
  const session = sessionOf(args, io)
  const watcher = watcherOf(session, io, io.countInterrupts())
  const { appendRun } = await import('../../host/run-log.ts')
  const host = nodeHost({ root: rootOf(args) })
  const recovery = await recoverRun(host, applyOptionsOf(args), watcher)
  watcher.close()
  const failure = recovery?.receipt?.failure
  const exit = failure ? exitCode(EXPLANATIONS[failure.code].exit) : 0
  session.give(() =>
    resultOf('RecoverResult', {
      changed: recovery !== undefined,
      ...(recovery ?? {}),
      findings: recovery?.receipt?.findings ?? [],
      ...(failure ? { next: EXPLANATIONS[failure.code].next } : {})
    })
  )
  session.say([
    recovery
      ? `the ${recovery.command} of ${recovery.started} was ${recovery.what}: ${harmless(recovery.message)}`
      : 'nothing to recover'
  ])
  if (failure) session.talk(`next: ${EXPLANATIONS[failure.code].next}`)
  if (recovery) {
    const seconds = recovery.receipt?.seconds ?? 0
    const fault = appendRun(host, { command: 'recover', version: VERSION, exit, changed: true, seconds })
    if (fault) session.talk(`warning: the run could not be logged: ${fault.message}`)
  }
  return exit
}
