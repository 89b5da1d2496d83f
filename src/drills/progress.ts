import { AuditError } from '../errors.ts'
import {
  count,
  fields,
  listOf,
  matching,
  orNull,
  parseJson,
  printJson,
  recordOf,
  type Shape,
  such,
  text
} from '../host/json-shape.ts'

/** One try at a drill. */
export interface Run {
  readonly drill: string
  readonly seed: number
  /** Where the files of the node lie on this machine. */
  readonly directory: string
  /** RFC 3339. */
  readonly started: string
  /** How many hints have been shown. */
  readonly hints: number
  /** True once the solution has been shown: then the score counts no more. */
  readonly isSolved: boolean
  /** The version of this program that made it: another one may make another. */
  readonly madeBy: string
  /** Of the last check; null before the first. */
  readonly score: number | null
}

/** Several drills against the clock. */
export interface Exam {
  readonly seed: number
  /** RFC 3339. */
  readonly started: string
  readonly minutes: number
  readonly directory: string
  /** Its tries, in the order of the sheet. */
  readonly tasks: readonly { readonly drill: string; readonly directory: string }[]
}

/** What came of a task of an exam. */
export interface Mark {
  readonly drill: string
  /** From 0 to 100. */
  readonly score: number
  /** Minutes after the end at which its files were changed still; null where they were not. */
  readonly late: number | null
}

/** What someone has done so far. */
export interface Progress {
  /** The tries by their directories, that which was worked on last at the end. */
  readonly runs: Readonly<Record<string, Run>>
  /** The best score of each drill, from 0 to 100. */
  readonly best: Readonly<Record<string, number>>
  /** The exam that runs. */
  readonly exam: Exam | null
  /** The last exam that was handed in. */
  readonly sheet: { readonly exam: Exam; readonly marks: readonly Mark[]; readonly ended: string } | null
}

export const NO_PROGRESS: Progress = { runs: {}, best: {}, exam: null, sheet: null }

const isPath = matching(/^\/[^\0]*$/, 'an absolute path')
const isTime = such(
  'a time',
  (value): value is string => typeof value === 'string' && /^\d{4}-/.test(value) && !Number.isNaN(Date.parse(value))
)
const yesOrNo = such('true or false', value => typeof value === 'boolean')

const RUN: Shape<Run> = fields({
  drill: text,
  seed: count,
  directory: isPath,
  started: isTime,
  hints: count,
  isSolved: yesOrNo,
  madeBy: text,
  score: orNull(count)
})

const EXAM: Shape<Exam> = fields({
  seed: count,
  started: isTime,
  minutes: count,
  directory: isPath,
  tasks: listOf(fields({ drill: text, directory: isPath }))
})

const PROGRESS: Shape<Progress> = fields({
  runs: recordOf(RUN),
  best: recordOf(count),
  exam: orNull(EXAM),
  sheet: orNull(
    fields({ exam: EXAM, marks: listOf(fields({ drill: text, score: count, late: orNull(count) })), ended: isTime })
  )
})

/** Progress as it was written down in a file. Throws BAD_PROGRESS for what is none: it is not written over. */
export const readProgress = (bytes: Uint8Array, file: string): Progress => {
  const found = parseJson(bytes, PROGRESS)
  if (found.ok) return found.value
  throw new AuditError('BAD_PROGRESS', `${file} is not what auditpatch wrote: ${found.reason}`, { path: file })
}

/** Progress as it is written down. */
export const progressText = (progress: Progress): string => printJson(progress).toString('utf8')

/** Progress with a try begun or changed, which is the one that was worked on last from now on. */
export const withRun = (progress: Progress, run: Run): Progress => {
  const { [run.directory]: _, ...others } = progress.runs
  return { ...progress, runs: { ...others, [run.directory]: run } }
}

/** The try that was worked on last, of one drill where one is named. */
export const lastRun = ({ runs }: Progress, drill?: string): Run | undefined =>
  Object.values(runs)
    .filter(run => drill === undefined || run.drill === drill)
    .at(-1)

/** Progress with a try graded; its score counts for the best one where the solution has not been seen. */
export const withScore = (progress: Progress, run: Run, score: number): Progress => {
  const best = Math.max(progress.best[run.drill] ?? 0, score)
  return {
    ...withRun(progress, { ...run, score }),
    best: run.isSolved ? progress.best : { ...progress.best, [run.drill]: best }
  }
}

/** When an exam is over, in milliseconds since 1970. */
export const endOf = ({ started, minutes }: Exam): number => Date.parse(started) + minutes * 60_000
