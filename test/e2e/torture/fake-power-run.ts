import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { diskOf, hashOf, materialise, type Tree, treeOf } from './fake-disk.ts'
import type { Ends } from './fake-ends.ts'
import { faultsAfterwards, isOpen } from './fake-judge.ts'
import { disksAfter, type History, historyOf, type Model } from './fake-power-cut.ts'
import { faultsOfCut, keyOf, kindOfState, type Known, knownOf } from './fake-power-judge.ts'
import { runProgram, traceOf } from './fake-program.ts'
import { type RecordedCall, recordedCalls, RECORDING } from './fake-recording.ts'
import { differenceOf, isSame, type State, stateOf } from './fake-state.ts'
import { copyOf, type Victim } from './fake-victim.ts'

/** A run that was recorded whole, and what is to come of it when the power goes. */
export interface PowerRun {
  readonly name: string
  readonly directory: string
  readonly calls: readonly RecordedCall[]
  readonly history: History
  readonly known: Known
  readonly ends: Ends
  /** True for a state of the files at which the next run may leave them. */
  readonly isEnd: (now: State) => boolean
}

/** A system call that is made to fail, as strace counts it, and with what the run then ends. */
export interface Fault {
  readonly name: string
  readonly call: string
  readonly nth: number
  readonly code: number
}

const modelOf = async (victim: Victim, scratch: string): Promise<string> => {
  const model = join(scratch, victim.name.replaceAll(/\W+/g, '-'))
  if (existsSync(model)) return model
  mkdirSync(model, { recursive: true })
  await victim.make(model)
  return model
}

/** Records a victim's run, also one in which a system call fails; `other` is the end it would have come to without that. */
export const recordedRun = async (victim: Victim, scratch: string, fault?: Fault, other?: State): Promise<PowerRun> => {
  const model = await modelOf(victim, scratch)
  const directory = copyOf(model, `${model}-${fault?.call ?? 'whole'}`)
  const first = diskOf(directory)
  const before = stateOf(directory, victim.watched)
  const inject = fault ? ['-e', `inject=${fault.call}:error=EIO:when=${fault.nth}`] : []
  const ended = await runProgram(victim.args(directory), directory, { under: [...RECORDING, ...inject] })
  if (ended.code !== (fault?.code ?? 0)) throw new Error(`${victim.name} ended with ${ended.code}: ${ended.err}`)
  const calls = recordedCalls(traceOf(directory), directory)
  const history = historyOf(first, calls)
  const after = stateOf(directory, victim.watched)
  const wanted = victim.kind === 'recovery' ? [after] : [before, after, ...(other ? [other] : [])]
  return {
    name: fault?.name ?? victim.name,
    directory,
    calls,
    history,
    known: knownOf(history),
    ends: { victim, model, before, after, exit: ended.code, fault: [], calls: [], scratch, untouched: new Map() },
    isEnd: now => wanted.some(end => isSame(now, end))
  }
}

/** True when the recording explains all that the run left. */
export const isExplained = ({ directory, known }: PowerRun): boolean =>
  keyOf(treeOf(diskOf(directory))) === keyOf(known.after)

/** All that a power cut at any moment of a run can leave. */
export interface Cuts {
  readonly moments: number
  /** How many ways to lose what was not synced. */
  readonly ways: number
  /** How many different states they leave. */
  readonly states: number
  /** What is wrong with any of them before it is repaired. */
  readonly faults: readonly string[]
  /** One of each kind of them. */
  readonly kinds: readonly Tree[]
  /** False where a moment had too many ways to try them all. */
  readonly isWhole: boolean
}

/** Tries every power cut of a history. */
export const cutsOf = (history: History, known: Known, models: readonly Model[]): Cuts => {
  const states = new Set<string>()
  const faults = new Set<string>()
  const kinds = new Map<string, Tree>()
  let [ways, isWhole] = [0, true]
  const judge = (tree: Tree): void => {
    const key = hashOf(Buffer.from(keyOf(tree)))
    if (states.has(key)) return
    states.add(key)
    for (const fault of faultsOfCut(tree, known)) faults.add(fault)
    kinds.set(hashOf(Buffer.from(kindOfState(tree, known))), tree)
  }
  for (const model of models)
    for (let count = 0; count <= history.steps.length; count++) {
      const cut = disksAfter(history, count, model)
      isWhole &&= cut.isWhole
      for (const disk of cut.disks) {
        judge(treeOf(disk))
        ways++
      }
    }
  const found = { faults: [...faults], kinds: [...kinds.values()] }
  return { moments: history.steps.length + 1, ways, states: states.size, isWhole, ...found }
}

/** Lays a tree on the disk as the next boot finds it. */
export const boot = ({ directory }: PowerRun, tree: Tree): void => {
  materialise(tree, directory)
  for (const name of ['lock', 'journal.json']) asOfOtherBoot(join(directory, 'var/lib/auditpatch', name))
}

/** What is wrong with how the program goes on after a boot: it recovers to one end and closes the journal. */
export const faultsOfRecovery = async ({ directory, ends, isEnd }: PowerRun): Promise<readonly string[]> => {
  const { code, err } = await runProgram(['recover', '--root', directory, '-o', 'json'], directory)
  const now = stateOf(directory, ends.victim.watched)
  return [
    ...(code === 0 ? [] : [`recover ended with ${code}: ${err}`]),
    ...(isOpen(directory) ? ['the journal is left'] : []),
    ...(isEnd(now) ? [] : [`neither end; the old: ${differenceOf(now, ends.before)}`])
  ]
}

/** The same, and whether further runs work. */
export const faultsOfFurtherRuns = ({ directory, ends, isEnd }: PowerRun): Promise<readonly string[]> =>
  faultsAfterwards(ends, directory, isEnd)

// the process of before is no more, and its number belongs to another one
const asOfOtherBoot = (file: string): void => {
  if (!existsSync(file)) return
  const text = readFileSync(file, 'utf8')
  writeFileSync(
    file,
    text
      .replace(/("bootId": ?)"[^"]*"/, '$1"00000000-0000-4000-8000-000000000000"')
      .replace(/("pid": ?)\d+(?=[^{}]*"bootId")/, `$1${process.pid}`)
  )
}
