import { createHash } from 'node:crypto'
import fs from 'node:fs'
import t from 'tap'
import type { AuditFlagName } from '../src/audit/flags.ts'
import { NEWEST } from '../src/audit/version.ts'
import { EXAMPLE_MANIFEST } from '../src/manifest/example-manifest.generated.ts'
import { AuditError } from '../src/errors.ts'
import { absentFact, type PathFact, type PathFacts } from '../src/facts/path-fact.ts'
import { containerPath, type HostPath, hostPath } from '../src/paths.ts'
import { isEmpty, type Plan } from '../src/plan/change.ts'
import { planDisable, renderWithout } from '../src/plan/disable.ts'
import { type EnableInput, type ManifestInput, planEnable, renderManifest, wishOf } from '../src/plan/enable.ts'
import { misspeltPaths } from '../src/plan/path-advice.ts'
import { lintPolicy } from '../src/policy/lint.ts'
import { policyAdvice } from '../src/plan/policy-advice.ts'
import { planRestore } from '../src/plan/restore.ts'
import { locatePod } from '../src/pod/pod.ts'
import { decodePolicy } from '../src/policy/decode.ts'
import { parseSource } from '../src/text/source.ts'

const FILE = hostPath('/etc/kubernetes/manifests/kube-apiserver.yaml')
const POLICY = 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n'
const KUBECONFIG = `apiVersion: v1
kind: Config
clusters:
- cluster: {server: https://192.0.2.1/audit}
  name: audit
contexts:
- context: {cluster: audit, user: audit}
  name: audit
current-context: audit
users:
- name: audit
  user: {}
`
const ROOT = { mode: 0o600, uid: 0, gid: 0 }

const fixture = (name: string): string =>
  fs.readFileSync(new URL(`./fixtures/manifest/${name}.yaml`, import.meta.url), 'utf8')

const inputOf = (some: Partial<EnableInput>): EnableInput => ({
  settings: { flags: new Map() },
  version: undefined,
  policy: undefined,
  fallbackPolicy: { name: 'template:test', text: POLICY },
  webhook: undefined,
  ...some
})

type Known = Omit<Partial<PathFact>, 'path'> & { readonly path: string }

const manifestOf = (text: string): ManifestInput => ({
  path: FILE,
  bytes: new TextEncoder().encode(text),
  text,
  owner: ROOT
})

const factsOf = (...facts: readonly Known[]): PathFacts =>
  new Map(
    facts.map(fact => [hostPath(fact.path), { ...absentFact(hostPath(fact.path)), ...fact, path: hostPath(fact.path) }])
  )

const file = (path: string, text: string): Known => ({
  path,
  kind: 'file',
  bytes: new TextEncoder().encode(text),
  ...ROOT
})

const enable = (text: string, facts: PathFacts = new Map(), some: Partial<EnableInput> = {}): Plan => {
  const input = inputOf(some)
  return planEnable(manifestOf(text), wishOf(FILE, text, input), input, facts)
}

const refusal = (run: () => unknown): string => {
  try {
    run()
    return 'none'
  } catch (error) {
    if (!(error instanceof AuditError)) throw error
    const { code, position, message } = error
    return `${code}${position ? ` ${position.line}:${position.column}` : ''} ${message}`
  }
}

const bytesOf = (plan: Plan, role: string): string => {
  const after = plan.files.find(each => each.role === role)?.after
  return after ? new TextDecoder().decode(after.bytes) : ''
}

