import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { logOf, rawEvent } from '../fake-log.ts'
import { UNSEEN } from './fake-faults.ts'
import { ask, freePort, setFaults, type FakeNode } from './fake-node.ts'
import {
  apply,
  auditFlags,
  findingsOf,
  isAlive,
  isTidy,
  MANIFEST,
  modeOf,
  read,
  run,
  runLog,
  setUpDown,
  setUpFiles,
  setUpTwo,
  start,
  waiting
} from './fake-run.ts'
import {
  eventsOf,
  listenForEvents,
  LOG_PATH,
  podLogWith,
  POLICY,
  POLICY_PATH,
  put,
  setUp,
  until
} from './fake-setup.ts'

t.jobs = 4
process.umask(0o022)
t.setTimeout(300_000)

const DONE = { kind: 'ApplyResult', changed: true, restarted: true, healthy: true, proven: true, rolledBack: false }
const only = (rule: string): string => `apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n${rule}`
const ONLY_PODS = only('- level: Metadata\n  resources: [{group: "", resources: [pods]}]\n')
const ONLY_VERSION = only('- level: Metadata\n  nonResourceURLs: [/version]\n')

t.test('on, again, off, and back', async t => {
  const { node, kubelet, good } = await setUp(t)
  const first = await apply(node)
  t.equal(first.code, 0, { err: first.err })
  t.match(first.json, { apiVersion: 'auditpatch/v1', ...DONE, flags: { 'audit-log-path': LOG_PATH } })
  t.equal(kubelet.restarts(), 2, 'one restart')
  t.ok(eventsOf(node).length > 0, 'events in the log')
  t.equal(modeOf(node, POLICY_PATH), 0o600)
  t.match(runLog(node), [{ command: 'apply', exit: 0, changed: true }])
  isTidy(t, node)

  const audited = read(node, MANIFEST)
  const { mtimeMs } = statSync(node.manifest)
  const second = await apply(node)
  t.match(second, { code: 0, json: { kind: 'ApplyResult', changed: false, changes: [], backup: null } })
  t.equal(read(node, MANIFEST), audited)
  t.equal(statSync(node.manifest).mtimeMs, mtimeMs, 'the second apply writes nothing')
  t.match(await run(node, 'plan', '--exit-code'), { code: 0, json: { kind: 'PlanResult', changed: false } })
  t.match((await run(node, 'status')).json, {
    configured: true,
    running: { matches: true, healthy: true },
    kubelet: true,
    interrupted: null
  })
  t.equal(kubelet.restarts(), 2, 'and restarts nothing')

  const removed = await run(node, ...waiting('remove', '--purge'))
  t.match(removed, {
    code: 0,
    json: { kind: 'ApplyResult', changed: true, restarted: true, healthy: true, proven: null }
  })
  t.ok(findingsOf(removed).length > 0, 'a finding says why nothing is proven')
  t.equal(read(node, MANIFEST), good, 'the manifest as kubeadm wrote it')
  t.equal(read(node, POLICY_PATH), null, 'the policy is gone')
  t.ok(eventsOf(node).length > 0, 'the log stays')
  t.equal(kubelet.restarts(), 3)
  t.same(auditFlags(kubelet), [])
  isTidy(t, node)

  t.match(await run(node, ...waiting('restore')), { code: 0, json: { changed: true, restarted: true, healthy: true } })
  t.equal(read(node, MANIFEST), audited)
  t.type(read(node, POLICY_PATH), 'string')
  t.equal(kubelet.restarts(), 4)
  t.match(await run(node, ...waiting('restore')), { code: 0, json: { changed: true, restarted: true, healthy: true } })
  t.equal(read(node, MANIFEST), good)
  t.equal(read(node, POLICY_PATH), null)
  t.equal(kubelet.restarts(), 5)
  t.match((await run(node, 'backups')).json, { backups: [{ command: 'restore' }, { command: 'restore' }, {}, {}] })
  isTidy(t, node)
})

