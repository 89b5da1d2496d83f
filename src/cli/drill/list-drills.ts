import { DRILLS } from '../../drills/catalogue.ts'
import { lastRun } from '../../drills/progress.ts'
import { listLines } from '../../render/drill-overview.ts'
import { resultOf } from '../../render/result.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'
import { sessionOf } from '../session.ts'
import { loadProgress } from './practice.ts'

/** Lists the drills with the best score of each. Gives the exit code. */
export const listDrills = (args: Args, io: Io): number => {
  const session = sessionOf(args, io)
  const progress = loadProgress(io)
  const { best } = progress
  session.give(() =>
    resultOf('DrillList', {
      drills: DRILLS.map(({ id, title, family, minutes, points }) => ({
        ...{ id, title, family, minutes, points },
        best: best[id] ?? null
      }))
    })
  )
  session.say(listLines(DRILLS, best, lastRun(progress)?.drill ?? null, session.paint, session.width))
  return 0
}
