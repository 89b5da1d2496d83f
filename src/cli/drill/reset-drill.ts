import { withRun } from '../../drills/progress.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'
import { sessionOf } from '../session.ts'
import { fromHere, remakeNode, requireNode } from './node-directory.ts'
import { newRun, practiceOf, refuseAfterExam, saveProgress, refuseRoot, trySaving } from './practice.ts'
import { runJson } from './run-json.ts'

/** Puts the node of a drill back to its start, and the clock; what was shown of hints and solution stays counted. Gives the exit code. */
export const resetDrill = (args: Args, io: Io): number => {
  const session = sessionOf(args, io)
  refuseRoot(args)
  const { progress, drill, run, exercise } = practiceOf(args, io)
  requireNode(run)
  refuseAfterExam(progress, run, Date.now())
  // nothing is lost where it could not be remembered
  trySaving(io)
  const again = { ...newRun(drill, run.seed, run.directory, Date.now()), hints: run.hints, isSolved: run.isSolved }
  // an end half-way would leave half a node
  io.countInterrupts()
  remakeNode(run.directory, drill, run.seed, exercise, () => saveProgress(io, current => withRun(current, again)))
  session.give(() => runJson(drill, again, exercise))
  session.say([`${drill.id} is as it was at the start: ${fromHere(run.directory)}`])
  return 0
}