const pod = (command: string, container = '', rest = '', metadata = '{name: a}'): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: ${metadata}\nspec:\n  containers:\n  - name: kube-apiserver\n    command: ${command}\n${container}${rest}`

t.test('a policy path that is nearly one that is mounted is asked about', async t => {
  const of = (flag: string): readonly string[] => {
    const text = withMount(withFlags(EXAMPLE_MANIFEST, `--audit-policy-file=${flag}`))
    return misspeltPaths(locatePod(parseSource(text, 'm.yaml', 'kubernetes'))).map(({ message }) => message)
  }
  const withFlags = (text: string, flag: string): string =>
    text.replace('    - --advertise', `    - ${flag}\n    - --advertise`)
  const withMount = (text: string): string =>
    text.replace(
      '    volumeMounts:\n',
      '    volumeMounts:\n    - {name: p, mountPath: /etc/kubernetes/audit/policy.yaml}\n'
    )
  t.match(of('/etc/kubernetes/audit/polcy.yaml'), [/one shows \/etc\/kubernetes\/audit\/policy\.yaml: is that meant/])
  t.same(of('/etc/kubernetes/audit/policy.yaml'), [])
  t.same(of('/etc/kubernetes/audit/rules.yaml'), [])
  t.same(of('/etc/kubernetes/pki/policy.yaml'), [], 'a mount shows it')
})

t.test('manifests that are refused, with their place', async t => {
  const K = '[kube-apiserver]'
  const rows: readonly { name: string; in: string; want: string }[] = [
    { name: 'nothing', in: '', want: 'NOT_A_POD 1:1' },
    { name: 'blank lines', in: '\n\n', want: 'NOT_A_POD 1:1' },
    { name: 'a comment', in: '# a\n', want: 'NOT_A_POD 1:1' },
    { name: 'a list', in: '- a\n', want: 'NOT_A_POD 1:1' },
    { name: 'a word', in: 'hello\n', want: 'NOT_A_POD 1:1' },
    { name: 'a Deployment', in: 'apiVersion: apps/v1\nkind: Deployment\n', want: 'NOT_A_POD 2:7' },
    { name: 'a PodList', in: 'apiVersion: v1\nkind: PodList\nitems: []\n', want: 'NOT_A_POD 2:7' },
    { name: 'no kind', in: 'apiVersion: v1\n', want: 'NOT_A_POD 1:1' },
    { name: 'no metadata', in: 'apiVersion: v1\nkind: Pod\nspec: {}\n', want: 'BAD_MANIFEST 1:1' },
    { name: 'no spec', in: 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n', want: 'BAD_MANIFEST 1:1' },
    { name: 'no name', in: pod(K, '', '', '{}'), want: 'BAD_MANIFEST 3:11' },
    { name: 'metadata as a list', in: pod(K, '', '', '[]'), want: 'BAD_MANIFEST 3:11' },
    { name: 'annotations as a list', in: pod(K, '', '', '{name: a, annotations: []}'), want: 'BAD_MANIFEST 3:34' },
    { name: 'mounts as a mapping', in: pod(K, '    volumeMounts: {}\n'), want: 'BAD_MANIFEST 8:19' },
    { name: 'a hostPath as a list', in: pod(K, '', '  volumes: [{hostPath: []}]\n'), want: 'BAD_MANIFEST 8:24' },
    { name: 'a type as a mapping', in: pod(K, '', '  volumes: [{hostPath: {type: {}}}]\n'), want: 'BAD_MANIFEST 8:31' },
    { name: 'volumes as a word', in: pod(K, '', '  volumes: x\n'), want: 'BAD_MANIFEST 8:12' },
    { name: 'another program', in: pod(K).replaceAll('kube-apiserver', 'etcd'), want: 'NO_APISERVER 6:3' },
    { name: 'two servers', in: pod(K, '', '  - name: b\n    command: [kube-apiserver]\n'), want: 'NO_APISERVER 8:5' },
    { name: 'no command', in: pod('null'), want: 'NO_APISERVER 6:3' },
    { name: 'sh -c', in: pod('[/bin/sh, -c, "exec kube-apiserver --v=2"]'), want: 'SHELL_WRAPPER 7:15' },
    {
      name: 'sh -c with args',
      in: pod('[sh, -c]', '    args: ["kube-apiserver --v=2"]\n'),
      want: 'SHELL_WRAPPER 7:15'
    },
    { name: 'bash with the program as a word', in: pod('[bash, -ec, kube-apiserver]'), want: 'SHELL_WRAPPER 7:15' },
    { name: 'busybox', in: pod('[/bin/busybox, sh, -c, x]'), want: 'SHELL_WRAPPER 7:15' },
    { name: 'env and sh', in: pod('[/usr/bin/env, A=b, sh, -c, x]'), want: 'SHELL_WRAPPER 7:34' },
    { name: 'a script', in: pod('[/start.sh]'), want: 'BAD_COMMAND 7:15' },
    { name: 'a command that is no list', in: pod('kube-apiserver'), want: 'BAD_COMMAND 7:14' },
    { name: 'a number', in: pod('[kube-apiserver, 5]'), want: 'BAD_COMMAND 7:31' },
    { name: 'a boolean', in: pod('[kube-apiserver, yes]'), want: 'BAD_COMMAND 7:31' },
    { name: 'null', in: pod('[kube-apiserver, ~]'), want: 'BAD_COMMAND 7:31' },
    { name: 'Jinja', in: pod('[kube-apiserver, "--ip={{ ip }}"]'), want: 'TEMPLATE 7:37' },
    { name: 'Terraform', in: pod('[kube-apiserver, "--ip=${ip}"]'), want: 'TEMPLATE 7:31' },
    { name: 'a shell variable', in: pod('[kube-apiserver, --ip=$ip]'), want: 'TEMPLATE 7:31' },
    { name: 'underscores', in: pod(K, '    image: __IMAGE__\n'), want: 'TEMPLATE 8:12' },
    { name: 'at signs', in: pod('[kube-apiserver, --ip=@@IP@@]'), want: 'TEMPLATE 7:31' },
    { name: 'an anchored command', in: pod('&c [kube-apiserver]'), want: 'ALIAS 7:17' },
    { name: 'a key twice', in: pod(K, '    name: b\n'), want: 'DUPLICATE_KEY 8:5' },
    { name: 'an explicit key', in: pod(K, '', '  ? x\n  : y\n'), want: 'BAD_MANIFEST 8:5' },
    {
      name: 'a mount of unknown place',
      in: pod(
        K,
        '    volumeMounts:\n    - {name: a, mountPath: /var/log/kubernetes/audit, subPathExpr: $(X)}\n',
        '  volumes:\n  - {name: a, hostPath: {path: /a}}\n'
      ),
      want: 'BAD_MANIFEST 9:7'
    },
    {
      name: 'a mount of no volume, elsewhere',
      in: pod(K, '    volumeMounts:\n    - {name: a, mountPath: /opt}\n'),
      want: 'BAD_MANIFEST 9:7'
    },
    {
      name: 'two volumes of one name',
      in: pod(K, '', '  volumes:\n  - {name: a, emptyDir: {}}\n  - {name: a, emptyDir: {}}\n'),
      want: 'BAD_MANIFEST 10:5'
    },
    { name: 'an unknown flag', in: pod('[kube-apiserver, --audit-log-max-age=3]'), want: 'BAD_FLAG 7:31' },
    { name: 'a bad integer', in: pod('[kube-apiserver, --audit-log-maxage=x]'), want: 'BAD_FLAG 7:31' },
    {
      name: 'a bad integer, not the last',
      in: pod('[kube-apiserver, --audit-log-maxage=x, --audit-log-maxage=3]'),
      want: 'BAD_FLAG 7:31'
    },
    { name: 'a bad mode', in: pod('[kube-apiserver, --v=2, --audit-log-mode=fast]'), want: 'BAD_FLAG 7:38' },
    {
      name: 'a word behind a boolean',
      in: pod('[kube-apiserver, --audit-log-compress, "false"]'),
      want: 'BAD_FLAG 7:53'
    },
    {
      name: 'a flag and its value in one item',
      in: pod('[kube-apiserver, "--audit-log-path /x/y"]'),
      want: 'BAD_FLAG 7:31'
    },
    { name: 'one dash', in: pod('[kube-apiserver, -audit-log-path=/x/y]'), want: 'BAD_FLAG 7:31' },
    {
      name: 'a flag that is younger',
      in: pod('[kube-apiserver, --audit-log-compress]', '    image: a:v1.19.0\n'),
      want: 'BAD_FLAG 7:31'
    }
  ]
  for (const { name, in: text, want } of rows) {
    const found = refusal(() => enable(text))
    t.equal(found.split(' ').slice(0, 2).join(' '), want, `${name}: ${found}`)
  }
  t.match(
    refusal(() => enable(pod('[kube-apiserver, --audit-log-max-age=3]'))),
    /is --audit-log-maxage meant\?/
  )
})

t.test('manifests that look like it and are not refused', async t => {
  const K = '[kube-apiserver]'
  const side = (command: string): string => `  - name: side\n    command: ${command}\n`
  const rows: readonly { name: string; in: string }[] = [
    { name: 'anchors elsewhere', in: pod(K, '    resources: {requests: &r {cpu: 1}, limits: *r}\n') },
    { name: 'an alias among the flags', in: pod('[kube-apiserver, *v]', '', '', '{name: a, labels: {v: &v --v=2}}') },
    { name: 'a merge key elsewhere', in: pod(K, '    resources: {requests: &r {cpu: 1}, limits: {<<: *r}}\n') },
    {
      name: 'a template in a script',
      in: pod(K, '    env:\n    - name: A\n      value: |\n        {{ a }} ${b} <% c %>\n')
    },
    { name: 'a template in a comment', in: `# {{ a }}\n${pod(K)}` },
    { name: "the kubelet's own variables", in: pod('[kube-apiserver, --advertise-address=$(HOST_IP)]') },
    { name: 'a shell beside it', in: pod(K, '', side('[sh, -c, "curl https://kube-apiserver/livez"]')) },
    {
      name: 'its address beside it',
      in: pod(K, '', side('[probe, "--to=https://x/kube-apiserver", https://kube-apiserver]'))
    },
    { name: 'a flag that is gone', in: pod('[kube-apiserver, --audit-dynamic-configuration]') },
    { name: 'a path that looks like a flag', in: pod('[kube-apiserver, --audit-log-path, "-"]') },
    { name: 'the end of flags', in: pod('[kube-apiserver, --]') },
    { name: 'an unknown flag of a newer release', in: pod('[kube-apiserver, --audit-new=1]', '    image: a:v1.99.0\n') }
  ]
  for (const { name, in: text } of rows) {
    const found = refusal(() => enable(text))
    t.equal(found, 'none', name)
    if (found !== 'none') continue
    const after = bytesOf(enable(text), 'manifest')
    const facts = factsOf(file('/etc/kubernetes/audit/policy.yaml', POLICY), {
      path: '/var/log/kubernetes/audit',
      kind: 'directory'
    })
    t.ok(isEmpty(enable(after, facts)), `${name}: planned again`)
  }
})