t.test('another policy', async t => {
  const { node, kubelet } = await setUp(t)
  const [pods, version] = [join(node.dir, 'pods.yaml'), join(node.dir, 'version.yaml')]
  writeFileSync(pods, ONLY_PODS)
  writeFileSync(version, ONLY_VERSION)
  const uris = (): unknown[] => eventsOf(node).map(event => event['requestURI'])
  t.match(await apply(node, '--policy', pods), { code: 0, json: DONE })
  await ask(node.port, '/version')
  t.notOk(uris().includes('/version'), 'the first policy does not record it')

  const other = await apply(node, '--policy', version)
  t.match(other, { code: 0, json: DONE })
  t.match(other.json['changes'], [{ kind: 'write-file' }, { kind: 'set-annotation', name: /policy-sha256/ }])
  t.equal(kubelet.restarts(), 3, 'one restart each')
  await ask(node.port, '/version', { userAgent: 'mark' })
  await until('an event that only the new policy records', () =>
    eventsOf(node).some(event => event['userAgent'] === 'mark')
  )
  t.equal(read(node, POLICY_PATH), ONLY_VERSION)

  put(node, POLICY_PATH, ONLY_PODS)
  const plan = await run(node, 'plan', '--exit-code')
  t.match(plan, { code: 1, json: { kind: 'PlanResult', changed: true, changes: [{ kind: 'set-annotation' }] } })
  t.match(await apply(node), { code: 0, json: DONE })
  t.equal(kubelet.restarts(), 4, 'a policy edited by hand is loaded')
  t.equal(read(node, POLICY_PATH), ONLY_PODS, 'and kept')
  isTidy(t, node)
})

t.test('without anonymous access', async t => {
  const { node, kubelet } = await setUp(t, { flags: ['--anonymous-auth=false'] })
  t.match(await apply(node), { code: 0, json: DONE })
  t.equal(kubelet.restarts(), 2)
  // the server's own requests come into the log at any time
  const refused = () => eventsOf(node).findLast(event => 'user' in event && JSON.stringify(event['user']) === '{}')
  await until('the event of a refused request', () => refused() !== undefined)
  t.match(refused(), { responseStatus: { code: 401 } })
  isTidy(t, node)
})

t.test('where nothing can be proven nothing is rolled back', async t => {
  const { node, kubelet } = await setUp(t)
  const unproven = { code: 0, json: { ...DONE, proven: null } }
  const stdout = await apply(node, '--log-path', '-')
  t.match(stdout, unproven, 'standard output')
  t.match(findingsOf(stdout), [{ code: 'not-proven' }])
  await ask(node.port, '/api/v1/secrets', { userAgent: 'mark' })
  await podLogWith(kubelet, 'mark', 'the event')
  isTidy(t, node)

  const policy = join(node.dir, 'none.yaml')
  writeFileSync(policy, POLICY.replace('Metadata', 'None'))
  const none = await apply(node, '--log-path', LOG_PATH, '--policy', policy)
  t.match(none, unproven, 'a policy that records nothing')
  t.match(findingsOf(none).at(-1), { code: 'not-proven' })
  t.same(eventsOf(node), [])
  t.equal(kubelet.restarts(), 3)
  isTidy(t, node)
})

t.test('webhook', async t => {
  const { node, kubelet } = await setUp(t)
  const { origin, bodies } = await listenForEvents(t)
  const url = `${origin}/k8s-audit`
  t.match(await apply(node, '--webhook-url', url, '--policy', 'template:metadata-all'), { code: 0, json: DONE })
  t.equal(modeOf(node, '/etc/kubernetes/audit/webhook.yaml'), 0o600)
  await until('a batch', () => bodies.length > 0)
  t.match(JSON.parse(bodies[0] ?? '{}'), { kind: 'EventList', items: [{ kind: 'Event' }] })
  isTidy(t, node)

  const alone = await apply(node, '--log-path', 'none', '--webhook-url', url)
  t.match(alone, { code: 0, json: { ...DONE, proven: null } })
  t.match(findingsOf(alone).at(-1), { code: 'not-proven' })
  t.notOk(
    auditFlags(kubelet).some(flag => flag.startsWith('--audit-log')),
    'no log backend'
  )
  const before = bodies.length
  await ask(node.port, '/api/v1/secrets', { userAgent: 'mark' })
  await until('its event', () => bodies.slice(before).join('').includes('mark'))
  t.equal(kubelet.restarts(), 3)
  t.match(await run(node, ...waiting('remove', '--purge')), { code: 0 })
  t.equal(read(node, '/etc/kubernetes/audit/webhook.yaml'), null)
  isTidy(t, node)
})

