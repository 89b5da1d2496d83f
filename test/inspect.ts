import t from 'tap'
import type { AuditFlagName } from '../src/audit/flags.ts'
import { EXAMPLE_MANIFEST } from '../src/manifest/example-manifest.generated.ts'
import { AuditError } from '../src/errors.ts'
import type { Host } from '../src/host/host.ts'
import { findKubelet } from '../src/inspect/find-kubelet.ts'
import { findManifest, readManifest, withoutRoot } from '../src/inspect/find-manifest.ts'
import { withForecast } from '../src/inspect/log-forecast.ts'
import { gatherNode } from '../src/inspect/node-facts.ts'
import { gatherPathFacts } from '../src/inspect/path-facts.ts'
import { planEnableOn } from '../src/inspect/plan-node.ts'
import { planDisableOn, planRestoreOn } from '../src/inspect/plan-way-back.ts'
import { podLogDirectories, podLogs } from '../src/inspect/pod-logs.ts'
import { proofOf } from '../src/inspect/proof.ts'
import { apiServersOf, isAnswering } from '../src/inspect/servers.ts'
import { statusOf } from '../src/inspect/status.ts'
import { BACKUP_DIRECTORY, createBackup } from '../src/host/backup.ts'
import { hostPath, parentOf } from '../src/paths.ts'
import type { EnableInput } from '../src/plan/enable.ts'
import { locatePod } from '../src/pod/pod.ts'
import { POLICY_TEMPLATES } from '../src/policy/templates.generated.ts'
import { parseSource } from '../src/text/source.ts'
import { fakeHost } from './fake-host.ts'
import { logOf, rawEvent } from './fake-log.ts'

const MANIFEST = hostPath('/etc/kubernetes/manifests/kube-apiserver.yaml')
const POLICY = hostPath('/etc/kubernetes/audit/policy.yaml')
const CONFIG = '/var/lib/kubelet/config.yaml'
const input: EnableInput = {
  settings: { flags: new Map() },
  version: undefined,
  policy: undefined,
  fallbackPolicy: { name: 'template:baseline', text: POLICY_TEMPLATES.baseline.text },
  webhook: undefined
}
const podOf = (text: string) => locatePod(parseSource(text, MANIFEST, 'kubernetes'))
const codeOf = (run: () => unknown): string | undefined => {
  try {
    run()
    return undefined
  } catch (error) {
    if (error instanceof AuditError) return error.code
    throw error
  }
}

t.test('findManifest', async t => {
  t.equal(findManifest(fakeHost().host), MANIFEST)
  const at = (config: string, files = {}): string => findManifest(fakeHost({ [CONFIG]: config, ...files }).host)
  t.equal(at('staticPodPath: /srv/pods\n'), '/srv/pods/kube-apiserver.yaml')
  t.equal(at('staticPodPath: /srv/pod.yaml\n', { '/srv/pod.yaml': 'x' }), '/srv/pod.yaml', 'it may name a file')
  t.equal(at('staticPodPath: [\n'), MANIFEST, 'a configuration that cannot be read has the defaults')
  const host: Host = { ...fakeHost().host, root: '/mnt/node' }
  t.equal(withoutRoot(host, '/mnt/node/etc/x'), '/etc/x')
  t.equal(withoutRoot(host, '/etc/x'), '/etc/x')
})

t.test('readManifest', async t => {
  const code = (files: Parameters<typeof fakeHost>[0]): string | undefined =>
    codeOf(() => readManifest(fakeHost(files).host, MANIFEST))
  t.equal(code({}), 'NOT_FOUND')
  t.equal(code({ [MANIFEST]: EXAMPLE_MANIFEST }), undefined)
  t.equal(code({ [MANIFEST]: { target: '/x' }, '/x': EXAMPLE_MANIFEST }), 'SYMLINK')
  t.equal(code({ [`${MANIFEST}/`]: {} }), 'WRONG_KIND')
  t.equal(code({ [MANIFEST]: { bytes: Buffer.from([0xff, 0xfe, 0x41]) } }), 'NOT_UTF8')
  t.equal(code({ '/etc/rancher/k3s/config.yaml': '' }), 'OTHER_DISTRIBUTION')
  t.equal(code({ [MANIFEST]: `${EXAMPLE_MANIFEST}# /var/lib/rancher/rke2/\n` }), 'OTHER_DISTRIBUTION')
})

