import { join } from 'node:path'
import { DRILLS } from '../../drills/catalogue.ts'
import { chooseDrills, sheetOf } from '../../drills/exam.ts'
import { grade } from '../../drills/grade.ts'
import { pickFor } from '../../drills/pick.ts'
import { endOf, type Exam, type Mark, type Progress, type Run, withRun, withScore } from '../../drills/progress.ts'
import { lookAt } from '../../drills/seen.ts'
import { POD_LOGS, SYSTEM_LOG } from '../../drills/simulate.ts'
import { AuditError, errnoOf } from '../../errors.ts'
import { lastWritten } from '../../host/file-tree.ts'
import { nodeHostReader } from '../../host/node-host-reader.ts'
import { examLines, sheetLines } from '../../render/drill-overview.ts'
import { exitCode } from '../exit-codes.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'
import { countOf, type Session, sessionOf } from '../session.ts'
import { examJson } from './exam-json.ts'
import { emptyDirectory, fromHere, makeNode, requireNode } from './node-directory.ts'
import {
  anySeed,
  writtenDrill,
  loadProgress,
  minutesLeft,
  newRun,
  refuseInExam,
  saveProgress,
  refuseRoot,
  trySaving
} from './practice.ts'

/**
 * Begins an exam; while one runs, shows it; hands it in with --end, or when its time is over, and then shows its sheet. Gives
 * the exit code.
 */
export const takeExam = async (args: Args, io: Io): Promise<number> => {
  const session = sessionOf(args, io)
  refuseRoot(args)
  const progress = loadProgress(io)
  const { exam, sheet } = progress
  const now = Date.now()
  if (exam && (args.has('end') || now > endOf(exam))) return handIn(session, io, progress, exam, now)
  if (exam) return show(session, exam, now)
  if (!args.has('end')) return show(session, begin(args, io, now), now)
  if (sheet) return showSheet(session, sheet)
  throw new AuditError('NOT_FOUND', 'no exam has been begun', { next: 'auditpatch drill exam begins one' })
}

const begin = (args: Args, io: Io, now: number): Exam => {
  const [count, minutes] = [atLeastOne(args, 'n'), atLeastOne(args, 'minutes')]
  const seed = countOf(args, 'seed') ?? anySeed()
  const directory = emptyDirectory(args.text('dir'), 'exam')
  // nothing is made where it could not be remembered
  trySaving(io)
  const drills = chooseDrills(DRILLS, count, minutes, pickFor('exam', seed))
  const runs = drills.map(drill => newRun(drill, seed, join(directory, drill.id), now))
  const tasks = runs.map(({ drill, directory: own }) => ({ drill, directory: own }))
  const exam = { seed, started: new Date(now).toISOString(), minutes, directory, tasks }
  // the first task is the one that is worked on
  const save = (): void =>
    saveProgress(io, current => {
      refuseInExam(current, null, 'it was begun in this moment', now)
      return { ...[...runs].reverse().reduce(withRun, current), exam }
    })
  // an end half-way would leave half of its nodes
  io.countInterrupts()
  // each node is kept when those after it, and the progress, could be written
  drills.reduceRight(
    (rest, drill) => () => makeNode(join(directory, drill.id), drill, seed, drill.make(pickFor(drill.id, seed)), rest),
    save
  )()
  return exam
}

const atLeastOne = (args: Args, name: 'n' | 'minutes'): number => {
  const value = countOf(args, name) ?? 0
  if (value === 0)
    throw new AuditError('USAGE', `--${name}: a number from 1 up is wanted, found "${args.text(name) ?? ''}"`)
  return value
}

const show = ({ give, say, paint, width }: Session, exam: Exam, now: number): number => {
  give(() => examJson(exam, now))
  const drills = exam.tasks.map(({ drill }) => writtenDrill(drill))
  say(examLines(drills, fromHere(exam.directory), minutesLeft(exam, now), paint, width))
  return exitCode('done')
}

const handIn = async (session: Session, io: Io, progress: Progress, exam: Exam, now: number): Promise<number> => {
  const marks: Mark[] = []
  const runs = exam.tasks.flatMap(({ directory }) => progress.runs[directory] ?? [])
  for (const run of runs) marks.push(await markOf(session, run, exam))
  const ended = new Date(Math.min(now, endOf(exam))).toISOString()
  const sheet = { exam, marks, ended }
  saveProgress(io, before => {
    const after = runs.reduce<Progress>((current, run, index) => {
      const mark = marks[index]
      return mark ? withScore(current, run, mark.late === null ? mark.score : 0) : current
    }, before)
    return { ...after, exam: null, sheet }
  })
  return showSheet(session, sheet)
}

const showSheet = (
  { give, say, paint, width }: Session,
  { exam, marks, ended }: NonNullable<Progress['sheet']>
): number => {
  const sheet = sheetOf(marks.map(({ drill, score, late }) => ({ drill: writtenDrill(drill), score, late })))
  give(() => examJson(exam, Date.parse(ended), sheet))
  say(sheetLines(sheet, exam, Date.parse(ended), paint, width))
  return exitCode(sheet.isPassed ? 'done' : 'findings')
}

// what somebody can do to files, in contrast to a disk that fails
const OF_FILES = ['EACCES', 'EPERM', 'ELOOP', 'ENAMETOOLONG']

const markOf = async ({ talk }: Session, run: Run, exam: Exam): Promise<Mark> => {
  const { drill } = run
  try {
    requireNode(run)
    const seen = await lookAt(nodeHostReader({ root: run.directory }))
    const { score } = grade(writtenDrill(drill).make(pickFor(drill, run.seed)), seen, 0)
    // logs are written anew whenever somebody looks at them
    const written = lastWritten(
      run.directory,
      [POD_LOGS, SYSTEM_LOG].map(path => join(run.directory, path))
    )
    const late = written === null ? 0 : Math.ceil((written - endOf(exam)) / 60_000)
    return { drill, score, late: late > 0 ? late : null }
  } catch (error) {
    // a node that is gone, or may not be read, keeps nobody from handing in the others
    if (!(error instanceof AuditError) || error.code === 'IMPOSSIBLE') throw error
    if (error.code === 'CANNOT_READ' && !OF_FILES.includes(errnoOf(error.cause) ?? '')) throw error
    talk(`${drill} counts nothing: ${error.message}`)
    return { drill, score: 0, late: null }
  }
}
