import { DRILLS } from '../../drills/catalogue.ts'
import type { Progress } from '../../drills/progress.ts'
import { examLines, statusLines } from '../../render/drill-overview.ts'
import { resultOf } from '../../render/result.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'
import { sessionOf } from '../session.ts'
import { examJson } from './exam-json.ts'
import { fromHere } from './node-directory.ts'
import { writtenDrill, loadProgress, minutesLeft, practiceIn, refuseRoot } from './practice.ts'
import { runJson } from './run-json.ts'

/** Shows the task that is worked on and how far all of them are; with an exam its tasks and its time. Gives the exit code. */
export const showStatus = (args: Args, io: Io): number => {
  const session = sessionOf(args, io)
  refuseRoot(args)
  const progress = loadProgress(io)
  const practice = isStarted(progress, args) ? practiceIn(progress, args) : null
  const now = Date.now()
  const solved = DRILLS.filter(({ id }) => progress.best[id] === 100).length
  session.give(() =>
    resultOf('DrillStatus', {
      current: practice && runJson(practice.drill, practice.run, practice.exercise),
      solved,
      drills: DRILLS.length,
      exam: progress.exam && examJson(progress.exam, now)
    })
  )
  const { paint, width } = session
  const { exam } = progress
  session.say([
    ...(practice
      ? statusLines(
          practice.drill,
          practice.exercise,
          practice.run,
          fromHere(practice.run.directory),
          now,
          paint,
          width
        )
      : []),
    ...(exam
      ? examLines(
          exam.tasks.map(({ drill }) => writtenDrill(drill)),
          fromHere(exam.directory),
          minutesLeft(exam, now),
          paint,
          width
        )
      : [`${solved} of ${DRILLS.length} drills are solved; auditpatch drill list shows them.`])
  ])
  return 0
}

const isStarted = ({ runs }: Progress, { positionals }: Args): boolean =>
  Object.keys(runs).length > 0 || positionals[0] !== undefined