t.test('findKubelet', async t => {
  const fake = fakeHost()
  t.equal(findKubelet(fake.host), undefined)
  fake.start({ argv: ['/usr/bin/vim', '/etc/kubelet.conf', 'kubelet'] })
  t.equal(findKubelet(fake.host), undefined)
  const { pid } = fake.start({ argv: ['/usr/bin/kubelet'] })
  t.match(findKubelet(fake.host), { process: { pid }, fileCheckFrequency: 20_000 })
  fake.put(CONFIG, 'fileCheckFrequency: 1m5s\n')
  t.match(findKubelet(fake.host), { fileCheckFrequency: 65_000 })
  fake.end(pid)
  fake.start({ argv: ['/usr/bin/kubelet', '--file-check-frequency=3s'] })
  t.match(findKubelet(fake.host), { fileCheckFrequency: 3000 }, 'the flag wins')
  const below: Host = { ...fake.host, root: '/mnt/node' }
  t.equal(findKubelet(below), undefined, 'the kubelet of / does not serve another root')
  fake.put(CONFIG, 'staticPodPath: /mnt/node/etc/kubernetes/manifests\n')
  t.ok(findKubelet(below))
  fake.belongsWith(() => false)
  t.equal(findKubelet(below), undefined)
})

t.test('gatherPathFacts', async t => {
  const fake = fakeHost({
    '/a/f': { bytes: 'x', mode: 0o640, uid: 3 },
    '/a/l': { target: '/a/f' },
    '/a/p': { kind: 'fifo' }
  })
  const paths = ['/a/f', '/a/l', '/a/p', '/a/none/deep/f'].map(hostPath)
  const facts = gatherPathFacts(fake.host, paths, [hostPath('/a/f')])
  t.match(facts.get(hostPath('/a/f')), {
    kind: 'file',
    isLink: false,
    mode: 0o640,
    uid: 3,
    bytes: Buffer.from('x'),
    missing: []
  })
  t.match(facts.get(hostPath('/a/l')), { kind: 'file', isLink: true, bytes: undefined })
  t.match(facts.get(hostPath('/a/p')), { kind: 'other' })
  t.match(facts.get(hostPath('/a/none/deep/f')), { kind: 'absent', missing: ['/a/none', '/a/none/deep'] })
})

t.test('what would do harm is refused before anything is written', async t => {
  const code = (
    files: Parameters<typeof fakeHost>[0],
    prepare: (fake: ReturnType<typeof fakeHost>) => void = () => undefined
  ) => {
    const fake = fakeHost({ [MANIFEST]: EXAMPLE_MANIFEST, ...files })
    prepare(fake)
    const before = fake.snapshot()
    const found = codeOf(() => planEnableOn(fake.host, MANIFEST, input))
    t.same(fake.snapshot(), before)
    return found
  }
  const beside = (name: string): string => `${parentOf(MANIFEST)}/${name}`
  t.equal(code({}), undefined)
  t.equal(code({ [beside('kube-apiserver.yaml.bak')]: EXAMPLE_MANIFEST }), 'STRAY_POD')
  t.equal(code({ [beside('old')]: EXAMPLE_MANIFEST }), 'STRAY_POD', 'whatever its extension')
  t.equal(code({ [beside('.kube-apiserver.yaml.bak')]: EXAMPLE_MANIFEST }), undefined, 'the kubelet skips it')
  t.equal(
    code({ [beside('other.yaml')]: EXAMPLE_MANIFEST.replace('  name: kube-apiserver\n', '  name: other\n') }),
    undefined
  )
  t.equal(code({ [beside('broken.yaml')]: 'kind: [' }), undefined)
  // what we would not edit the kubelet runs all the same: each of these is this pod to apimachinery's decoder
  const strays: Readonly<Record<string, string | Uint8Array>> = {
    'a key twice': `${EXAMPLE_MANIFEST}status: {}\n`,
    'the marks of a template': EXAMPLE_MANIFEST.replace('  labels:\n', '    a: "{{ x }}"\n  labels:\n'),
    'a template behind it': `${EXAMPLE_MANIFEST}---\n{{ x }}\n`,
    'UTF-16': Buffer.from(`\uFEFF${EXAMPLE_MANIFEST}`, 'utf16le'),
    'an escape': EXAMPLE_MANIFEST.replace('  name: kube-apiserver\n', '  name: "kube\\x2dapiserver"\n')
  }
  for (const [name, bytes] of Object.entries(strays)) t.equal(code({ [beside('x')]: { bytes } }), 'STRAY_POD', name)
  t.equal(
    code({}, fake => void fake.start({ argv: ['/usr/bin/kubeadm', 'upgrade', 'apply', 'v1.36.1'] })),
    'UPGRADE_RUNNING'
  )
  t.equal(
    code({}, fake => void fake.start({ argv: ['/usr/bin/kubeadm', 'token', 'list'] })),
    undefined
  )
  t.equal(
    code({}, fake => fake.setFreeBytes(1024 ** 3)),
    'NOT_ENOUGH_DISK',
    '100 MiB x 11 do not fit'
  )
  t.equal(
    code(
      { '/var/log/kubernetes/audit/audit-2026-11-22T01-00-00.000.log': { bytes: Buffer.alloc(200 * 1024 ** 2) } },
      fake => fake.setFreeBytes(1024 ** 3)
    ),
    undefined,
    'what is there already counts'
  )
})

