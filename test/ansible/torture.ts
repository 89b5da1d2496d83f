import { spawn } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { PROGRAM } from '../e2e/fake-run.ts'
import { POLICY, until } from '../e2e/fake-setup.ts'
import { type Ends, endsOf } from '../e2e/torture/fake-ends.ts'
import { faultsAtOnce, isOpen, objectOf } from '../e2e/torture/fake-judge.ts'
import { killAt } from '../e2e/torture/fake-kill-campaign.ts'
import { runProgram } from '../e2e/torture/fake-program.ts'
import { isSame, stateOf } from '../e2e/torture/fake-state.ts'
import { noTracer, struckAt } from '../e2e/torture/fake-strike.ts'
import { isWrite, keyOf } from '../e2e/torture/fake-trace.ts'
import { copyOf, type Victim } from '../e2e/torture/fake-victim.ts'
import { VICTIMS } from '../e2e/torture/fake-victims.ts'
import { copyCollection, directoryOf, noAnsible } from './fake-ansible.ts'

t.setTimeout(600_000)

type Params = Readonly<Record<string, unknown>>

const applied = VICTIMS.find(({ name }) => name === 'apply')
const EXECUTABLE = 'executable'

// what the module starts: the program, under what is given
const putExecutable = (directory: string, under = ''): void => {
  const words = PROGRAM.map(word => `'${word}'`).join(' ')
  const path = join(directory, EXECUTABLE)
  writeFileSync(path, `#!/bin/sh\n[ "$1" = --version ] && exec ${words} --version\nexec ${under} ${words} "$@"\n`)
  chmodSync(path, 0o755)
}

const wordsFor = (directory: string, params: Params = {}): string =>
  JSON.stringify({
    ANSIBLE_MODULE_ARGS: {
      root: directory,
      executable: join(directory, EXECUTABLE),
      webhook_config: join(directory, 'given/webhook.yaml'),
      policy_content: POLICY,
      wait: false,
      ...params,
      _ansible_remote_tmp: join(directory, '.ansible/tmp')
    }
  })

/** The module as Ansible starts it on a node: a program of Python's, with its options as JSON. */
const victimOf = (collections: string): Victim => ({
  name: 'the module',
  kind: 'transaction',
  make: async directory => {
    await applied?.make(directory)
    putExecutable(directory)
  },
  program: [
    ...['/usr/bin/env', `PYTHONPATH=${collections}`, 'PYTHONDONTWRITEBYTECODE=1', '/usr/bin/python3'],
    join(collections, 'ansible_collections/auditpatch/kubernetes/plugins/modules/audit.py')
  ],
  args: directory => [wordsFor(directory)],
  watched: applied?.watched ?? []
})

const setUp = async (t: Test): Promise<Ends> => {
  const directory = directoryOf(t)
  copyCollection(directory)
  return endsOf(victimOf(directory), join(directory, 'nodes'))
}

const runModule = async ({ victim }: Ends, directory: string, params: Params = {}): Promise<Params> => {
  const { program = [] } = victim
  const ended = await runProgram([wordsFor(directory, params)], directory, { program })
  return objectOf(ended) ?? { said: ended.out + ended.err }
}

/** The next runs tell the truth: one finishes or undoes what was cut off and does the rest, and then there is nothing to do. */
const goesOn = async (t: Test, ends: Ends, directory: string, name: string): Promise<void> => {
  t.same(faultsAtOnce(ends, directory), [], `${name}: nothing is torn`)
  const changed = isOpen(directory) || !isSame(stateOf(directory, ends.victim.watched), ends.after)
  t.match(await runModule(ends, directory, { _ansible_check_mode: true }), { changed }, `${name}: check mode`)
  const next = await runModule(ends, directory)
  t.match(next, { changed }, `${name}: the next run`)
  t.notOk(next['failed'], `${name}: it is done`)
  t.same(stateOf(directory, ends.victim.watched), ends.after, `${name}: all is there`)
  const last = await runModule(ends, directory)
  t.match(last, { changed: false, msg: 'nothing to do' }, `${name}: the run after that`)
}

