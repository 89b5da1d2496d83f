import { readFileSync, existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { NEWEST } from '../src/audit/version.ts'
import type { FakeEntry, FakeHost } from './fake-host.ts'
import { fakeHost } from './fake-host.ts'
import { causeOfEvidence } from '../src/apply/evidence.ts'
import { failureLogs } from '../src/inspect/failure-logs.ts'
import { gatherNode } from '../src/inspect/node-facts.ts'
import { hostPath } from '../src/paths.ts'
import { failureLines } from '../src/render/failure-explanation.ts'
import { paintFor } from '../src/render/paint.ts'
import { CAUSES } from '../src/startup/causes.ts'
import { explainFailure, type FailureExplanation } from '../src/startup/explain.ts'
import { startFaults } from '../src/startup/judge.ts'
import { withFlags, withMount } from './e2e/fake-edit.ts'
import { apiServerManifest } from './e2e/fake-manifest.ts'
import { everyKindWasTried, json, run } from './fake-cli.ts'
import { FAILURES, type FailureCase } from './fixtures/failures/cases.ts'

// the zone of a log is the machine's, and these logs are of a machine in this one
process.env.TZ = 'UTC'

const LOGS = join(dirname(fileURLToPath(import.meta.url)), 'fixtures', 'failures')
const MANIFEST = '/etc/kubernetes/manifests/kube-apiserver.yaml'
const POD = '/var/log/pods/kube-system_kube-apiserver-node1_0123456789abcdef0123456789abcdef'
const SERVER_LOG = `${POD}/kube-apiserver/2.log`
const KUBELET_LOG = '/var/log/kubelet.log'
const GOOD = apiServerManifest({ version: 'v1.36.3', host: '192.0.2.10', port: 6443, flags: [] })
const MINUTES = 60_000

const logOf = (name: string, log: string): string | undefined => {
  const path = join(LOGS, name, log)
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

/** The files that kubeadm's manifest names, so that only what a case does is wrong. */
const PKI = [...new Set([...GOOD.matchAll(/=(\/etc\/kubernetes\/pki\/\S+)/g)].map(match => match[1] ?? ''))]

type Entries = Readonly<Record<string, string | FakeEntry>>

/** A node that has stood so for five minutes, with a kubelet and logs. */
const nodeOf = (manifest: string, files: Entries, logs: Entries): FakeHost => {
  const fake = fakeHost()
  fake.stepClock(-5 * MINUTES)
  fake.put('/var/log/pods/', '')
  for (const path of PKI) fake.put(path, 'pem')
  fake.put('/var/lib/kubelet/config.yaml', 'staticPodPath: /etc/kubernetes/manifests\n')
  fake.put(MANIFEST, manifest)
  for (const [path, entry] of Object.entries(files)) fake.put(path, entry)
  fake.stepClock(5 * MINUTES)
  for (const [path, entry] of Object.entries(logs)) fake.put(path, entry)
  fake.start({ argv: ['/usr/bin/kubelet', '--config=/var/lib/kubelet/config.yaml'] })
  return fake
}

const explain = async (fake: FakeHost, withFiles = true): Promise<FailureExplanation> => {
  const facts = await gatherNode(fake.host, {
    manifest: hostPath(MANIFEST),
    backups: hostPath('/var/lib/auditpatch/backups'),
    readClusterConfig: () => Promise.resolve({ why: 'not asked' })
  })
  const logs = await failureLogs(fake.host, facts.manifest.path, facts.manifest.pod)
  return explainFailure(facts, logs, withFiles ? startFaults(facts, facts.manifest.pod?.version ?? NEWEST) : [])
}

const logsOf = ({ name }: FailureCase): Record<string, string> => {
  const server = logOf(name, 'server.log')
  const kubelet = logOf(name, 'kubelet.log')
  return {
    ...(server === undefined ? {} : { [SERVER_LOG]: server }),
    ...(kubelet === undefined ? {} : { [KUBELET_LOG]: kubelet })
  }
}

const brokenNode = (each: FailureCase, logs: Entries = logsOf(each)): FakeHost =>
  nodeOf(each.edit?.(GOOD) ?? GOOD, each.files ?? {}, logs)

const isRight = (t: Test, { name, code, line, fix }: FailureCase, got: FailureExplanation, how = ''): void => {
  const { cause } = got
  const right = got.state === 'down' && cause?.code === code && cause.evidence.some(each => line.test(each.line))
  if (!right) return void t.match(got, { state: 'down', cause: { code, evidence: [{ line }] } }, `${name} ${how}`)
  t.match(cause.fix, fix, `${name} ${how}`)
}

t.test('each failure: the cause, the line, the fix', async t => {
  for (const each of FAILURES) {
    t.ok(Object.keys(logsOf(each)).length > 0, `${each.name} has a log`)
    isRight(t, each, await explain(brokenNode(each)))
  }
})

t.test('without the files the logs tell it alone', async t => {
  // what only the files tell apart
  const both = FAILURES.filter(({ name }) => name !== 'policy-missing')
  for (const each of both) {
    const got = await explain(brokenNode(each), false)
    isRight(t, each, got, 'from the logs')
  }
})

t.test('whatever stands around the lines', async t => {
  const old = '2026-11-22T00:59:59.000000000Z stderr F Error: unknown flag: --of-long-ago\n'
  const of = (each: FailureCase, change: (log: string, path: string) => string): FakeHost =>
    brokenNode(each, Object.fromEntries(Object.entries(logsOf(each)).map(([path, log]) => [path, change(log, path)])))
  const asSyslog = (log: string): string =>
    log
      .split('\n')
      .filter(line => line !== '')
      .flatMap(line => [
        'Nov 22 01:14:09 node1 systemd[1]: Started Session 12 of User root.',
        /^[IWEF]\d{4} /.test(line) ? `Nov 22 01:14:1${line.charAt(13)} node1 kubelet[112]: ${line}` : line,
        'Nov 22 01:14:19 node1 containerd[12]: time="2026-11-22T01:14:19Z" level=info msg="Error: unknown flag: --other"'
      ])
      .join('\n')
  const others = `E1122 01:14:40.000000     112 pod_workers.go:1338] "Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"etcd\\" with ErrImagePull: \\"no\\"" pod="kube-system/etcd-node1"\n`
  const parts = (log: string): string => log.replace(/^(\S+ stderr) F (.{60})(.+)$/gm, '$1 P $2\n$1 F $3')
  const changes: readonly (readonly [string, (each: FailureCase) => FakeHost])[] = [
    ['CRLF', each => of(each, log => log.replaceAll('\n', '\r\n'))],
    ['lines of before', each => of(each, (log, path) => (path === SERVER_LOG ? old + log : log))],
    ['lines of other pods', each => of(each, (log, path) => (path === KUBELET_LOG ? log + others : log))],
    ['parts of lines', each => of(each, (log, path) => (path === SERVER_LOG ? parts(log) : log))],
    [
      'the log of an old pod beside it',
      each => brokenNode(each, { ...logsOf(each), [`${POD.replace(/.$/, '0')}/kube-apiserver/0.log`]: old })
    ],
    [
      'an empty log of a container that has just been started',
      each => brokenNode(each, { ...logsOf(each), [`${POD}/kube-apiserver/3.log`]: '' })
    ],
    [
      'in the syslog',
      each => {
        const logs = logsOf(each)
        const text = logs[KUBELET_LOG]
        return text === undefined
          ? brokenNode(each, { ...logs, '/var/log/syslog': asSyslog('') })
          : brokenNode(each, { '/var/log/syslog': asSyslog(text) })
      }
    ]
  ]
  for (const [how, make] of changes) for (const each of FAILURES) isRight(t, each, await explain(make(each)), how)
})

t.test('in the journal', async t => {
  for (const each of FAILURES.filter(({ by }) => by === 'fake kubelet')) {
    const fake = brokenNode(each, {})
    const lines = (logOf(each.name, 'kubelet.log') ?? '').split('\n').filter(line => line !== '')
    const stdout = lines.map(line => `1795310050.123456 node1 kubelet[112]: ${line}\n`).join('')
    fake.executeWith((file, args) => ({
      code: 0,
      stdout: file === 'journalctl' && args.includes('--unit=kubelet') ? stdout : '',
      stderr: ''
    }))
    const got = await explain(fake)
    isRight(t, each, got, 'in the journal')
    t.ok(got.looked.includes('journalctl -u kubelet'))
  }
})

t.test('the journal of a disk is looked for below it, wherever a link of that disk leads', async t => {
  const fake = fakeHost({ '/var/log/journal': { target: '/etc/journal' }, '/etc/journal/': {}, [MANIFEST]: GOOD })
  const asked: string[] = []
  fake.executeWith((file, args) => {
    asked.push(`${file} ${args[0] ?? ''}`)
    return { code: 0, stdout: '', stderr: '' }
  })
  await failureLogs({ ...fake.host, root: '/mnt' }, hostPath(MANIFEST), null)
  t.same([...new Set(asked)], ['journalctl --directory=/mnt/etc/journal'])
})

t.test('a crash loop of hours: the kubelet is read backwards until it tells', async t => {
  const each = FAILURES.find(({ name }) => name === 'command')
  if (!each) return t.fail('no such case')
  const chatter =
    'E1122 01:14:30.000000     112 status_manager.go:1164] "Failed to get status for pod" pod="kube-system/kube-apiserver-node1"\n'
  const log = (logOf('command', 'kubelet.log') ?? '') + chatter.repeat(20_000)
  isRight(t, each, await explain(brokenNode(each, { [KUBELET_LOG]: log })))
})

t.test('a server that runs', async t => {
  const serve = (status: number, logs: Entries, manifest = GOOD): FakeHost => {
    const fake = nodeOf(manifest, {}, logs)
    fake.start({ argv: GOOD.split('\n').flatMap(line => /^ {4}- (kube-apiserver|--.*)$/.exec(line)?.[1] ?? []) })
    fake.answerWith(() => ({ status, body: '' }))
    return fake
  }
  const serving =
    '2026-11-22T01:14:30.000000000Z stderr F I1122 01:14:30.000000       1 secure_serving.go:211] Serving securely on [::]:6443\n'
  const failed = logOf('flag-very-wrong', 'server.log') ?? ''

  const up = await explain(serve(200, { [SERVER_LOG]: serving, [`${POD}/kube-apiserver/1.log`]: failed }))
  t.match(up, { state: 'up', cause: null })

  const dial = (logOf('server-etcd-down', 'server.log') ?? '')
    .split('\n')
    .filter(line => line.includes('createTransport'))
  const later = dial.map(line => line.replaceAll('01:14:1', '01:14:4')).join('\n')
  const lost = await explain(serve(500, { [SERVER_LOG]: `${serving}${later}\n` }))
  t.match(lost, { state: 'running', cause: { code: 'etcd-unreachable' } })

  const gone = await explain(serve(200, { [SERVER_LOG]: serving }, GOOD.replace('/pki/apiserver.crt', '/pki/gone.crt')))
  t.match(gone, { state: 'up', cause: null, others: [{ code: 'flag-file-missing' }] }, 'it would not start again')
  t.match(gone.findings, [{ severity: 'error', code: 'flag-file-missing' }])

  const broken = await explain(serve(200, { [SERVER_LOG]: serving }, GOOD.replace('kind: Pod', 'kind: Pods')))
  t.match(broken, { state: 'running', cause: { code: 'not-a-pod' } }, 'it would not start again, and will be ended')
  t.match(broken.findings, [{ severity: 'error' }])
})

t.test('a node without a kubelet, and one of which nothing is known', async t => {
  const fake = nodeOf(GOOD, {}, {})
  t.match(await explain(fake), {
    state: 'down',
    cause: null,
    others: [],
    looked: ['/var/log/pods', 'journalctl -u kubelet']
  })
  for (const { pid, argv } of fake.host.processes()) if (argv[0] === '/usr/bin/kubelet') fake.end(pid)
  t.match(await explain(fake), { state: 'down', cause: { code: 'kubelet-not-running', fix: /systemctl/ } })
  const swap =
    'E1122 01:14:10.000000     112 run.go:72] "command failed" err="failed to run Kubelet: running with swap on is not supported, please disable swap or set --fail-swap-on flag to false"\n'
  fake.put(KUBELET_LOG, swap)
  t.match(await explain(fake), {
    cause: { code: 'kubelet-not-running', fix: /swapoff -a/, evidence: [{ where: KUBELET_LOG }] }
  })
})

t.test('a fault that is repaired is told as the last one, and a newer one comes before it', async t => {
  const fixed = nodeOf(GOOD, {}, { [SERVER_LOG]: logOf('flag-very-wrong', 'server.log') ?? '' })
  t.match(
    await explain(fixed),
    { cause: { code: 'unknown-flag', confidence: 'past', why: /no longer show it/ } },
    'nothing else is known'
  )

  const refused = logOf('kubelet-yaml', 'kubelet.log') ?? ''
  const later = (logOf('policy-level', 'server.log') ?? '').replaceAll('01:14:', '01:15:')
  const both = nodeOf(GOOD, {}, { [SERVER_LOG]: later, [KUBELET_LOG]: refused })
  t.match(await explain(both), { cause: { code: 'policy-level' } }, 'a container was started since')
})

t.test('the table', async t => {
  for (const { code, title, layer } of CAUSES) {
    t.match(code, /^[a-z0-9]+(-[a-z0-9]+)*$/)
    t.match(title, /^\S.*[^.]$/, code)
    t.ok(layer)
  }
})

t.test('one screen of 80 columns', async t => {
  for (const each of FAILURES) {
    const manifest = each.edit?.(GOOD) ?? GOOD
    const lines = failureLines(
      await explain(brokenNode(each)),
      new Map([[MANIFEST, manifest]]),
      [],
      paintFor(false),
      80
    )
    t.equal(lines[0], 'kube-apiserver is down.')
    t.ok(lines.length <= 40, `${each.name}: ${lines.length} lines`)
    // a path is not cut: it must be copied
    for (const line of lines.filter(each => each.length > 80)) t.match(line, /^ *\/\S+$/, each.name)
    t.ok(
      lines.some(line => line.startsWith('fix ')),
      each.name
    )
  }
})

t.test('the command', async t => {
  const root = t.testdir({
    etc: { kubernetes: { manifests: { 'kube-apiserver.yaml': GOOD.replace('kind: Pod', 'kind: Pods') } } },
    var: { log: { 'kubelet.log': logOf('kubelet-kind', 'kubelet.log') ?? '' } }
  })
  const told = await json(t, ['explain-failure', '--root', root])
  t.equal(told.code, 0)
  t.match(told.value, {
    kind: 'FailureExplanation',
    state: 'down',
    cause: { code: 'not-a-pod', confidence: 'certain', file: MANIFEST }
  })
  const human = await run(['explain-failure', '--root', root])
  t.same([human.code, human.err], [0, ''])
  t.match(human.out, /^kube-apiserver is down\.\n[^]*couldn't parse as pod[^]*kind: Pods[^]*\nfix {3}/)
  everyKindWasTried(t, kind => kind === 'FailureExplanation')
  const nowhere = await json(t, ['explain-failure', '--root', t.testdir({})])
  t.match([nowhere.code, nowhere.value], [3, { kind: 'Error', code: 'NOT_FOUND' }])
})

t.test('what a line of a failed apply means', async t => {
  const at = hostPath(MANIFEST)
  const server = '/var/log/pods/kube-system_kube-apiserver-node1_1/kube-apiserver/1.log'
  const said = async (where: string, line: string): Promise<string | undefined> =>
    (await causeOfEvidence({ where, line }, at, undefined))?.code
  t.equal(await said(server, 'Error: unknown flag: --no-such'), 'unknown-flag')
  t.equal(
    await said(server, 'E1122 01:14:10.000000       1 run.go:72] "command failed" err="what nobody knows"'),
    undefined
  )
  t.equal(
    await said(
      'journalctl -u kubelet',
      `E1122 01:14:10.000000     112 file.go:186] "Could not process manifest file" err="invalid pod: name is needed for the pod" path="${MANIFEST}"`
    ),
    'no-pod-name'
  )
})

t.test('a disk of a node whose kubelet was stopped, or looks where nothing is', async t => {
  const stopped = `E1122 01:02:00.000001    112 file.go:1] "Adding static pod path" path="/etc/kubernetes/manifests"
I1122 01:10:00.000001    112 tlsconfig.go:258] "Shutting down DynamicServingCertificateController"
`
  const served = `2026-11-22T01:03:00.0Z stderr F I1122 01:03:00.000001       1 secure_serving.go:211] Serving securely on [::]:6443\n`
  const disk = (config: string, kubelet: string): FakeHost => {
    const fake = nodeOf(
      GOOD,
      { '/var/lib/kubelet/config.yaml': config },
      { [KUBELET_LOG]: kubelet, [SERVER_LOG]: served }
    )
    for (const { pid, argv } of fake.host.processes()) if (argv[0]?.endsWith('kubelet') === true) fake.end(pid)
    return { ...fake, host: { ...fake.host, root: '/disk' } }
  }
  const good = 'staticPodPath: /etc/kubernetes/manifests\n'
  const ended = await explain(disk(good, stopped))
  t.match(ended, {
    state: 'down',
    live: false,
    cause: { code: 'kubelet-not-running', title: 'the kubelet was stopped' }
  })
  t.match(ended.cause?.evidence, [{ where: KUBELET_LOG, line: /Shutting down/ }])
  const again = await explain(disk(good, `${stopped}${stopped.split('\n')[0]?.replace('01:02', '01:12')}\n`))
  t.not(again.cause?.code, 'kubelet-not-running', 'one that was started again is not stopped')
  const lost = await explain(
    disk(
      'staticPodPath: /etc/kubernetes/manifest\n',
      'E1122 01:10:00.000001    112 file_linux.go:59] "Unable to read config path" err="path does not exist, ignoring" path="/etc/kubernetes/manifest"\n'
    )
  )
  t.match(lost.cause, {
    code: 'static-pod-path',
    confidence: 'certain',
    fix: /correct staticPodPath/
  })
})

t.test('a server that is about to be started is no riddle', async t => {
  const fake = nodeOf(GOOD, {}, {})
  fake.put(MANIFEST, `${GOOD}# changed\n`)
  t.match(await explain(fake), { state: 'down', cause: { code: 'restarting', why: /changed 0 s ago/ } })
  fake.advance(3 * MINUTES)
  t.equal((await explain(fake)).cause, null, 'after some minutes it is one')
  // times of klog have no zone: those of this machine count
  const now = new Date(fake.host.now())
  const two = (value: number): string => String(value).padStart(2, '0')
  const stamp = `${two(now.getMonth() + 1)}${two(now.getDate())} ${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}.000001`
  fake.put(
    KUBELET_LOG,
    `E${stamp}     112 pod_workers.go:1] "Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"kube-apiserver\\" with CrashLoopBackOff: \\"back-off 1m20s restarting failed container=kube-apiserver pod=kube-apiserver-node1_kube-system(ab)\\"" pod="kube-system/kube-apiserver-node1"\n`
  )
  t.match((await explain(fake)).cause, { code: 'backing-off', why: /1m20s/, evidence: [{ where: KUBELET_LOG }] })
})

t.test('a fault of a manifest that was replaced since is history, not the cause', async t => {
  const fake = nodeOf(GOOD, {}, { [KUBELET_LOG]: logOf('kubelet-yaml', 'kubelet.log') ?? '' })
  fake.advance(MINUTES)
  fake.put(MANIFEST, `${GOOD}# repaired\n`)
  const got = await explain(fake)
  t.equal(got.cause?.code, 'restarting')
  t.same(got.others, [])
})

t.test('a directory that the runtime made of a missing policy is there, whatever the volume wants', async t => {
  const each = FAILURES.find(({ name }) => name === 'policy-is-directory')
  if (!each) throw new Error('no such case')
  const policy = '/etc/kubernetes/audit/policy.yaml'
  const manifest = withMount(withFlags(GOOD, `--audit-policy-file=${policy}`), {
    name: 'audit',
    path: policy,
    type: 'File',
    readOnly: true
  })
  const got = await explain(nodeOf(manifest, { [`${policy}/`]: {} }, logsOf(each)))
  t.match(got.cause, { code: 'policy-is-directory', fix: /rmdir/ })
  t.not(got.cause?.confidence, 'past')
})
