import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { setFaults, startKubelet, type Kubelet } from '../fake-node.ts'
import { apply, auditFlags, isAlive, isTidy, launch, MANIFEST, read, run, setUpFiles, waiting } from '../fake-run.ts'
import { setUp, until } from '../fake-setup.ts'

t.setTimeout(600_000)
t.jobs = 2

const AUDITED = '--audit-policy-file'
const SLOW = { readyMs: 60, slowStart: 4000, when: AUDITED }
const DONE = { changed: true, healthy: true, proven: true, rolledBack: false }

// the library that the program of this name loads
const clockLibrary = ((): string | undefined => {
  const { stdout, status } = spawnSync('faketime', ['-f', '+0', 'sh', '-c', 'echo $LD_PRELOAD'], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
})()
// where everything has to be tested a missing tool is a failure
const noClock = clockLibrary === undefined && process.env.CI === undefined && 'NEEDS faketime'

/** The words that start a program with a clock of its own: `+2y` or `-3d`, read from a file again and again. */
const clock = (file: string): readonly string[] => [
  ...['env', `LD_PRELOAD=${clockLibrary ?? ''}`, `FAKETIME_TIMESTAMP_FILE=${file}`, 'FAKETIME_NO_CACHE=1'],
  // what never steps does not step here either, and files keep their times
  ...['FAKETIME_DONT_FAKE_MONOTONIC=1', 'DONT_FAKE_MONOTONIC=1', 'NO_FAKE_STAT=1']
]

t.test('the clock is another one at each run', { skip: noClock }, async t => {
  const { node, good } = await setUpFiles(t)
  const file = join(t.testdirName, 'clock')
  const at = (time: string, ...args: readonly string[]) => {
    writeFileSync(file, `${time}\n`)
    return launch(node, args, { under: clock(file) }).done
  }
  const texts: (string | null)[] = [good]
  for (const [time, age] of [
    ['+3y', 11],
    ['+0', 12],
    ['-20y', 13],
    ['+1d', 14]
  ] as const) {
    t.match(await at(time, 'apply', '--yes', `--log-maxage=${age}`), { code: 0, json: { changed: true } }, time)
    texts.push(read(node, MANIFEST))
    isTidy(t, node)
  }
  for (const [time, back] of [
    ['-40y', 3],
    ['+9y', 4]
  ] as const) {
    t.match(await at(time, 'restore', '--yes'), { code: 0, json: { changed: true } }, `restore at ${time}`)
    t.equal(read(node, MANIFEST), texts[back], 'the newest backup is the one made last')
  }
  const { json } = await run(node, 'backups')
  const commands = Array.isArray(json['backups'])
    ? json['backups'].map((each: { command: string }) => each.command)
    : []
  t.same(commands, ['restore', 'restore', 'apply', 'apply', 'apply', 'apply'], 'newest first')
  t.match(await at('-30y', 'apply', '--yes', '--log-maxage=15', '--backup-keep=2'), { code: 0 })
  const kept = (await run(node, 'backups')).json['backups']
  t.match(kept, [{ command: 'apply' }, { command: 'restore' }], 'the oldest go')
})

for (const step of ['+2y', '-2y'])
  t.test(`the clock goes ${step} while apply waits`, { skip: noClock }, async t => {
    const { node, kubelet } = await setUp(t)
    setFaults(node.dir, SLOW)
    const file = join(node.dir, 'clock')
    writeFileSync(file, '+0\n')
    const running = launch(node, waiting('apply', '--wait-timeout=30s'), { under: clock(file) })
    await running.said('is starting')
    writeFileSync(file, `${step}\n`)
    const ended = await running.done
    t.match(ended, { code: 0, json: DONE }, ended.err)
    t.ok((ended.json['seconds'] as number) < 60, 'what it took is not told by that clock') // as: a number by contract
    t.equal(kubelet.restarts(), 2)
    isTidy(t, node)
  })

t.test('the clock goes back between the kill of a run and the next', { skip: noClock }, async t => {
  const { node } = await setUp(t)
  setFaults(node.dir, SLOW)
  const file = join(node.dir, 'clock')
  writeFileSync(file, '+2y\n')
  const running = launch(node, waiting('apply'), { under: clock(file) })
  await running.said('wrote ')
  running.child.kill('SIGKILL')
  await running.done
  t.match(await apply(node), { code: 0, json: { recovered: { what: 'finished' } } })
  isTidy(t, node)
})

const again = async (t: Test, dir: string): Promise<Kubelet> => {
  const kubelet = await startKubelet(dir, { wait: false })
  t.teardown(() => kubelet.stop())
  return kubelet
}

t.test('the kubelet is killed while apply waits, and starts again', async t => {
  const { node, kubelet } = await setUp(t)
  setFaults(node.dir, SLOW)
  const running = launch(node, waiting('apply'))
  await running.said('is starting')
  process.kill(kubelet.pid, 'SIGKILL')
  await sleep(500)
  const next = await again(t, node.dir)
  const ended = await running.done
  // a server that ended with its kubelet is one exit, and one is forgiven
  t.match(ended, { code: 0, json: DONE }, ended.err)
  t.ok(await isAlive(node))
  t.ok(auditFlags(next).length > 0)
  isTidy(t, node)
})

t.test('the kubelet is stopped when apply begins to wait, and started later', async t => {
  const { node, kubelet } = await setUp(t)
  setFaults(node.dir, { readyMs: 60, noEvents: true, noPolls: true })
  const running = launch(node, waiting('apply'))
  await running.said('wrote ')
  await kubelet.stop()
  setFaults(node.dir, { readyMs: 60 })
  await sleep(500)
  await again(t, node.dir)
  const ended = await running.done
  t.match(ended, { code: 0, json: DONE }, ended.err)
  isTidy(t, node)
})

t.test('the kubelet stands still for a while', async t => {
  const { node, kubelet } = await setUp(t)
  process.kill(kubelet.pid, 'SIGSTOP')
  const running = launch(node, waiting('apply'))
  await running.said('wrote ')
  await sleep(3000)
  process.kill(kubelet.pid, 'SIGCONT')
  const ended = await running.done
  t.match(ended, { code: 0, json: DONE }, ended.err)
  t.equal(kubelet.restarts(), 2)
  isTidy(t, node)
})

t.test('a server that comes up and goes down again and again', async t => {
  const { node, kubelet, good } = await setUp(t)
  setFaults(node.dir, { readyMs: 60, when: AUDITED, exitAfter: 400 })
  const ended = await run(node, 'apply', '--yes', '--wait', '--wait-timeout=60s', '--wait-stable=3s')
  t.match(ended, { code: 4, json: { code: 'ROLLED_BACK', rolledBack: true } }, ended.err)
  t.equal(readFileSync(node.manifest, 'utf8'), good)
  await until('the old server', () => isAlive(node))
  t.same(auditFlags(kubelet), [])
  isTidy(t, node)
})