t.test('plans of a node', async t => {
  const fake = fakeHost({ [MANIFEST]: { bytes: EXAMPLE_MANIFEST, mode: 0o600 } })
  const enable = planEnableOn(fake.host, MANIFEST, input)
  t.equal(enable.files.at(-1)?.role, 'manifest', 'the manifest is the last')
  t.same(fake.operations, [], 'a plan writes nothing')
  t.equal(
    codeOf(() => planRestoreOn(fake.host, BACKUP_DIRECTORY, undefined)),
    'NO_BACKUP'
  )
  const owner = { mode: 0o640, uid: 4, gid: 5 }
  createBackup(fake.host, BACKUP_DIRECTORY, {
    command: 'remove',
    version: '0.1.0',
    manifests: parentOf(MANIFEST),
    files: [
      { role: 'policy', path: POLICY, before: { bytes: Buffer.from('old'), ownership: owner }, after: null },
      { role: 'manifest', path: MANIFEST, before: { bytes: Buffer.from('old'), ownership: owner }, after: null }
    ]
  })
  const restore = planRestoreOn(fake.host, BACKUP_DIRECTORY, undefined)
  t.match(restore.files, [
    { path: POLICY, before: null, after: { bytes: Buffer.from('old'), owner } },
    { path: MANIFEST, after: { owner } }
  ])
  t.match(restore.directories, [{ path: parentOf(POLICY), owner: { mode: 0o755 } }], 'with the directory that is gone')
  t.match(
    restore.changes.map(change => change.kind),
    ['make-directory', 'write-file', 'write-file']
  )
  fake.put(POLICY, { target: '/etc/passwd' })
  t.equal(
    codeOf(() => planRestoreOn(fake.host, BACKUP_DIRECTORY, undefined)),
    'SYMLINK'
  )
  t.same(
    planDisableOn(fake.host, MANIFEST, true, BACKUP_DIRECTORY).changes,
    [],
    'a file that was there before is not ours to purge'
  )
})

t.test('of the logs of a crashing server the newest is the one of the highest number', t => {
  const directory = '/var/log/pods/kube-system_kube-apiserver-node1_0123'
  const names = ['9.log', '10.log', '11.log', '10.log.20261122-010000']
  const { host } = fakeHost(Object.fromEntries(names.map(name => [`${directory}/kube-apiserver/${name}`, name])))
  t.same(
    podLogs(host, podLogDirectories(host, 'kube-apiserver')),
    ['9.log', '10.log', '11.log'].map(name => `${directory}/kube-apiserver/${name}`)
  )
  t.end()
})

t.test('proof, servers and status', async t => {
  const fake = fakeHost({ [MANIFEST]: EXAMPLE_MANIFEST })
  const plan = planEnableOn(fake.host, MANIFEST, input)
  for (const file of plan.files) if (file.after) fake.put(file.path, { bytes: file.after.bytes, mode: 0o600 })
  const text = fake.text(MANIFEST) ?? ''
  t.match(proofOf(fake.host, podOf(text)), { log: '/var/log/kubernetes/audit/audit.log', isLogBatched: false })
  t.ok(proofOf(fake.host, podOf(text)).policy)
  t.same(proofOf(fake.host, podOf(EXAMPLE_MANIFEST)), { log: undefined, policy: undefined, isLogBatched: false })

  fake.put('/var/log/kubernetes/audit/audit.log', 'x'.repeat(10))
  fake.put('/var/log/kubernetes/audit/audit-2026-11-22T01-00-00.000.log', 'old')
  fake.put('/var/log/kubernetes/audit/other.log', 'not ours')
  const other = fake.start({ argv: ['kube-apiserver', '--secure-port=7443'] })
  const look = async () =>
    statusOf(
      await gatherNode(fake.host, {
        manifest: MANIFEST,
        backups: BACKUP_DIRECTORY,
        readClusterConfig: () => Promise.resolve({ why: 'a test' })
      })
    )
  t.match(await look(), {
    configured: true,
    policy: { path: POLICY, host: POLICY },
    log: { size: 10, rotated: 1 },
    running: { pid: other.pid, matches: false, healthy: false },
    kubelet: false,
    backups: 0,
    interrupted: null
  })
  const own = fake.start({ argv: podOf(text).command.words.map(word => word.text) })
  fake.answerWith(({ url }) => ({ status: url === 'https://192.0.2.10:6443/readyz' ? 200 : 0, body: '' }))
  t.match((await look()).running, {
    pid: own.pid,
    matches: true,
    healthy: true
  })
  t.same(
    apiServersOf(fake.host).map(each => each.pid),
    [other.pid, own.pid]
  )
  fake.belongsWith(process => process.pid === own.pid)
  t.same(
    apiServersOf(fake.host).map(each => each.pid),
    [own.pid]
  )
  for (const [status, isFine] of [
    [200, true],
    [401, false],
    [403, false],
    [500, false],
    [0, false]
  ] as const) {
    fake.answerWith(() => ({ status, body: '' }))
    t.equal(await isAnswering(fake.host, podOf(text)), isFine, `${status}`)
  }
  const closed = podOf(text.replace('    - --allow-', '    - --anonymous-auth=false\n    - --allow-'))
  fake.answerWith(() => ({ status: 401, body: '' }))
  t.equal(await isAnswering(fake.host, closed), true)
})

