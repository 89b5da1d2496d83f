import { withRun } from '../../drills/progress.ts'
import { solutionLines } from '../../render/drill.ts'
import { resultOf } from '../../render/result.ts'
import { unifiedDiff } from '../../text/unified-diff.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'
import { sessionOf } from '../session.ts'
import { aboutLine } from './node-directory.ts'
import { practiceOf, refuseInExam, saveProgress, refuseRoot } from './practice.ts'

/** Shows a solution as a diff of the node as it was at the start. From then on the score of this try counts no more. */
export const showSolution = (args: Args, io: Io): number => {
  const session = sessionOf(args, io)
  refuseRoot(args)
  const { progress, drill, run, exercise } = practiceOf(args, io)
  refuseInExam(progress, run, 'solutions come after its end', Date.now())
  saveProgress(io, current => withRun(current, { ...run, isSolved: true }))
  const files = [...exercise.solution].map(([path, after]) => {
    const entry = exercise.start.get(path)
    return { path, unified: unifiedDiff(path, entry?.kind === 'file' ? entry.text : null, after) }
  })
  session.give(() => resultOf('DrillSolution', { drill: drill.id, files, lesson: drill.lesson }))
  session.say([
    aboutLine(run, session.paint),
    '',
    ...solutionLines(
      files.map(({ unified }) => unified),
      drill.lesson,
      session.paint,
      session.width
    )
  ])
  return 0
}
