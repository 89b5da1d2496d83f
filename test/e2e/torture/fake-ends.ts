import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { MANIFEST } from '../fake-run.ts'
import { type Ended, runProgram, traceOf } from './fake-program.ts'
import { type State, stateOf } from './fake-state.ts'
import { type Call, callsBelow, TRACED } from './fake-trace.ts'
import { copyOf, type Victim } from './fake-victim.ts'

/** A victim whose run was recorded. */
export interface Ends {
  readonly victim: Victim
  /** What every run begins with; it is copied. */
  readonly model: string
  readonly before: State
  /** What an undisturbed run leaves. */
  readonly after: State
  /** With what the run ends. */
  readonly exit: number
  /** Every system call of the run below the directory, in order. */
  readonly calls: readonly Call[]
  /** Words for strace that put the victim's own fault into each run. */
  readonly fault: readonly string[]
  /** A directory for the copies. */
  readonly scratch: string
  /** What was found of runs that left everything as it was, by whether they may fail: the same node goes on the same way. */
  readonly untouched: Map<boolean, Promise<readonly string[]>>
}

/** Runs a victim's command. */
export const runVictim = (victim: Victim, directory: string, under?: readonly string[]): Promise<Ended> =>
  runProgram(victim.args(directory), directory, {
    ...(under ? { under } : {}),
    ...(victim.program ? { program: victim.program } : {}),
    cwd: victim.cwd
  })

/** Makes a victim's files, runs its command, and records its calls. Throws where the run ends as it should not. */
export const endsOf = async (victim: Victim, scratch: string): Promise<Ends> => {
  const model = join(scratch, `model of ${victim.name}`.replaceAll(/\W+/g, '-'))
  mkdirSync(model, { recursive: true })
  await victim.make(model)
  const plain = await recorded(victim, model, scratch, [])
  if (plain.exit !== 0) throw new Error(`${victim.name} ended with ${plain.exit}: ${plain.said}`)
  const { failsAt } = victim
  if (failsAt === undefined) return { victim, model, fault: [], scratch, untouched: new Map(), ...plain }
  const renamed = plain.calls.findIndex(({ name, place }) => name === 'rename' && place.endsWith(` ${MANIFEST}`))
  const failing = plain.calls.slice(renamed).find(({ name }) => name === failsAt)
  if (!failing) throw new Error(`${victim.name}: no ${failsAt} of the manifest`)
  const fault = ['-e', `inject=${failsAt}:error=EIO:when=${failing.nth}`]
  const faulty = await recorded(victim, model, scratch, fault)
  if (faulty.exit !== (failsAt === 'rename' ? 3 : 4)) throw new Error(`${victim.name} ended with ${faulty.exit}`)
  return { victim, model, fault, scratch, untouched: new Map(), ...faulty, after: plain.after }
}

type Recorded = Pick<Ends, 'before' | 'after' | 'exit' | 'calls'> & { readonly said: string }

const recorded = async (
  victim: Victim,
  model: string,
  scratch: string,
  fault: readonly string[]
): Promise<Recorded> => {
  const directory = copyOf(model, join(scratch, `${victim.name} recorded`.replaceAll(/\W+/g, '-')))
  const before = stateOf(directory, victim.watched)
  const { code, err, out } = await runVictim(victim, directory, ['-f', '-e', `trace=${TRACED}`, ...fault])
  const calls = callsBelow(traceOf(directory), directory)
  return { before, after: stateOf(directory, victim.watched), exit: code ?? -1, calls, said: `${err}${out}` }
}
