import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { withAnnotation, withMount } from './fake-edit.ts'
import { UNSEEN } from './fake-faults.ts'
import { ask, setFaults, writeAtomic, type Kubelet } from './fake-node.ts'
import { POLICY, POLICY_PATH, put, restartWith, setUp, until, withLog, withPolicy } from './fake-setup.ts'

const TWO_POLLS = 500

t.jobs = 3
t.setTimeout(300_000)

const uids = (kubelet: Kubelet): string[] =>
  kubelet
    .journal()
    .filter(entry => entry.event === 'start')
    .map(entry => entry.uid)

t.test('what restarts the server', async t => {
  const { node, kubelet, good } = await setUp(t)
  const server = kubelet.serverPid()

  for (const [name, text] of [
    ['a comment', `# hello\n${good}`],
    ['a second document', `${good}---\nkind: Pod\n`],
    ['an unknown field', good.replace('spec:\n', 'spec:\n  volumeMount: []\n')]
  ] as const) {
    writeAtomic(node.manifest, text)
    await sleep(TWO_POLLS)
    t.equal(kubelet.serverPid(), server, `${name} restarts nothing`)
  }

  renameSync(node.manifest, join(node.dir, 'away.yaml'))
  await until('the end', () => kubelet.serverPid() === null)
  renameSync(join(node.dir, 'away.yaml'), node.manifest)
  await until('the return', () => kubelet.restarts() === 2)
  t.equal(uids(kubelet).at(0), uids(kubelet).at(1), 'moved out and in: the same identity starts again')
  await kubelet.ready()

  await restartWith(node, kubelet, withAnnotation(good, 'auditpatch/policy-sha256', 'abc'))
  t.equal(kubelet.restarts(), 3, 'an annotation restarts')
  t.equal((await ask(node.port, '/livez')).body, 'ok')
  const [first, , third] = uids(kubelet)
  t.not(first, third, 'under a new identity')
  const oldLogs = join(node.dir, `var/log/pods/kube-system_kube-apiserver-node1_${first}`)
  t.notOk(existsSync(oldLogs), 'the old logs are gone')
})

t.test('files the kubelet cannot use end the running server at the next poll', async t => {
  const { node, kubelet, good } = await setUp(t)
  const line = good.split('\n').findIndex(text => text.startsWith('    image:')) + 1
  const rows = [
    {
      name: 'broken YAML',
      text: good.replace('    image:', '   image: : x'),
      want: /couldn't parse as pod\(yaml: line \d+: /
    },
    {
      name: 'duplicate mountPath',
      text: withMount(good, { name: 'twice', path: '/etc/ssl/certs' }),
      want: 'invalid pod: [spec.containers[0].volumeMounts[5].mountPath: Invalid value: \\"/etc/ssl/certs\\": must be unique]'
    },
    {
      name: 'mount without a volume',
      text: good.replace('      name: ca-certs', '      name: other'),
      want: 'volumeMounts[0].name: Not found: \\"other\\"'
    },
    {
      name: 'a number in the command',
      text: good.replace(/^    image:/m, '    - 7\n    image:'),
      want: "couldn't parse as pod(json: cannot unmarshal number into Go struct field"
    }
  ]
  t.ok(line > 0)
  for (const { name, text, want } of rows) {
    const at = kubelet.kubeletLog().length
    setFaults(node.dir, { readyMs: 60, noPolls: true })
    const server = kubelet.serverPid()
    writeAtomic(node.manifest, text)
    await until('the refusal of the event', () =>
      kubelet.kubeletLog().slice(at).includes('Unable to process watch event')
    )
    await sleep(TWO_POLLS)
    t.type(server, 'number')
    t.equal(kubelet.serverPid(), server, `${name}: the event alone ends nothing`)
    setFaults(node.dir, { readyMs: 60 })
    await until('the refusal of the poll', () =>
      kubelet.kubeletLog().slice(at).includes('Could not process manifest file')
    )
    await until('the end of the server', () => kubelet.serverPid() === null)
    t.match(kubelet.kubeletLog().slice(at), want, name)
    await until(`${name}: no pod log`, () => readdirSync(join(node.dir, 'var/log/pods')).length === 0)
    await restartWith(node, kubelet, good)
  }
})

