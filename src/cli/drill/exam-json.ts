import type { Sheet } from '../../drills/exam.ts'
import type { Exam } from '../../drills/progress.ts'
import { resultOf } from '../../render/result.ts'
import { writtenDrill, minutesLeft } from './practice.ts'

/** An exam as JSON, with its sheet once it has been handed in. */
export const examJson = (exam: Exam, now: number, sheet: Sheet | null = null): Record<string, unknown> =>
  resultOf('DrillExam', {
    seed: exam.seed,
    directory: exam.directory,
    started: exam.started,
    minutes: exam.minutes,
    minutesLeft: Math.max(0, minutesLeft(exam, now)),
    tasks: exam.tasks.map(({ drill, directory }) => ({
      drill,
      title: writtenDrill(drill).title,
      minutes: writtenDrill(drill).minutes,
      points: writtenDrill(drill).points,
      directory
    })),
    sheet: sheet && {
      tasks: sheet.tasks.map(({ drill, score, late, earned }) => ({ drill: drill.id, score, earned, late })),
      earned: sheet.earned,
      points: sheet.points,
      percent: sheet.percent,
      passed: sheet.isPassed
    }
  })
