import t, { type Test } from 'tap'
import { noTracer } from '../torture/fake-strike.ts'
import { MANIFEST } from '../fake-run.ts'
import { forgetting, MODELS } from '../torture/fake-power-cut.ts'
import {
  type Cuts,
  cutsOf,
  boot,
  faultsOfFurtherRuns,
  faultsOfRecovery,
  isExplained,
  type PowerRun,
  recordedRun
} from '../torture/fake-power-run.ts'
import type { Victim } from '../torture/fake-victim.ts'
import { VICTIMS } from '../torture/fake-victims.ts'

t.setTimeout(1_200_000)
t.jobs = 2

const FURTHER = 6

/** The how-many-eth call of a name is the last one that touches a path. */
const nthOf = ({ calls }: PowerRun, name: string, path: string): number => {
  const alike = calls.filter(call => call.name === name)
  return alike.findLastIndex(call => call.paths.includes(path)) + 1
}

/** Every power cut in a run: nothing is torn, and the next boot brings the files to one end. */
const survives = async (t: Test, run: PowerRun): Promise<void> => {
  t.ok(isExplained(run), `${run.name}: the recording tells all that the run did`)
  const cuts = cutsOf(run.history, run.known, MODELS)
  t.comment(told(run.name, cuts))
  t.ok(cuts.isWhole, `${run.name}: all ways were tried, not a sample`)
  t.same(cuts.faults, [], `${run.name}: what is left is whole`)
  if (!t.passing()) return
  for (const [index, tree] of cuts.kinds.entries()) {
    boot(run, tree)
    // every kind is recovered from; what else is asked of the next runs costs four more of them
    const faults = await (index % FURTHER === 0 ? faultsOfFurtherRuns(run) : faultsOfRecovery(run))
    t.same(faults, [], `${run.name}: goes on after the boot, state ${index}`)
  }
}

const told = (name: string, { moments, ways, states, kinds }: Cuts): string =>
  `${name}: ${moments} moments, ${ways} ways to lose what was not synced, ${states} different states, ${kinds.length} booted`

// the last sync of a path that matters, and what a power cut can leave without it
const SYNCS: readonly { readonly name: string; readonly path: RegExp; readonly want: RegExp }[] = [
  { name: 'a copy', path: /-manifest\.yaml\.auditpatch/, want: /-manifest\.yaml holds what it never held/ },
  { name: 'the list of copies', path: /\.metadata\.json\.auditpatch/, want: /metadata\.json holds what it never held/ },
  { name: 'the journal', path: /\.journal\.json\.auditpatch/, want: /journal\.json holds what it never held/ },
  { name: 'the policy', path: /\.policy\.yaml\.auditpatch/, want: /policy\.yaml holds what it never held/ },
  { name: 'the manifest', path: /\.kube-apiserver\.yaml\.auditpatch/, want: /the manifest is neither the old nor/ },
  { name: 'the name of the webhook', path: /kubernetes\/audit$/, want: /webhook\.yaml is named, and not there/ },
  { name: 'the name of the manifest', path: /kubernetes\/manifests$/, want: /at neither end, and no journal/ }
]

const transactions = VICTIMS.filter(victim => victim.kind !== 'writer')
const named = (name: string): Victim => {
  const victim = VICTIMS.find(each => each.name === name)
  if (!victim) throw new Error(`there is no ${name}`)
  return victim
}

for (const victim of transactions)
  t.test(`the power goes: ${victim.name}`, { skip: noTracer }, async t =>
    survives(t, await recordedRun(victim, t.testdir()))
  )

t.test('the power goes while a failed change is put back', { skip: noTracer }, async t => {
  const scratch = t.testdir()
  const whole = await recordedRun(named('apply'), scratch)
  const faults = [
    { name: 'the rename of the manifest fails', call: 'rename', nth: nthOf(whole, 'rename', MANIFEST), code: 3 },
    {
      name: 'the sync after it fails',
      call: 'fsync',
      nth: nthOf(whole, 'fsync', '/etc/kubernetes/manifests'),
      code: 4
    }
  ]
  for (const fault of faults) await survives(t, await recordedRun(named('apply'), scratch, fault, whole.ends.after))
})

t.test('a program that forgets a sync is found out', { skip: noTracer }, async t => {
  const { history, known } = await recordedRun(named('apply'), t.testdir())
  for (const { name, path, want } of SYNCS) {
    const forgotten = history.steps.findLastIndex(({ call, synced }) => synced !== undefined && path.test(call))
    t.ok(forgotten > 0, `${name} is synced`)
    const { faults } = cutsOf(forgetting(history, forgotten), known, MODELS)
    t.ok(
      faults.some(fault => want.test(fault)),
      `${name}: ${faults.join(', ')}`
    )
  }
})
