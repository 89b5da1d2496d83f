import type { Drill, Exercise } from '../../drills/drill.ts'
import { grade, type Grade } from '../../drills/grade.ts'
import { withScore } from '../../drills/progress.ts'
import { lookAt } from '../../drills/seen.ts'
import { nodeHostReader } from '../../host/node-host-reader.ts'
import { hostPath } from '../../paths.ts'
import { explainLines, gradeFindings, gradeJson, gradeLines } from '../../render/drill.ts'
import { wrapText } from '../../render/paint.ts'
import { resultOf } from '../../render/result.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'
import { judge } from '../policy/judged.ts'
import { rootOf, sessionOf } from '../session.ts'
import { VERSION } from '../version.ts'
import { aboutLine, fromHere, requireNode } from './node-directory.ts'
import { practiceOf, refuseInExam, saveProgress } from './practice.ts'

/** Grades a drill, or with --root a real node by it, which changes nothing. Gives the exit code: 1 while anything is missing. */
export const checkDrill = async (args: Args, io: Io): Promise<number> => {
  const session = sessionOf(args, io)
  const { progress, drill, run, exercise } = practiceOf(args, io)
  refuseInExam(progress, run, 'what was reached is told at its end', Date.now())
  const isLive = args.text('root') !== undefined
  if (!isLive) requireNode(run)
  if (run.madeBy !== VERSION)
    session.talk(`the node was made by auditpatch ${run.madeBy}; this is ${VERSION}, in which the task may be another`)
  const seen = await lookAt(nodeHostReader({ root: isLive ? rootOf(args) : run.directory }))
  const graded = grade(isLive ? asLive(exercise) : exercise, seen, isLive ? 0 : run.hints)
  if (!isLive) saveProgress(io, current => withScore(current, run, graded.score))
  session.give(() =>
    resultOf('DrillCheck', {
      drill: drill.id,
      seed: run.seed,
      live: isLive,
      hints: run.hints,
      counts: !isLive && !run.isSolved,
      ...gradeJson(graded)
    })
  )
  const last = remark(graded, drill, isLive, run.isSolved)
  session.say([
    isLive ? session.paint.dim(`${drill.id} on the node below ${rootOf(args)}`) : aboutLine(run, session.paint),
    '',
    ...gradeLines(graded, file => seen.text(hostPath(file)), session.paint, session.width),
    ...(isLive ? [] : explainLines(graded, fromHere(run.directory), session.paint, session.width)),
    ...(last === '' ? [] : ['', ...wrapText(last, session.width)])
  ])
  return judge(args, gradeFindings(graded))
}

// what such a node was like before nobody knows
const asLive = (exercise: Exercise): Exercise => ({ ...exercise, keeps: [] })

const remark = (
  { goals, keeps, hints }: Grade,
  { lesson, family }: Drill,
  isLive: boolean,
  isSolved: boolean
): string => {
  if (isLive) return 'A node as it stands: what was changed beside the task is not judged, and no score is kept.'
  if ([...goals, ...keeps].every(({ shortfall }) => shortfall === null))
    return `${lesson} auditpatch drill start begins the next one.`
  if (isSolved) return 'The solution has been shown, so no score is kept; auditpatch drill start takes new values.'
  if (hints > 0) return ''
  return `auditpatch drill hint gives a hint${family === 'falco' ? '' : '; drill logs shows what the node says'}.`
}