t.test('two places at once', async t => {
  const taken = pod(
    '[kube-apiserver, --encryption-provider-config=/etc/kubernetes/audit/e.yaml]',
    '    volumeMounts:\n    - {name: a, mountPath: /etc/kubernetes/audit}\n',
    '  volumes:\n  - {name: a, hostPath: {path: /srv}}\n'
  )
  const settings = { flags: new Map(), logPath: hostPath('/etc/kubernetes/audit/audit.log') }
  t.match(
    refusal(() => enable(taken, new Map(), { settings })),
    /^BAD_MANIFEST 7:31 .*e\.yaml.*\/srv\/e\.yaml/
  )
  const elsewhere = { ...settings, containerLogPath: containerPath('/logs/audit.log') }
  t.equal(
    refusal(() => enable(taken, new Map(), { settings: elsewhere })),
    'none'
  )
})

t.test('a plan for a fresh node', async t => {
  const text = fixture('kubeadm-1.31.in')
  const missing = [hostPath('/etc/kubernetes/audit')]
  const facts = factsOf(
    { path: '/etc/kubernetes/audit/policy.yaml', missing },
    { path: '/var/log/kubernetes/audit', missing: [hostPath('/var/log/kubernetes')] }
  )
  const plan = enable(text, facts)
  t.equal(plan.command, 'apply')
  t.same(
    plan.files.map(each => each.role),
    ['policy', 'manifest'],
    'the manifest is the last'
  )
  t.equal(bytesOf(plan, 'policy'), POLICY)
  t.match(bytesOf(plan, 'manifest'), /auditpatch\/policy-sha256: "?[0-9a-f]{64}/)
  t.same(
    plan.directories.map(each => [each.path, each.owner.mode.toString(8)]),
    [
      ['/etc/kubernetes/audit', '700'],
      ['/var/log/kubernetes', '755'],
      ['/var/log/kubernetes/audit', '700']
    ]
  )
  t.same(plan.flags['audit-log-path'], '/var/log/kubernetes/audit/audit.log')
  t.same(
    plan.mounts.map(mount => [mount.containerPath, mount.readOnly, mount.type]),
    [
      ['/etc/kubernetes/audit/policy.yaml', true, 'File'],
      ['/var/log/kubernetes/audit', false, 'DirectoryOrCreate']
    ]
  )
  t.equal(plan.proof.log, '/var/log/kubernetes/audit/audit.log')
  t.same(
    plan.changes.map(change => change.kind),
    [
      ...Array<string>(1).fill('make-directory'),
      'write-file',
      ...Array<string>(2).fill('make-directory'),
      ...Array<string>(5).fill('set-flag'),
      ...Array<string>(2).fill('add-volume'),
      ...Array<string>(2).fill('add-mount'),
      'set-annotation'
    ]
  )
  for (const change of plan.changes) t.ok(change.reason, `${change.kind} ${change.name} has a reason`)
  const after = bytesOf(plan, 'manifest')
  const done = factsOf(file('/etc/kubernetes/audit/policy.yaml', POLICY), {
    path: '/var/log/kubernetes/audit',
    kind: 'directory'
  })
  t.ok(isEmpty(enable(after, done)), 'planned again')
  const changed = enable(after, factsOf(file('/etc/kubernetes/audit/policy.yaml', `${POLICY}# changed\n`)))
  t.same(
    changed.changes.filter(change => change.file === FILE).map(change => [change.kind, change.name]),
    [['set-annotation', 'auditpatch/policy-sha256']],
    'a policy that changed on the node is loaded'
  )
  const removal = planDisable(manifestOf(after), locatePod(parseSource(after, FILE, 'kubernetes')), [], new Map())
  t.equal(bytesOf(removal, 'manifest'), text, 'removal gives the old bytes back')
})

t.test('render is the manifest of the plan', async t => {
  const text = fixture('kubeadm-1.31.in')
  const plain = inputOf({})
  t.equal(renderManifest(wishOf(FILE, text, plain), plain), fixture('kubeadm-1.31.want'), 'no note without a policy')
  const given = inputOf({ policy: { name: 'p.yaml', text: POLICY }, webhook: { name: 'k', text: KUBECONFIG } })
  const withHook = { ...given, settings: { ...given.settings, installWebhook: true } }
  const rendered = renderManifest(wishOf(FILE, text, withHook), withHook)
  t.equal(rendered, bytesOf(enable(text, new Map(), withHook), 'manifest'))
  t.match(rendered, /auditpatch\/webhook-sha256/)
  t.equal(renderWithout(locatePod(parseSource(rendered, FILE, 'kubernetes'))), text)
})

t.test('what is on the node', async t => {
  const text = fixture('repair-host-differs.in')
  const policy = file('/srv/policies/policy.yaml', POLICY)
  const log = { path: '/data/audit', kind: 'directory' as const, mode: 0o700 }
  const rows: readonly { name: string; facts: PathFacts; some?: Partial<EnableInput>; want: string }[] = [
    { name: 'a policy that is there', facts: factsOf(policy, log), want: 'none' },
    { name: 'a link', facts: factsOf({ ...policy, isLink: true }), want: 'SYMLINK' },
    { name: 'a directory', facts: factsOf({ ...policy, kind: 'directory' }), want: 'WRONG_KIND' },
    { name: 'something else', facts: factsOf({ ...policy, kind: 'other' }), want: 'WRONG_KIND' },
    {
      name: 'a log that is a directory',
      facts: factsOf(policy, { path: '/data/audit/audit.log', kind: 'directory' }),
      want: 'WRONG_KIND'
    },
    {
      name: 'a log directory that is a file',
      facts: factsOf(policy, { path: '/data/audit', kind: 'file' }),
      want: 'WRONG_KIND'
    },
    { name: 'an empty policy', facts: factsOf({ ...policy, bytes: new Uint8Array() }), want: 'BAD_POLICY' },
    {
      name: 'an empty policy, another given',
      facts: factsOf({ ...policy, bytes: new Uint8Array() }, log),
      some: { policy: { name: 'p', text: POLICY } },
      want: 'none'
    },
    {
      name: 'a key where the policy is to be',
      facts: factsOf({ ...policy, bytes: Buffer.from('-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIA==\n') }, log),
      some: { policy: { name: 'p', text: POLICY } },
      want: 'WRONG_KIND'
    },
    {
      name: 'a policy that cannot be read, another given',
      facts: factsOf({ ...policy, bytes: Buffer.from('- [\n') }, log),
      some: { policy: { name: 'p', text: POLICY } },
      want: 'none'
    },
    {
      name: 'a bad policy given',
      facts: factsOf(policy),
      some: { policy: { name: 'p', text: 'a: b\n' } },
      want: 'BAD_POLICY'
    },
    {
      name: 'no kubeconfig',
      facts: factsOf(policy, log),
      some: { settings: { flags: new Map(), webhookPath: hostPath('/srv/hook.yaml') } },
      want: 'NOT_FOUND'
    },
    {
      name: 'a bad kubeconfig',
      facts: factsOf(policy, log),
      some: { settings: { flags: new Map(), installWebhook: true }, webhook: { name: 'k', text: 'a: [' } },
      want: 'BAD_KUBECONFIG'
    }
  ]
  for (const { name, facts, some, want } of rows)
    t.equal(refusal(() => enable(text, facts, some)).split(' ')[0], want, name)
})

t.test('a server that is not root', async t => {
  const text = fixture('run-as-user.in')
  const facts = factsOf(file('/etc/kubernetes/audit/policy.yaml', POLICY), {
    path: '/var/log/kubernetes/audit',
    kind: 'directory',
    mode: 0o755
  })
  const plan = enable(text, facts)
  t.same(
    plan.owners.map(each => [each.path, each.after.uid, each.after.gid]),
    [['/var/log/kubernetes/audit', 1001, 1002]]
  )
  t.same(plan.files.find(each => each.role === 'policy')?.after?.owner, { mode: 0o600, uid: 1001, gid: 1002 })
  const hook = enable(text, facts, {
    settings: { flags: new Map(), installWebhook: true },
    webhook: { name: 'k', text: KUBECONFIG }
  }).files.find(each => each.role === 'webhook')
  t.same(hook?.after?.owner, { mode: 0o600, uid: 1001, gid: 1002 })
  t.equal(hook?.isSensitive, true)
})

t.test('disable', async t => {
  const text = fixture('option-webhook.want')
  const source = locatePod(parseSource(text, FILE, 'kubernetes'))
  const hashes = [createHash('sha256').update(POLICY).digest('hex')]
  const own = { role: 'policy', path: hostPath('/etc/kubernetes/audit/policy.yaml'), hashes } as const
  const there = factsOf(file(own.path, POLICY))
  const plan = planDisable(manifestOf(text), source, [own], there)
  t.same(
    plan.files.map(each => [each.role, each.after === null]),
    [
      ['policy', true],
      ['manifest', false]
    ]
  )
  t.equal(bytesOf(plan, 'manifest'), fixture('option-webhook.in'))
  const link = planDisable(manifestOf(text), source, [own], factsOf({ ...file(own.path, POLICY), isLink: true }))
  t.same(
    link.files.map(each => each.role),
    ['manifest'],
    'a link is left'
  )
  const clean = fixture('option-webhook.in')
  t.ok(isEmpty(planDisable(manifestOf(clean), locatePod(parseSource(clean, FILE, 'kubernetes')), [], new Map())))
})

t.test('restore', async t => {
  const state = (text: string, mode = 0o600) => ({ bytes: new TextEncoder().encode(text), owner: { ...ROOT, mode } })
  const at = (path: string): HostPath => hostPath(path)
  const proof = { log: undefined, policy: undefined, isLogBatched: false }
  const plan = planRestore(
    FILE,
    'id',
    [
      { role: 'manifest', path: FILE, now: state('b'), saved: state('a') },
      { role: 'policy', path: at('/p'), now: state('p'), saved: null },
      { role: 'webhook', path: at('/w'), now: state('w'), saved: state('w', 0o644) },
      { role: 'policy', path: at('/q'), now: null, saved: null },
      { role: 'policy', path: at('/r'), now: state('r'), saved: state('r') }
    ],
    proof
  )
  t.same(
    plan.files.map(each => each.path),
    ['/p', '/w', FILE],
    'what is the same stays, the manifest is the last'
  )
  t.same(
    plan.changes.map(change => change.kind),
    ['write-file', 'remove-file', 'write-file']
  )
  t.ok(isEmpty(planRestore(FILE, 'id', [], proof)))
})

t.test('advice about a policy that was given', t => {
  const adviceOn = (rules: string, flags: readonly (readonly [AuditFlagName, string])[] = []) => {
    const text = `apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n${rules}`
    const { policy, findings } = decodePolicy(text, 'p.yaml', NEWEST)
    return policy && policyAdvice({ name: 'p.yaml', text, policy, findings }, NEWEST, new Map(flags), lintPolicy)
  }
  t.match(adviceOn('- level: RequestResponse\n'), [
    { code: 'policy-lint', severity: 'warning', message: /^a warning about this policy, the first: .*Secrets/, line: 4 }
  ])
  t.same(adviceOn('- level: Metadata\n'), [])
  t.same(adviceOn('- level: Metadata\n  verb: [get]\n'), [], 'what decoding has told is not told again')
  t.match(adviceOn('- level: Metadata\n  omitStages: [RequestReceived]\n', [['audit-log-mode', 'blocking-strict']]), [
    { code: 'policy-strict-mode', severity: 'warning' }
  ])
  t.end()
})
