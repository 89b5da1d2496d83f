import { pickFor } from '../../drills/pick.ts'
import { DRILLS } from '../../drills/catalogue.ts'
import { type Progress, withRun } from '../../drills/progress.ts'
import { startedLines } from '../../render/drill.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'
import { countOf, sessionOf } from '../session.ts'
import { emptyDirectory, firstFile, fromHere, makeNode } from './node-directory.ts'
import {
  anySeed,
  drillOf,
  loadProgress,
  newRun,
  refuseInExam,
  saveProgress,
  refuseRoot,
  trySaving
} from './practice.ts'
import { runJson } from './run-json.ts'

/** Makes the node of a drill, of the next one that is not solved where none is named, and says what is to be done. Gives the exit code. */
export const startDrill = (args: Args, io: Io): number => {
  const session = sessionOf(args, io)
  refuseRoot(args)
  const progress = loadProgress(io)
  const drill = drillOf(args.positionals[0] ?? nextOf(progress))
  const now = Date.now()
  refuseInExam(progress, null, 'no other drill is started before its end', now)
  const seed = countOf(args, 'seed') ?? anySeed()
  const directory = emptyDirectory(args.text('dir'), `drill-${drill.id}`)
  const exercise = drill.make(pickFor(drill.id, seed))
  // nothing is made where it could not be remembered
  trySaving(io)
  const run = newRun(drill, seed, directory, now)
  // an end half-way would leave half a node
  io.countInterrupts()
  makeNode(directory, drill, seed, exercise, () => saveProgress(io, current => withRun(current, run)))
  session.give(() => runJson(drill, run, exercise))
  session.say(
    startedLines(drill, exercise, run, fromHere(directory), firstFile(drill, exercise), session.paint, session.width)
  )
  return 0
}

const nextOf = ({ best }: Progress): string => (DRILLS.find(({ id }) => best[id] !== 100) ?? DRILLS[0])?.id ?? ''
