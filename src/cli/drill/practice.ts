import { dirname, join, resolve } from 'node:path'
import { AuditError } from '../../errors.ts'
import { DRILLS } from '../../drills/catalogue.ts'
import type { Drill, Exercise } from '../../drills/drill.ts'
import { pickFor } from '../../drills/pick.ts'
import {
  endOf,
  type Exam,
  lastRun,
  NO_PROGRESS,
  type Progress,
  progressText,
  readProgress,
  type Run
} from '../../drills/progress.ts'
import { allOrNone } from '../../host/all-or-none.ts'
import { makeDirectory } from '../../host/file-tree.ts'
import { readLocalFile } from '../../host/local-files.ts'
import { localFileStep } from '../../host/write-local-file.ts'
import { nearestWord } from '../../text/nearest.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'
import { VERSION } from '../version.ts'
import { nodeAround } from './node-directory.ts'

/** Where the progress is kept: `${XDG_STATE_HOME:-~/.local/state}/auditpatch/drills.json`. */
export const progressFile = ({ env }: Pick<Io, 'env'>): string => {
  const home = env['XDG_STATE_HOME'] ?? ''
  // the specification: a relative path counts for nothing
  const base = home.startsWith('/') ? home : join(resolve(env['HOME'] ?? '/'), '.local/state')
  return join(base, 'auditpatch/drills.json')
}

const LONGEST = 1024 * 1024

/** Throws USAGE for --root, which means nothing to a command about a drill's own node. */
export const refuseRoot = (args: Args): void => {
  if (args.text('root') !== undefined)
    throw new AuditError(
      'USAGE',
      '--root: of the drills, drill check alone takes it; the others know where the node lies'
    )
}

/** What has been done so far. Throws BAD_PROGRESS where the file holds something else. */
export const loadProgress = (io: Pick<Io, 'env'>): Progress => {
  const file = progressFile(io)
  return progressOf(bytesOf(file), file)
}

const bytesOf = (file: string): Buffer | null => {
  try {
    return readLocalFile(file, LONGEST)
  } catch (error) {
    if (error instanceof AuditError && error.code === 'NOT_FOUND') return null
    throw error
  }
}

const progressOf = (bytes: Buffer | null, file: string): Progress =>
  bytes === null ? NO_PROGRESS : readProgress(bytes, file)

/**
 * Writes down what is done now, whole or not at all, beside what other commands wrote down meanwhile. Throws CANNOT_WRITE,
 * BAD_PROGRESS, and CHANGED_SINCE_READ where others write all the time.
 */
export const saveProgress = (io: Pick<Io, 'env'>, change: (progress: Progress) => Progress): void => {
  const file = progressFile(io)
  makeDirectory(dirname(file))
  saveIn(file, change, TRIES)
}

const TRIES = 20

const saveIn = (file: string, change: (progress: Progress) => Progress, tries: number): void => {
  const before = bytesOf(file)
  const after = progressText(change(progressOf(before, file)))
  try {
    allOrNone([localFileStep(file, before, Buffer.from(after, 'utf8'))])
  } catch (error) {
    if (!(error instanceof AuditError) || error.code !== 'CHANGED_SINCE_READ' || tries === 1) throw error
    saveIn(file, change, tries - 1)
  }
}

/** Finds out whether anything can be written down, before what would be lost without is done. Throws as saveProgress does. */
export const trySaving = (io: Pick<Io, 'env'>): void => saveProgress(io, progress => progress)

/** The drill of a name. Throws USAGE for one that there is not. */
export const drillOf = (id: string): Drill => {
  const drill = DRILLS.find(each => each.id === id.toLowerCase())
  if (drill) return drill
  const near = nearestWord(
    id.toLowerCase(),
    DRILLS.map(each => each.id)
  )
  throw new AuditError(
    'USAGE',
    `drill: there is none called "${id}"${near === undefined ? '' : `; is ${near} meant?`}`,
    { next: 'auditpatch drill list shows them all' }
  )
}

/** The drill of a name that was written down. Throws BAD_PROGRESS for one that this version does not have. */
export const writtenDrill = (id: string): Drill => {
  const drill = DRILLS.find(each => each.id === id)
  if (drill) return drill
  throw new AuditError('BAD_PROGRESS', `the drill "${id}" was begun, and auditpatch ${VERSION} does not have it`, {
    next: 'go on with the version that began it; auditpatch drill start begins another'
  })
}

/** A try that a command is about, with its drill and its exercise. */
export interface Practice {
  readonly progress: Progress
  readonly drill: Drill
  readonly run: Run
  readonly exercise: Exercise
}

/**
 * The try that is meant: that in whose directory the command is given, unless another drill is named; else the last one that
 * was worked on, of the drill that is named. Throws NOT_FOUND where there is none.
 */
export const practiceOf = (args: Args, io: Io): Practice => practiceIn(loadProgress(io), args)

/** The same in progress that has been read. */
export const practiceIn = (progress: Progress, args: Args): Practice => {
  const given = args.positionals[0]
  const named = given === undefined ? undefined : drillOf(given).id
  const here = runHere(progress)
  const isHere = here !== undefined && (named === undefined || here.drill === named)
  const run = isHere ? here : (ofExam(progress, named) ?? lastRun(progress, named))
  if (!run)
    throw new AuditError(
      'NOT_FOUND',
      named === undefined ? 'no drill has been started' : `the drill ${named} has not been started`,
      { next: `auditpatch drill start ${named ?? 'a01'}` }
    )
  const drill = writtenDrill(run.drill)
  return { progress, drill, run, exercise: drill.make(pickFor(drill.id, run.seed)) }
}

// a node knows itself what it is, also when it was moved
const runHere = ({ runs }: Progress): Run | undefined => {
  const found = nodeAround(resolve('.'))
  if (!found) return undefined
  const known = runs[found.directory]
  if (known && known.drill === found.drill && known.seed === found.seed) return known
  return newRun(writtenDrill(found.drill), found.seed, found.directory, Date.now())
}

const ofExam = ({ exam, runs }: Progress, drill: string | undefined): Run | undefined => {
  const task = exam?.tasks.find(each => each.drill === drill)
  return task && runs[task.directory]
}

/** A try as it begins. */
export const newRun = (drill: Drill, seed: number, directory: string, now: number): Run => ({
  drill: drill.id,
  seed,
  directory,
  started: new Date(now).toISOString(),
  hints: 0,
  isSolved: false,
  madeBy: VERSION,
  score: null
})

/** Throws EXAM_RUNS while an exam does, of which a try is; without a try while any does. */
export const refuseInExam = ({ exam }: Progress, run: Run | null, what: string, now: number): void => {
  if (!exam || (run && exam.tasks.every(({ directory }) => directory !== run.directory))) return
  const isOver = now > endOf(exam)
  throw new AuditError('EXAM_RUNS', isOver ? 'the time of the exam is over' : `an exam runs: ${what}`, {
    ...(isOver ? { next: 'auditpatch drill exam hands in and shows the sheet' } : {})
  })
}

/** Throws EXAM_RUNS once the time of an exam is over of which a try is: its work is not to be changed any more. */
export const refuseAfterExam = (progress: Progress, run: Run, now: number): void => {
  if (progress.exam && now > endOf(progress.exam)) refuseInExam(progress, run, '', now)
}

/** A seed of its own for a drill that was asked for without one. */
export const anySeed = (): number => Math.floor(Math.random() * 1_000_000)

/** Minutes that an exam still has, rounded up; below 1 once it is over. */
export const minutesLeft = (exam: Exam, now: number): number => Math.ceil((endOf(exam) - now) / 60_000)
