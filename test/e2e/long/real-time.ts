import { dirname } from 'node:path'
import t from 'tap'
import { withFlags, withMount } from '../fake-edit.ts'
import { UNSEEN } from '../fake-faults.ts'
import { setFaults, type FakeNode, type Faults } from '../fake-node.ts'
import { isAlive, isTidy, launch, MANIFEST, read, setUpDown, type Run } from '../fake-run.ts'
import { eventsOf, LOG_PATH, POLICY, POLICY_PATH, put, setUp, until, withPolicy } from '../fake-setup.ts'

t.setTimeout(900_000)
t.jobs = 8

// as slow as a real node: the kubelet polls, a server ends, starts and backs off like this
const REAL: Partial<Faults> = {
  readyMs: 4000,
  shutdownDelayMs: 5000,
  graceMs: 30_000,
  startDelayMs: 3000,
  backoffMs: 10_000,
  backoffCapMs: 300_000
}
const POLL = '20s'
const AUDITED = '--audit-policy-file'
const DONE = { changed: true, restarted: true, healthy: true, proven: true, rolledBack: false }

const apply = (node: FakeNode, ...args: readonly string[]): Promise<Run> =>
  launch(node, ['apply', '--yes', '--wait', ...args], { limit: 400_000 }).done

const secondsOf = ({ json }: Run): number => Number(json['seconds'])

t.test('apply', async t => {
  const { node, kubelet } = await setUp(t, { fileCheckFrequency: POLL })
  setFaults(node.dir, REAL)
  const done = await apply(node)
  t.match(done, { code: 0, json: DONE })
  t.ok(secondsOf(done) > 25, 'healthy for a poll and 5 s')
  t.ok(secondsOf(done) < 200, 'and not until the time-out, which is 300 s')
  t.equal(kubelet.restarts(), 2)
  isTidy(t, node)
})

t.test('a kubelet that only polls', async t => {
  const { node, kubelet } = await setUp(t, { fileCheckFrequency: POLL })
  setFaults(node.dir, { ...REAL, noEvents: true })
  t.match(await apply(node), { code: 0, json: DONE })
  t.equal(kubelet.restarts(), 2)
  isTidy(t, node)
})

t.test('a server that is killed at the end of its grace', async t => {
  const { node, kubelet } = await setUp(t, { fileCheckFrequency: POLL, faults: { readyMs: 60, ignoreTerm: true } })
  setFaults(node.dir, { ...REAL, ignoreTerm: true, when: 'no argument' })
  t.match(await apply(node), { code: 0, json: DONE })
  t.equal(kubelet.restarts(), 2)
  t.match(
    kubelet.journal().filter(entry => entry.event === 'exit'),
    [{ outcome: 'SIGKILL' }]
  )
  isTidy(t, node)
})

t.test('a fatal line ends the wait at once', async t => {
  const { node, good } = await setUp(t, { fileCheckFrequency: POLL })
  setFaults(node.dir, { ...REAL, when: AUDITED, failWith: 'no luck' })
  const failed = await apply(node)
  t.match(failed, { code: 4, json: { code: 'ROLLED_BACK', message: /no luck/ } })
  t.ok(secondsOf(failed) < 250, 'before the time-out, which is 300 s')
  t.equal(read(node, MANIFEST), good)
  t.ok(await isAlive(node))
  isTidy(t, node)
})

t.test('a server that ends 20 s after it was healthy', async t => {
  const { node, good } = await setUp(t, { fileCheckFrequency: POLL })
  setFaults(node.dir, { ...REAL, when: AUDITED, exitAfter: 20_000 })
  t.match(await apply(node), { code: 4, json: { code: 'ROLLED_BACK', restarted: true, message: /ended/ } })
  t.equal(read(node, MANIFEST), good)
  t.ok(await isAlive(node))
  isTidy(t, node)
})

t.test('a kubelet that never sees it', async t => {
  const { node, kubelet, good } = await setUp(t, { fileCheckFrequency: POLL })
  setFaults(node.dir, { ...REAL, ...UNSEEN })
  t.match(await apply(node, '--wait-timeout=60s'), { code: 4, json: { restarted: false, message: /after 60 s/ } })
  t.equal(read(node, MANIFEST), good)
  t.equal(kubelet.restarts(), 1)
  isTidy(t, node)
})

t.test('repair of a crash loop that goes on until the kubelet polls', async t => {
  const edit = (good: string, node: FakeNode): string => {
    put(node, POLICY_PATH, POLICY)
    const flags = ['path=' + LOG_PATH, 'maxage=30', 'maxbackup=10', 'maxsize=100'].map(flag => `--audit-log-${flag}`)
    const mount = { name: 'audit-log', path: dirname(LOG_PATH), type: 'DirectoryOrCreate', readOnly: true }
    return withMount(withFlags(withPolicy(good), ...flags), mount)
  }
  const faults = { ...REAL, noEvents: true, backoffMs: 5000 }
  const { node, kubelet } = await setUpDown(t, edit, { fileCheckFrequency: POLL, faults })
  await until('a crash loop', () => kubelet.exits() >= 2, 60_000)
  t.match(await apply(node), { code: 0, json: DONE })
  t.ok(eventsOf(node).length > 0)
  isTidy(t, node)
})
