import { HINT_COST } from '../../drills/grade.ts'
import { withRun } from '../../drills/progress.ts'
import { hintLines } from '../../render/drill.ts'
import { resultOf } from '../../render/result.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'
import { sessionOf } from '../session.ts'
import { aboutLine } from './node-directory.ts'
import { practiceOf, refuseInExam, saveProgress, refuseRoot } from './practice.ts'

/** Shows the next hint, which costs points, with those that were shown before. Gives the exit code. */
export const showHint = (args: Args, io: Io): number => {
  const session = sessionOf(args, io)
  refuseRoot(args)
  const { progress, drill, run, exercise } = practiceOf(args, io)
  refuseInExam(progress, run, 'it has no hints', Date.now())
  const hints = Math.min(run.hints + 1, exercise.hints.length)
  const isNew = hints > run.hints
  if (isNew) saveProgress(io, current => withRun(current, { ...run, hints }))
  const shown = exercise.hints.slice(0, hints)
  const left = exercise.hints.length - hints
  session.give(() => resultOf('DrillHint', { drill: drill.id, hints: shown, left, cost: hints * HINT_COST }))
  session.say([
    aboutLine(run, session.paint),
    '',
    ...hintLines(shown, isNew, session.paint, session.width),
    '',
    isNew
      ? `${HINT_COST} points less${hints === 1 ? '' : `, ${hints * HINT_COST} in all`}; ${left === 0 ? 'that was the last hint' : `${left} more hint${left === 1 ? '' : 's'}`}`
      : 'There are no more hints; auditpatch drill solution shows the way.'
  ])
  return 0
}
