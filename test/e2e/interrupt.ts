import { spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { UNSEEN } from './fake-faults.ts'
import { setFaults, writeAtomic, type FakeNode, type Kubelet } from './fake-node.ts'
import { endsOf } from './torture/fake-ends.ts'
import { failAt } from './torture/fake-fail-campaign.ts'
import { killAt, killPoints } from './torture/fake-kill-campaign.ts'
import { noTracer } from './torture/fake-strike.ts'
import { callsBelow, isWrite, keyOf } from './torture/fake-trace.ts'
import { VICTIMS } from './torture/fake-victims.ts'
import {
  IS_LONG,
  apply,
  auditFlags,
  isAlive,
  isTidy,
  launch,
  MANIFEST,
  PROGRAM,
  read,
  run,
  runLog,
  treeOf,
  waiting,
  type Run,
  type Running
} from './fake-run.ts'
import { noProgram } from '../fake-shell.ts'
import { POLICY_PATH, setUp, until } from './fake-setup.ts'
import { forgetting, MODELS } from './torture/fake-power-cut.ts'
import { cutsOf, isExplained, recordedRun } from './torture/fake-power-run.ts'

t.jobs = 4
t.setTimeout(300_000)

// what a run that changes nothing may leave: its log, its lock's directory, a backup
const OWN = /^var\/(lib|log)(\/auditpatch.*)?$/
const AUDITED = '--audit-policy-file'
const JOURNAL = '/var/lib/auditpatch/journal.json'
const DONE = { changed: true, restarted: true, healthy: true, proven: true, rolledBack: false }
const SLOW = { readyMs: 60, slowStart: 1500, when: AUDITED }
// a server that is not ready before the test has done what it wants, however slow the machine is
const HELD = { readyMs: 60, slowStart: 50_000, when: AUDITED }

t.test('a hang-up stops nothing', async t => {
  const { node, kubelet } = await setUp(t)
  setFaults(node.dir, SLOW)
  const running = launch(node, waiting('apply'))
  await running.said('wrote ')
  running.child.kill('SIGHUP')
  t.match(await running.done, { code: 0, json: DONE })
  t.equal(kubelet.restarts(), 2)
  isTidy(t, node)
})

if (IS_LONG)
  t.test('nobody reads what we say any more', async t => {
    const { node, kubelet } = await setUp(t)
    setFaults(node.dir, SLOW)
    const running = launch(node, waiting('apply', '--verbose'))
    await running.said('wrote ')
    running.child.stdout?.destroy()
    running.child.stderr?.destroy()
    t.match(await running.done, { code: 0, signal: null })
    t.match(runLog(node), [{ command: 'apply', exit: 0, changed: true }])
    t.equal(kubelet.restarts(), 2)
    t.ok(auditFlags(kubelet).length > 0)
    isTidy(t, node)
  })

/** Starts a command on a terminal of its own, lets that go as soon as it shows these words, and tells the exit code. */
const hungUp = async (node: FakeNode, words: readonly string[], shown: string): Promise<string> => {
  const command = [...PROGRAM, ...words, '--root', node.dir].map(word => `'${word}'`).join(' ')
  const env = { PATH: process.env['PATH'], TERM: 'xterm', LC_ALL: 'C.UTF-8' }
  // the shell outlives the terminal; what it starts does not inherit that
  const terminal = spawn('script', ['-qec', `trap : HUP; ${command} 3>&-; echo code $? >&3`, '/dev/null'], {
    env,
    stdio: ['pipe', 'pipe', 'inherit', 'pipe']
  })
  const said = ['', '']
  for (const [index, stream] of [terminal.stdio[1], terminal.stdio[3]].entries())
    stream?.on('data', (piece: Buffer) => (said[index] += piece.toString()))
  await until(
    () => `'${shown}' in: ${said[0]}`,
    () => said[0]?.includes(shown) === true
  )
  terminal.kill('SIGKILL')
  await until('the end', () => said[1] !== '')
  return said[1] ?? ''
}

if (IS_LONG)
  t.test('a terminal goes away', { skip: noProgram('script') }, async t => {
    const { node, kubelet, good } = await setUp(t)
    t.equal(await hungUp(node, ['apply'], '[y/N]'), 'code 130\n', 'at the question')
    t.equal(read(node, MANIFEST), good)
    isTidy(t, node)
    setFaults(node.dir, SLOW)
    t.equal(await hungUp(node, waiting('apply'), 'wrote '), 'code 0\n', 'while the new server starts')
    t.match(runLog(node).at(-1), { command: 'apply', exit: 0, changed: true })
    t.equal(kubelet.restarts(), 2)
    isTidy(t, node)
  })

t.test('a signal rolls back', async t => {
  const { node, kubelet, good } = await setUp(t)
  setFaults(node.dir, HELD)
  const running = launch(node, waiting('apply'))
  await running.said('is starting')
  running.child.kill('SIGTERM')
  const interrupted = await running.done
  t.match(interrupted, {
    code: 4,
    json: { code: 'ROLLED_BACK', rolledBack: true, changed: false, message: /interrupted/ }
  })
  t.equal(read(node, MANIFEST), good)
  t.equal(read(node, POLICY_PATH), null)
  t.ok(await isAlive(node))
  t.same(auditFlags(kubelet), [])
  t.equal(kubelet.restarts(), 3)
  isTidy(t, node)
})

if (IS_LONG)
  t.test('a second signal leaves the journal', async t => {
    const { node, kubelet, good } = await setUp(t)
    // without `when`: the old server is held too when it comes back
    setFaults(node.dir, { readyMs: 60, slowStart: HELD.slowStart })
    const running = launch(node, waiting('apply'))
    await running.said('is starting')
    running.child.kill('SIGINT')
    await running.said('putting everything back')
    await until('the return of the old server', () => kubelet.restarts() === 3)
    running.child.kill('SIGTERM')
    const left = await running.done
    t.match(left, { code: 5, json: { code: 'ROLLBACK_FAILED', rolledBack: false, message: /interrupted/ } })
    t.match(left.err, 'auditpatch recover')
    t.equal(read(node, MANIFEST), good, 'the files are back')
    t.ok(existsSync(join(node.dir, JOURNAL)))
    setFaults(node.dir, { readyMs: 60, slowStart: 2000 })
    process.kill(kubelet.serverPid() ?? 0, 'SIGKILL')
    await until('another start', () => kubelet.restarts() === 4)
    const recovered = await run(node, 'recover', '--wait', '--wait-stable=700ms')
    t.match(recovered, { code: 0, json: { kind: 'RecoverResult', changed: true, what: 'undone' } })
    t.ok(await isAlive(node), 'recover waits for the server')
    isTidy(t, node)
  })

/** Applies and kills the run while it waits for the server, which then takes its time to start. */
const killWaiting = async (t: Test, node: FakeNode, kubelet: Kubelet): Promise<void> => {
  // no server, so the run is surely waiting
  setFaults(node.dir, { ...SLOW, ...UNSEEN })
  const running = launch(node, waiting('apply'))
  await running.said('wrote ')
  running.child.kill('SIGKILL')
  t.match(await running.done, { signal: 'SIGKILL' })
  t.match(read(node, MANIFEST), AUDITED, 'the new manifest is there')
  setFaults(node.dir, SLOW)
  await until('the new server', () => kubelet.restarts() === 2)
}

t.test('killed while it waits: the next apply finishes', async t => {
  const { node, kubelet } = await setUp(t)
  await killWaiting(t, node, kubelet)
  const planned = await run(node, 'plan', '--exit-code')
  t.match(planned, { code: 0, json: { changed: false, interrupted: { command: 'apply' } } })
  t.match(planned.err, /interrupted.*auditpatch recover/)
  t.match((await run(node, 'status')).json, { interrupted: /^apply of / })
  t.match(await run(node, 'backups'), { err: /interrupted/, json: { backups: [{ command: 'apply' }] } })
  t.ok(existsSync(join(node.dir, JOURNAL)), 'those who only look change nothing')
  const next = await apply(node)
  t.match(next, {
    code: 0,
    json: { changed: true, recovered: { command: 'apply', what: 'finished' } },
    err: /interrupted apply of .* was finished/
  })
  t.equal(kubelet.restarts(), 2, 'the server that came up is waited for')
  isTidy(t, node)
})

if (IS_LONG)
  t.test('killed while it waits: recover finishes', async t => {
    const { node, kubelet } = await setUp(t)
    await killWaiting(t, node, kubelet)
    const recovered = await run(node, 'recover', '--wait', '--wait-stable=700ms')
    t.match(recovered, {
      code: 0,
      json: { kind: 'RecoverResult', changed: true, command: 'apply', what: 'finished', receipt: { proven: true } }
    })
    t.match((await run(node, 'status')).json, { interrupted: null, running: { matches: true, healthy: true } })
    t.equal((await run(node, 'recover')).json['changed'], false, 'nothing is left to recover')
    t.equal(kubelet.restarts(), 2)
    isTidy(t, node)
  })

if (IS_LONG)
  t.test('killed while it waits: what does not come up is undone', async t => {
    const { node, kubelet, good } = await setUp(t)
    await killWaiting(t, node, kubelet)
    setFaults(node.dir, { readyMs: 60, when: AUDITED, failWith: 'no luck' })
    const server = kubelet.serverPid()
    if (server !== null) process.kill(server, 'SIGKILL')
    const undone = await run(node, 'recover', '--wait', '--wait-stable=700ms', '--wait-timeout=10s')
    t.match(undone, { code: 4, json: { what: 'undone', receipt: { rolledBack: true } } })
    t.equal(read(node, MANIFEST), good)
    t.equal(read(node, POLICY_PATH), null)
    t.ok(await isAlive(node))
    isTidy(t, node)
  })

/** Runs apply on a node whose server does not answer: that holds it between its plan and its first write. */
const heldUp = async (node: FakeNode, server: number, act: (running: Running) => void): Promise<Run> => {
  process.kill(server, 'SIGSTOP')
  try {
    const running = launch(node, waiting('apply'))
    // it is taken after the plan is made, and the look at the server that follows takes 5 s
    await until('the lock', () => existsSync(join(node.dir, '/var/lib/auditpatch/lock')))
    act(running)
    return await running.done
  } finally {
    process.kill(server, 'SIGCONT')
  }
}

t.test('between the plan and the first write', async t => {
  const { node, kubelet, good } = await setUp(t)
  const server = kubelet.serverPid() ?? 0
  const before = treeOf(node, OWN)
  const interrupted = await heldUp(node, server, ({ child }) => child.kill('SIGINT'))
  t.match(interrupted, { code: 130, json: { kind: 'Error', code: 'INTERRUPTED' } }, 'asked to stop')
  t.same(treeOf(node, OWN), before, 'nothing was changed')
  isTidy(t, node)

  const theirs = `# saved by an editor\n${good}`
  const changed = await heldUp(node, server, () => writeAtomic(node.manifest, theirs))
  t.match(changed, { code: 3, json: { kind: 'Error', code: 'CHANGED_SINCE_READ' } }, 'someone else wrote it')
  t.equal(read(node, MANIFEST), theirs, 'what they wrote stays')
  t.equal(read(node, POLICY_PATH), null)
  t.equal(kubelet.restarts(), 1)
  isTidy(t, node)
})

t.test('two runs at once', async t => {
  const { node, kubelet } = await setUp(t)
  // the first cannot end before the second has
  setFaults(node.dir, { readyMs: 60, ...UNSEEN })
  const first = launch(node, waiting('apply'))
  await first.said('wrote ')
  const second = await apply(node, '--log-maxage', '7')
  setFaults(node.dir, { readyMs: 60 })
  t.match(second, { code: 3, json: { kind: 'Error', code: 'LOCKED', message: new RegExp(`${first.child.pid}`) } })
  t.match(await first.done, { code: 0, json: DONE })
  t.equal(kubelet.restarts(), 2)
  isTidy(t, node)
})

// every command, every system call, every errno: long/torture.ts
t.test('what a trace says of the disk', async t => {
  const rows = [
    { name: 'open', line: 'open("/n/a", O_RDWR|O_CREAT, 0600) = 3', want: true },
    { name: 'open, which empties', line: 'open("/n/a", O_WRONLY|O_TRUNC) = 3', want: true },
    { name: 'open, to read', line: 'open("/n/a", O_RDONLY|O_CLOEXEC) = 3</n/a>', want: false },
    { name: 'creat', line: 'creat("/n/a", 0600) = 3</n/a>', want: true },
    { name: 'openat', line: 'openat(AT_FDCWD</n>, "/n/a", O_WRONLY|O_CREAT|O_EXCL, 0600) = 3</n/a>', want: true },
    { name: 'openat, without a name', line: 'openat(AT_FDCWD</n>, "/n", O_RDWR|O_TMPFILE, 0600) = 3</n>', want: true },
    { name: 'openat, to read', line: 'openat(AT_FDCWD</n>, "/n/O_CREAT", O_RDONLY) = 3</n/O_CREAT>', want: false },
    { name: 'openat2', line: 'openat2(AT_FDCWD</n>, "/n/a", {flags=O_RDWR|O_CREAT}, 24) = 3</n/a>', want: true },
    { name: 'open_tree', line: 'open_tree(AT_FDCWD</n>, "/n/a", O_CLOEXEC) = 3</n/a>', want: false },
    { name: 'read', line: 'read(3</n/a>, "O_CREAT", 7) = 7', want: false },
    { name: 'chmod of one beside', line: 'chmod("/na", 0600) = 0', want: undefined }
  ]
  const log = join(t.testdir(), 'trace')
  for (const { name, line, want } of rows) {
    writeFileSync(log, `12 ${line}\n`)
    t.equal(callsBelow(log, '/n').map(isWrite)[0], want, name)
  }
})

t.test('killed, or failing, at some system calls', { skip: noTracer }, async t => {
  const scratch = join(t.testdir(), 'nodes')
  const [victim] = VICTIMS.filter(({ name }) => name === 'apply on a new node')
  if (!victim) return t.fail('no such victim')
  const ends = await endsOf(victim, scratch)
  const points = killPoints(ends)
  // the manifest's rename, with what stands before and behind it
  const manifest = points.findIndex(({ name, place }) => name === 'rename' && place.endsWith(MANIFEST))
  for (const call of [points[20], points[manifest], points[manifest + 1]]) {
    if (!call) return t.fail('no such call')
    const { point, hit, faults } = await killAt(ends, call, 0)
    t.same([hit, faults], [keyOf(call, ends.calls), []], point)
  }
  for (const [index, errno] of [[manifest - 1, 'EDQUOT'] as const, [manifest + 1, 'EIO'] as const]) {
    const call = points[index]
    if (!call) return t.fail('no such call')
    const { point, hit, faults } = await failAt(ends, call, errno, 0)
    t.same([hit, faults], [keyOf(call, ends.calls), []], point)
  }
})

// every command, what the next boot makes of it, and a failed change: long/power-loss.ts
t.test('the power goes while apply writes', { skip: noTracer }, async t => {
  const victim = VICTIMS.find(each => each.name === 'apply on a new node')
  if (!victim) throw new Error('there is no such victim')
  const run = await recordedRun(victim, t.testdir())
  t.ok(isExplained(run), 'the recording tells all that the run did')
  const cuts = cutsOf(run.history, run.known, MODELS)
  t.ok(cuts.states > 150, `${cuts.states} states`)
  t.same(cuts.faults, [], 'none is torn')
  const last = run.history.steps.findLastIndex(({ call }) => /^fsync .*kubernetes\/manifests$/.test(call))
  const without = cutsOf(forgetting(run.history, last), run.known, ['reordered'])
  t.match(without.faults, [/at neither end/], 'without the sync that follows the rename one is')
})