t.test('falco beside a server whose events go to it', async t => {
  const { node } = await setUp(t)
  const [url, rules] = [`http://127.0.0.1:${await freePort()}/k8s-audit`, join(node.dir, 'mark.yaml')]
  writeFileSync(
    rules,
    '- {rule: Mark, desc: d, condition: ka.useragent = mark, output: by %ka.user.name, priority: ERROR, source: k8s_audit}\n'
  )
  const falco = ['falco', '-r', rules, '-r', 'template:baseline', '-o', 'rule_matching=all', '--listen', url]
  const listener = start(falco)
  t.teardown(() => listener.child.kill('SIGKILL'))
  await listener.said(`listening on ${url}`)
  t.match(await apply(node, '--webhook-url', url, '--policy', 'template:falco'), { code: 0, json: DONE })
  await ask(node.port, '/api/v1/secrets', { userAgent: 'mark', admin: true })
  const [mark, read] = [/: Error by kubernetes-admin\n/, /: \w+ Secret was read \(user=kubernetes-admin .* agent=mark/]
  await until('the alerts', () => mark.test(listener.out()) && read.test(listener.out()))
  listener.child.kill('SIGTERM')
  t.match(await listener.ended, [0, null], 'it ends by itself')
  t.match(listener.out(), /\nEvents detected: [2-9]\d*\n[^]*\nTriggered rules by rule name:\n   Mark: 1\n/)
})

t.test('a server that is not root', { skip: process.getuid?.() !== 0 && 'NEEDS ROOT: another user' }, async t => {
  // Where the project lies another user may have no way in.
  const directory = mkdtempSync(join(tmpdir(), 'auditpatch-node-'))
  const edit = (good: string, node: FakeNode): string => {
    chmodSync(node.dir, 0o755)
    for (const name of readdirSync(join(node.dir, 'etc/kubernetes/pki')))
      chmodSync(join(node.dir, 'etc/kubernetes/pki', name), 0o755)
    return good.replace('  securityContext:\n', '  securityContext:\n    runAsUser: 65534\n    runAsGroup: 65533\n')
  }
  const { node, kubelet } = await setUpDown(t, edit, { directory })
  // the kubelet goes first: it writes there to its end
  t.teardown(async () => {
    await kubelet.stop()
    rmSync(directory, { recursive: true, force: true })
  })
  await kubelet.ready()
  const done = await apply(node)
  t.match(done, { code: 0, json: DONE }, { err: done.err, log: kubelet.podLog(), kubelet: kubelet.kubeletLog() })
  const owner = (path: string): number[] => {
    const { uid, gid, mode } = statSync(join(node.dir, path))
    return [uid, gid, mode & 0o777]
  }
  t.same(owner('/var/log/kubernetes/audit'), [65534, 65533, 0o700])
  t.same(owner('/etc/kubernetes/audit'), [65534, 65533, 0o700])
  t.same(owner(POLICY_PATH), [65534, 65533, 0o600])
  t.same(owner(LOG_PATH), [65534, 65533, 0o600])
  t.equal(kubelet.restarts(), 2)
  isTidy(t, node)
})

t.test('no kubelet, or not waited for', async t => {
  const { node } = await setUpFiles(t)
  const nothing = { changed: true, restarted: null, healthy: null, proven: null, rolledBack: false }
  t.match(await apply(node), {
    code: 0,
    json: { ...nothing, findings: [{ code: 'not-waited', message: /no kubelet/ }] }
  })
  isTidy(t, node)
  t.match(await run(node, 'remove', '--yes', '--purge'), {
    code: 0,
    json: { ...nothing, findings: [{ code: 'not-waited', message: /only with --wait/ }] }
  })
  t.match(await run(node, 'apply', '--yes', '--no-wait'), {
    code: 0,
    json: { ...nothing, findings: [{ code: 'not-waited', message: /--no-wait/ }] }
  })
  t.equal((await run(node, 'apply', '--no-wait')).code, 0, 'what needs no change needs no confirmation')
  t.equal((await run(node, 'remove', '--no-wait')).code, 2, 'without a terminal --yes is needed')
  isTidy(t, node)
})

t.test('what the policy would have kept of the log that is there', async t => {
  const { node } = await setUpFiles(t)
  const forecasts = (run: Parameters<typeof findingsOf>[0]): unknown[] =>
    findingsOf(run).filter(({ code }) => code === 'policy-forecast')
  const none = await run(node, 'plan')
  t.match(none, { code: 0, json: { changed: true } })
  t.same(forecasts(none), [], 'there is no log')
  put(node, LOG_PATH, logOf([rawEvent({ verb: 'create' }), rawEvent({ requestURI: '/healthz' })]))
  const log = { code: 'policy-forecast', severity: 'info', file: LOG_PATH }
  // without --policy the quick program plans
  t.match(forecasts(await run(node, 'plan')), [{ ...log, message: /of the last 2 events .* keeps 1 \(50\.0 %\)/ }])
  const [all, nothing] = [join(node.dir, 'all.yaml'), join(node.dir, 'nothing.yaml')]
  writeFileSync(all, only('- level: Metadata\n'))
  writeFileSync(nothing, only('- level: None\n'))
  t.match(forecasts(await run(node, 'plan', '--policy', all)), [{ ...log, message: /keeps 2 \(100 %\)/ }])
  const dropped = await run(node, 'plan', '--policy', nothing)
  t.match(forecasts(dropped), [{ ...log, severity: 'warning', message: /keeps none/ }])
  const applied = await run(node, 'apply', '--yes', '--no-wait', '--policy', all)
  t.match(applied, { code: 0, json: { changed: true } })
  t.match(forecasts(applied), [{ ...log, message: /keeps 2 \(100 %\)/ }])
  t.same(forecasts(await run(node, 'plan')), [], 'no policy is written')
  t.same(forecasts(await run(node, 'apply', '--yes', '--no-wait', '--log-maxage=3')), [], 'by apply neither')
  t.same(forecasts(await run(node, 'plan', '--remove', '--purge')), [])
})

t.test('two nodes on one machine', async t => {
  const [one, two] = await setUpTwo(t)
  setFaults(two.node.dir, { readyMs: 60, when: '--audit-policy-file', failWith: 'no luck on the second node' })
  const runs = await Promise.all([apply(one.node), apply(two.node)])
  t.match(runs[0], { code: 0, json: DONE })
  t.match(runs[1], { code: 4, json: { code: 'ROLLED_BACK', message: /no luck on the second node/ } })
  t.equal(one.kubelet.restarts(), 2, 'each waits for its own server')
  t.equal(read(two.node, MANIFEST), two.good)
  t.ok((await isAlive(one.node)) && (await isAlive(two.node)))
  const wanted = `--secure-port=${one.node.port}`
  t.ok(one.kubelet.journal().every(entry => entry.argv?.includes(wanted) !== false))
  setFaults(two.node.dir, { readyMs: 60, ...UNSEEN })
  const stuck = await Promise.all([run(one.node, ...waiting('remove')), apply(two.node, '--wait-timeout=10s')])
  t.match(stuck[0], { code: 0, json: { restarted: true, healthy: true } })
  t.match(stuck[1], { code: 4, json: { restarted: false } }, 'the other node’s new server is not taken for its own')
  isTidy(t, one.node)
  isTidy(t, two.node)
})