t.test('a backup beside the manifest wins', async t => {
  const { node, kubelet, good } = await setUp(t)
  await restartWith(node, kubelet, withAnnotation(good, 'is', 'new'))
  const before = kubelet.restarts()
  // at once: of half a file the kubelet could make another pod
  writeAtomic(`${node.manifest}.bak`, good)
  writeFileSync(join(node.manifests, '.hidden.yaml'), withAnnotation(good, 'is', 'hidden'))
  await until('the restart', () => kubelet.restarts() > before)
  await sleep(TWO_POLLS)
  t.equal(kubelet.restarts(), before + 1, 'once; a dot file counts for nothing')
  const backup = uids(kubelet).at(-1)
  writeAtomic(node.manifest, withAnnotation(good, 'is', 'newer'))
  await until('a restart', () => kubelet.restarts() >= before + 2)
  await until('the return of the backup', () => uids(kubelet).at(-1) === backup)
  await sleep(TWO_POLLS)
  t.equal(uids(kubelet).at(-1), backup, 'an edit holds at most until the next poll')
})

t.test('a crash loop backs off and heals with the file', async t => {
  const { node, kubelet, good } = await setUp(t)
  put(node, POLICY_PATH, POLICY.replace('Metadata', 'Everything'))
  const before = kubelet.restarts()
  writeAtomic(node.manifest, withPolicy(good))
  await until('three starts', () => kubelet.restarts() >= before + 3)
  t.match(kubelet.kubeletLog(), /CrashLoopBackOff: \\"back-off 0.3s restarting failed container=kube-apiserver/)
  const numbers = kubelet
    .journal()
    .filter(entry => entry.event === 'start')
    // a fourth may have followed
    .slice(before, before + 3)
  t.same(
    numbers.map(entry => entry.restart),
    [0, 1, 2],
    'one identity, counted restarts'
  )
  writeFileSync(join(node.dir, POLICY_PATH), POLICY)
  await kubelet.ready()
  t.pass('repairing only the file is enough')
})

t.test('a failing hostPath check gives no container and heals without an edit', async t => {
  const { node, kubelet, good } = await setUp(t)
  writeAtomic(node.manifest, withPolicy(good))
  const want = `hostPath type check failed: ${POLICY_PATH} is not a file`
  await until('FailedMount', () => kubelet.kubeletLog().includes(want))
  t.match(kubelet.kubeletLog(), 'MountVolume.SetUp failed for volume')
  t.equal(kubelet.serverPid(), null)
  t.equal(kubelet.podLog(), '')
  put(node, POLICY_PATH, POLICY)
  await kubelet.ready()
})

t.test('faults', async t => {
  const { node, kubelet, good } = await setUp(t)
  put(node, POLICY_PATH, POLICY)

  setFaults(node.dir, UNSEEN)
  writeAtomic(node.manifest, withLog(good))
  await sleep(TWO_POLLS)
  t.equal(kubelet.restarts(), 1, 'a stuck kubelet')

  setFaults(node.dir, { when: '--audit-log-path', neverReady: true, writeNoEvents: true, ignoreTerm: true })
  await until('the restart', () => kubelet.restarts() === 2)
  await until('an answer', async () => (await ask(node.port, '/readyz')).status === 500)
  const unready = Date.now()
  await restartWith(node, kubelet, good)
  t.ok(Date.now() - unready > 300, 'a server that ignores SIGTERM takes the whole grace period')
  t.match(kubelet.journal(), [...Array(3).fill({}), { event: 'exit', outcome: 'SIGKILL' }], 'and is killed')

  setFaults(node.dir, { when: '--audit-log-path', exitAfter: 100 })
  const before = kubelet.restarts()
  writeAtomic(node.manifest, withLog(good))
  await until('the second start after the exit', () => kubelet.restarts() >= before + 2)
  t.match(
    kubelet
      .journal()
      .filter(entry => entry.event === 'exit')
      .at(-1),
    { outcome: '1' }
  )
})