const lineOfKib = (second: number): string => {
  const stageTimestamp = new Date(Date.UTC(2026, 10, 22, 10) + second * 1000).toISOString().replace('Z', '000Z')
  const { length } = logOf([rawEvent({ stageTimestamp, userAgent: '' })])
  return logOf([rawEvent({ stageTimestamp, userAgent: 'x'.repeat(1024 - length) })])
}

t.test('a plan tells what its policy would have kept of the log that is there', async t => {
  const LOG = '/var/log/kubernetes/audit/audit.log'
  const none = `${POLICY_TEMPLATES.baseline.text.split('rules:')[0]}rules:\n- level: None\n`
  type Flags = readonly (readonly [AuditFlagName, string])[]
  const told = (
    log: string | Uint8Array | null,
    policy: string = POLICY_TEMPLATES['metadata-all'].text,
    flags: Flags = []
  ) => {
    const { host } = fakeHost({ [MANIFEST]: EXAMPLE_MANIFEST, ...(log === null ? {} : { [LOG]: { bytes: log } }) })
    const settings = { flags: new Map(flags) }
    const plan = planEnableOn(host, MANIFEST, { ...input, settings, policy: { name: 'p.yaml', text: policy } })
    const { findings } = withForecast(host, plan)
    t.same(findings.slice(0, plan.findings.length), plan.findings, 'all else is as it was')
    return findings.slice(plan.findings.length).map(({ code, severity, message, file }) => {
      t.match({ code, file }, { code: 'policy-forecast', file: LOG })
      return `${severity}: ${message.replace(LOG, 'LOG')}`
    })
  }
  const day = logOf([rawEvent(), rawEvent({ stageTimestamp: '2026-11-23T10:00:00.004000Z' })])
  const perDay = `${day.length} B a day`
  t.same(told(day), [
    `info: of the last 2 events in LOG this policy keeps 2 (100 %), ${perDay}; the log would reach back 30 days`
  ])
  t.same(told(`${day}no event\n`), told(day), 'lines that are no events are left out')
  t.same(told(logOf([rawEvent()])), ['info: of the last event in LOG this policy keeps 1 (100 %)'], 'no time passes')
  t.same(told(day, none), ['warning: of the last 2 events in LOG this policy keeps none'])
  const one: Flags = ['audit-log-maxsize', 'audit-log-maxbackup'].map(name => [name as AuditFlagName, '1']) // as: two of them
  // an hour of a KiB each second, where 2 MiB are kept
  const busy = Array.from({ length: 3601 }, (_, second) => lineOfKib(second)).join('')
  t.same(told(busy, undefined, one), [
    'warning: of the last 3,601 events in LOG this policy keeps 3,601 (100 %), 84.4 MiB a day; the log would reach back 0.57 hours'
  ])
  // 16 MiB are looked at
  const long = Buffer.from(lineOfKib(0).repeat(20_000))
  t.match(told(long), [/^info: of the last 16,384 events in /], 'the end of a long log')
  t.match(told(Buffer.concat([long, Buffer.from('\n')])), [/ last 16,383 events in /], 'a line that begins before it')
  const raised = POLICY_TEMPLATES['metadata-all'].text.replace(/level: Metadata/, 'level: Request')
  t.match(told(logOf([rawEvent({ verb: 'create' })]), raised), [
    /^info: .* keeps 1 \(100 %\); bodies of 1 of them come on top$/
  ])
  for (const log of [null, '', '\n', 'no event\n']) t.same(told(log), [], `nothing is told of ${JSON.stringify(log)}`)
  const { host } = fakeHost({ [MANIFEST]: EXAMPLE_MANIFEST, [LOG]: day, [POLICY]: POLICY_TEMPLATES.baseline.text })
  const kept = planEnableOn(host, MANIFEST, input)
  t.equal(withForecast(host, kept), kept, 'a policy that is there already is not written')
})
