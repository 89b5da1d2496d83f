import type { Drill, Exercise } from '../../drills/drill.ts'
import type { Run } from '../../drills/progress.ts'
import { resultOf } from '../../render/result.ts'

/** A try as JSON, with its task: paragraphs, and rows of a name and its value. */
export const runJson = (drill: Drill, run: Run, exercise: Exercise): Record<string, unknown> =>
  resultOf('DrillRun', {
    drill: drill.id,
    title: drill.title,
    minutes: drill.minutes,
    points: drill.points,
    seed: run.seed,
    directory: run.directory,
    started: run.started,
    task: exercise.task,
    hints: exercise.hints.slice(0, run.hints),
    solutionSeen: run.isSolved,
    score: run.score
  })
