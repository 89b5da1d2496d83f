import t from 'tap'
import { UNSEEN } from '../fake-faults.ts'
import { setFaults, type FakeNode } from '../fake-node.ts'
import { runBehind, setUpReal, type RealNode } from '../fake-real.ts'
import { noRealServer } from '../fake-real-server.ts'
import { isAlive, isTidy, MANIFEST, read, type Run } from '../fake-run.ts'
import { eventsOf, POLICY, POLICY_PATH, put, until } from '../fake-setup.ts'

t.jobs = 2
process.umask(0o022)
t.setTimeout(1_200_000)

const skip = await noRealServer()
const DONE = { kind: 'ApplyResult', changed: true, restarted: true, healthy: true, proven: true, rolledBack: false }
const KUBECONFIG = '/etc/kubernetes/audit/webhook.yaml'
const saw = ({ err }: Run, { kubelet }: RealNode) => ({ err, log: kubelet.podLog(), kubelet: kubelet.kubeletLog() })

const policy = (text: string) => (node: FakeNode) => put(node, POLICY_PATH, text)
const kubeconfig = (text: string) => (node: FakeNode) => put(node, KUBECONFIG, text)
const URL = ['--webhook-url', 'http://127.0.0.1:9/nobody']

const SPOILT: readonly {
  readonly name: string
  readonly act: (node: FakeNode) => void
  readonly args?: readonly string[]
  readonly message: RegExp
}[] = [
  {
    name: 'no YAML',
    act: policy('apiVersion: [\n'),
    message: /loading audit policy file: failed decoding: yaml: line/
  },
  { name: 'an empty policy', act: policy(''), message: /unknown group version field .* in policy/ },
  { name: 'a pod', act: policy('apiVersion: v1\nkind: Pod\n'), message: /no kind \\"Pod\\" is registered/ },
  { name: 'no rules', act: policy(POLICY.replace(/rules:[^]*/, '')), message: /loaded illegal policy with 0 rules/ },
  {
    name: 'an unknown level',
    act: policy(POLICY.replace('Metadata', 'All')),
    message: /rules\[0\]\.level: Unsupported/
  },
  { name: 'no kubeconfig', act: kubeconfig('- [\n'), args: URL, message: /initializing audit webhook: error loading/ },
  { name: 'an empty kubeconfig', act: kubeconfig(''), args: URL, message: /initializing audit webhook: invalid config/ }
]

t.test('what somebody spoils behind our back is rolled back, each time anew', { skip }, async t => {
  const real = await setUpReal(t)
  const { node, good } = real
  for (const { name, act, args = [], message } of SPOILT) {
    const failed = await runBehind(real, act, 'apply', '--policy', 'template:metadata-all', ...args)
    t.match(failed, { code: 4, json: { code: 'ROLLED_BACK' } }, { name, ...saw(failed, real) })
    t.match(failed.json['message'], message, name)
    t.match(failed.json['message'], /healthy again/, name)
    t.equal(read(node, MANIFEST), good, name)
    t.ok(await isAlive(node), name)
    isTidy(t, node)
  }
})

t.test('on and off, again and again', { skip }, async t => {
  const real = await setUpReal(t)
  const { node, kubelet, good, run } = real
  for (let round = 1; round <= 5; round++) {
    const before = eventsOf(node).length
    const done = await run('apply')
    t.match(done, { code: 0, json: DONE }, { round, ...saw(done, real) })
    t.ok(eventsOf(node).length > before, 'new events')
    const removed = await run('remove', '--purge')
    t.match(removed, { code: 0, json: { restarted: true, healthy: true } }, { round, ...saw(removed, real) })
    t.equal(read(node, MANIFEST), good)
    t.equal(kubelet.restarts(), 1 + 2 * round, 'one restart each')
    isTidy(t, node)
  }
})

t.test('killed while it waits, then recovered', { skip }, async t => {
  const real = await setUpReal(t)
  const { node, kubelet, start, run } = real
  // no new server, so the run is surely waiting
  setFaults(node.dir, { graceMs: 30_000, ...UNSEEN })
  const running = start('apply', '--yes', '--wait')
  await running.said('wrote ')
  running.child.kill('SIGKILL')
  await running.done
  setFaults(node.dir, { graceMs: 30_000 })
  await until('the new server', () => kubelet.restarts() === 2)
  await kubelet.ready()
  t.match(await start('recover').done, { code: 0, json: { kind: 'RecoverResult', changed: true } })
  await kubelet.ready()
  const next = await run('apply', '--log-maxage=77')
  t.match(next, { code: 0, json: DONE }, saw(next, real))
  isTidy(t, node)
})