t.test('the module is struck', { skip: noAnsible || noTracer }, async t => {
  const ends = await setUp(t)
  const points = ends.calls.filter(call => call.isMainThread && isWrite(call))
  t.ok(points.length > 4, `${points.length} points`)
  for (const call of points) {
    const killed = await killAt(ends, call, 0)
    t.same(killed.faults, [], killed.point)
    t.equal(killed.hit, keyOf(call, ends.calls), killed.point)
    const { directory, ended } = await struckAt(ends, call, 0, 'error=ENOSPC')
    const said = objectOf(ended)
    t.ok(said, `ENOSPC from ${call.line} gives an object: ${ended.out}${ended.err}`)
    if (ended.code !== 0) t.match(said, { failed: true, msg: /\/.*No space left/ }, `ENOSPC from ${call.line}`)
    const wanted = ended.code === 0 ? ends.after : ends.before
    t.ok(isSame(stateOf(directory, ends.victim.watched), wanted), `ENOSPC from ${call.line}: exit ${ended.code}`)
  }
})

// the renames: a copy for each of two files, their list, the set, the journal, policy, webhook, manifest
const MANIFEST_RENAME = 8
const KILLS = ['rename:1', 'rename:6', `rename:${MANIFEST_RENAME}`, 'unlink:2']
const FAILURES = ['rename:1', `rename:${MANIFEST_RENAME}`]

const struckBelow = async (t: Test, ends: Ends, point: string, fault: string) => {
  const directory = copyOf(ends.model, join(ends.scratch, 'below'))
  const [call = '', nth = ''] = point.split(':')
  putExecutable(directory, `strace -o /dev/null -e trace=${call} -e inject=${call}:${fault}:when=${nth}`)
  const result = await runModule(ends, directory)
  putExecutable(directory)
  t.equal(result['failed'], true, `${fault} at ${point} is no success`)
  return { directory, result }
}

t.test('the program is struck below it', { skip: noAnsible || noTracer }, async t => {
  const ends = await setUp(t)
  for (const point of KILLS) {
    const { directory, result } = await struckBelow(t, ends, point, 'signal=KILL')
    const msg = /^auditpatch apply: an object ApplyResult .* exit code -9 .*auditpatch recover/
    t.match(result, { rc: -9, msg }, `killed before ${point}`)
    await goesOn(t, ends, directory, `killed before ${point}`)
  }
  for (const point of FAILURES) {
    const { directory, result } = await struckBelow(t, ends, point, 'error=EIO')
    t.match(result, { changed: false, rc: 3, code: /./, msg: /\/\S+: EIO .* Next: \S/ }, `EIO from ${point}`)
    t.ok(isSame(stateOf(directory, ends.victim.watched), ends.before), `EIO from ${point}: all is as it was`)
    await goesOn(t, ends, directory, `EIO from ${point}`)
  }
})

/** Starts the module, and ends it while the program stands before the rename of the manifest. */
const endedWhileItWorks = async (ends: Ends, directory: string, isAll: boolean): Promise<void> => {
  const log = join(directory, 'trace')
  putExecutable(
    directory,
    `strace -o '${log}' -e trace=rename -e inject=rename:delay_enter=1500000:when=${MANIFEST_RENAME}`
  )
  const [file = '', ...words] = ends.victim.program ?? []
  const child = spawn(file, [...words, wordsFor(directory)], {
    detached: true,
    env: { PATH: process.env.PATH, HOME: directory },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const ended = new Promise(resolve => child.once('close', resolve))
  const renames = (): number =>
    existsSync(log)
      ? readFileSync(log, 'utf8')
          .split('\n')
          .filter(line => line.startsWith('rename')).length
      : 0
  await until('the rename of the manifest', () => renames() >= MANIFEST_RENAME - 1)
  child.stdout.destroy()
  child.stderr.destroy()
  process.kill(isAll ? -(child.pid ?? 0) : (child.pid ?? 0), 'SIGKILL')
  await ended
  if (!isAll) await until('the end of the program', () => /^\+\+\+ exited/m.test(readFileSync(log, 'utf8')))
  putExecutable(directory)
}

t.test('the module is killed while the program works', { skip: noAnsible || noTracer }, async t => {
  const ends = await setUp(t)
  const directoryFor = (): string => copyOf(ends.model, join(ends.scratch, 'killed'))
  const alone = directoryFor()
  await endedWhileItWorks(ends, alone, false)
  t.same(stateOf(alone, ends.victim.watched), ends.after, 'the program finishes')
  await goesOn(t, ends, alone, 'the module alone')
  const both = directoryFor()
  await endedWhileItWorks(ends, both, true)
  t.ok(isOpen(both), 'the program was cut off')
  await goesOn(t, ends, both, 'the module and the program')
})
