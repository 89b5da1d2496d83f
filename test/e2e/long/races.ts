import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { MANIFEST } from '../fake-run.ts'
import { EDITORS, type Editor } from '../torture/fake-editors.ts'
import { isOpen } from '../torture/fake-judge.ts'
import { runProgram, traceOf } from '../torture/fake-program.ts'
import { differenceOf, stateOf, temporariesIn } from '../torture/fake-state.ts'
import { type Stopped, stoppedAfter } from '../torture/fake-stop.ts'
import { noTracer } from '../torture/fake-strike.ts'
import { type Call, callsBelow, isWrite, TRACED } from '../torture/fake-trace.ts'
import { copyOf, type Victim } from '../torture/fake-victim.ts'
import { VICTIMS } from '../torture/fake-victims.ts'

t.setTimeout(1_200_000)
t.jobs = 2

const MANIFESTS = '/etc/kubernetes/manifests'
const MINE = '# saved by someone else\n'

const victimOf = (name: string): Victim => {
  const victim = VICTIMS.find(each => each.name === name)
  if (!victim) throw new Error(`there is no ${name}`)
  return victim
}

/** A run whose calls are known, and a place for its copies. */
interface Raced {
  readonly victim: Victim
  readonly model: string
  readonly slot: string
  readonly calls: readonly Call[]
  readonly fault?: { readonly call: string; readonly nth: number }
}

const raced = async (t: Test, name: string, fault?: Raced['fault']): Promise<Raced> => {
  const [victim, model] = [victimOf(name), join(t.testdir(), 'model')]
  mkdirSync(model)
  await victim.make(model)
  const slot = copyOf(model, join(t.testdirName, 'slot'))
  const inject = fault ? ['-e', `inject=${fault.call}:error=EIO:when=${fault.nth}`] : []
  await runProgram(victim.args(slot), slot, { under: ['-e', `trace=${TRACED}`, ...inject] })
  return { victim, model, slot, calls: callsBelow(traceOf(slot), slot), ...(fault ? { fault } : {}) }
}

// what a run looks at or changes where an editor works: between two of these no moment differs from another
const isNear = ({ name, place }: Call): boolean =>
  name !== 'readlink' &&
  (place.includes('/kube-apiserver.yaml') ||
    place.includes('/.kube-apiserver.yaml') ||
    `${name} ${place}` === `fsync ${MANIFESTS}`)

/** The last call before each rename over the manifest: a file put there by another rename has nobody who could see it. */
const blind = (calls: readonly Call[]): ReadonlySet<Call> =>
  new Set(
    calls.filter((_, index) => {
      const next = calls[index + 1]
      return next?.name === 'rename' && next.place.endsWith(MANIFEST)
    })
  )

type Outcome = 'refused' | 'stands' | 'is part of it' | 'backed up' | 'lost'

const textAt = (directory: string): string => readFileSync(join(directory, MANIFEST), 'utf8')

// a restore puts back what was before an edit too, but not without a copy of it
const isBackedUp = (directory: string, text: string): boolean =>
  readdirSync(join(directory, 'var/lib/auditpatch/backups'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('-manifest.yaml'))
    .some(name => readFileSync(join(directory, 'var/lib/auditpatch/backups', name), 'utf8') === text)

/** What became of an edit, and what is wrong with the rest. */
const outcomeOf = (
  { victim, model, slot }: Raced,
  theirs: string,
  { code, err, isHung }: Stopped
): { readonly outcome: Outcome; readonly faults: readonly string[] } => {
  const now = textAt(slot)
  const others = (directory: string): Record<string, string> =>
    Object.fromEntries(Object.entries(stateOf(directory, victim.watched)).filter(([path]) => path !== MANIFEST))
  const isRefused = code === 3 || code === 2
  const difference = isRefused ? differenceOf(others(slot), others(model)) : ''
  const left = [
    ...(isHung ? ['it hung'] : []),
    ...(difference === '' ? [] : [`refused, and changed: ${difference}`]),
    ...(isOpen(slot) && code !== 5 ? ['the journal is left'] : []),
    ...(existsSync(join(slot, 'var/lib/auditpatch/lock')) ? ['the lock is left'] : []),
    ...temporariesIn(slot, ['/etc']).map(path => `${path} is left`),
    ...([0, 2, 3, 4, 5].includes(code ?? -1) ? [] : [`it ended with ${code}: ${err}`])
  ]
  if (!now.includes(MINE)) return { outcome: isBackedUp(slot, theirs) ? 'backed up' : 'lost', faults: left }
  if (now !== theirs) return { outcome: 'is part of it', faults: code === 0 ? left : [...left, 'a mixture'] }
  return { outcome: isRefused ? 'refused' : 'stands', faults: left }
}

const TRIES = 5

/** Lets an editor save at a moment of a run: whole, or begin there and end after the run. */
const save = async (
  run: Raced,
  call: Call,
  editor: Editor,
  isWhole: boolean
): Promise<ReturnType<typeof outcomeOf>> => {
  const theirs = `${MINE}${textAt(run.model)}`
  // on a busy machine a stop can be missed
  for (let turn = 1; turn <= TRIES; turn++) {
    copyOf(run.model, run.slot)
    const [begin, end] = editor.steps(join(run.slot, MANIFEST), theirs)
    const act = (): void => {
      begin?.()
      if (isWhole) end?.()
    }
    const ended = await stoppedAfter(run.victim.args(run.slot), run.slot, call, run.calls, act, run.fault)
    if (!ended.wasStopped) continue
    if (!isWhole) end?.()
    return outcomeOf(run, theirs, ended)
  }
  return { outcome: 'lost', faults: [`it never came to ${call.line}`] }
}

const sweep = async (t: Test, run: Raced, editor: Editor, isWhole: boolean, calls: readonly Call[]): Promise<void> => {
  const unseen = blind(run.calls)
  const counts = new Map<Outcome, number>()
  for (const call of calls) {
    const { outcome, faults } = await save(run, call, editor, isWhole)
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
    const moment = `${editor.name}, after ${call.name} ${call.place}`
    t.same(faults, [], moment)
    if (outcome === 'lost')
      t.ok(unseen.has(call) && editor.name !== 'in place', `lost only where nobody could see it: ${moment}`)
  }
  const told = [...counts].map(([outcome, count]) => `${outcome} ${count}`).join(', ')
  t.comment(`${run.victim.name}, an edit ${editor.name}${isWhole ? '' : ', in two parts'}: ${told}`)
  t.ok((counts.get('refused') ?? 0) + (counts.get('stands') ?? 0) > 0, 'an edit was seen')
}

for (const editor of EDITORS)
  t.test(`apply while someone saves ${editor.name}`, { skip: noTracer }, async t => {
    const run = await raced(t, 'apply on a new node')
    const near = run.calls.filter(isNear)
    await sweep(
      t,
      run,
      editor,
      true,
      editor.name === 'by rename' ? run.calls.filter(c => isNear(c) || isWrite(c)) : near
    )
    // what is begun by rename has not touched the file yet
    if (editor.name !== 'by rename') await sweep(t, run, editor, false, near)
  })

for (const name of ['remove', 'restore'])
  t.test(`${name} while someone saves`, { skip: noTracer }, async t => {
    const run = await raced(t, name)
    for (const editor of EDITORS.slice(0, 2)) await sweep(t, run, editor, true, run.calls.filter(isNear))
  })

t.test('a change is put back while someone saves', { skip: noTracer }, async t => {
  const { calls } = await raced(t, 'apply on a new node')
  const sync = calls.filter(({ name }) => name === 'fsync').findLastIndex(({ place }) => place === MANIFESTS)
  const run = await raced(t, 'apply on a new node', { call: 'fsync', nth: sync + 1 })
  const renamed = run.calls.findIndex(({ name, place }) => name === 'rename' && place.endsWith(MANIFEST))
  const later = run.calls.slice(renamed).filter(call => isNear(call) && call.name !== 'fsync')
  for (const editor of EDITORS.slice(0, 2)) await sweep(t, run, editor, true, later)
})
