import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { NEWEST } from '../src/audit/version.ts'
import { EXAMPLE_MANIFEST } from '../src/manifest/example-manifest.generated.ts'
import { gatherNode } from '../src/inspect/node-facts.ts'
import type { NodeFacts } from '../src/facts/node.ts'
import { hostPath, parentOf } from '../src/paths.ts'
import { resolveMount } from '../src/pod/volumes.ts'
import { judgeStartup, startFaults } from '../src/startup/judge.ts'
import { serverFiles } from '../src/startup/server-files.ts'
import { type Layer, LAYERS, type StartFault } from '../src/startup/start-fault.ts'
import { locatePod } from '../src/pod/pod.ts'
import { parseSource } from '../src/text/source.ts'
import { withFlags, withMount } from './e2e/fake-edit.ts'
import { auditedNode } from './fake-checked-node.ts'
import { type FakeEntry, fakeHost } from './fake-host.ts'

const MANIFEST = hostPath('/etc/kubernetes/manifests/kube-apiserver.yaml')
const POLICY_PATH = '/etc/kubernetes/audit/policy.yaml'
const LOG_PATH = '/var/log/kubernetes/audit/audit.log'
const WEBHOOK_PATH = '/etc/kubernetes/audit/webhook.yaml'
const POLICY = 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n'
const KUBECONFIG = `apiVersion: v1
kind: Config
clusters:
- name: audit
  cluster:
    server: https://127.0.0.1:9/events
contexts:
- name: audit
  context: {cluster: audit, user: audit}
users:
- name: audit
  user: {}
current-context: audit
`

type Files = Readonly<Record<string, string | FakeEntry | null>>

/** The certificates and keys of a manifest, as kubeadm writes them. */
const certificates = (manifest: string): Files =>
  Object.fromEntries(
    serverFiles(locatePod(parseSource(manifest, MANIFEST, 'kubernetes'))).map(each => [each.container, 'x'])
  )

const PKI = certificates(EXAMPLE_MANIFEST)

const lookAt = (files: Files, root = '/mnt'): Promise<NodeFacts> => {
  const there = Object.entries(files).flatMap(([path, entry]) => (entry === null ? [] : [[path, entry] as const]))
  const { host } = fakeHost(Object.fromEntries(there))
  const readClusterConfig = (): Promise<{ why: string }> => Promise.resolve({ why: 'test' })
  return gatherNode({ ...host, root }, { manifest: MANIFEST, backups: hostPath('/backups'), readClusterConfig })
}

const audited = (
  edits: { flags?: readonly string[]; policy?: string; log?: string; logReadOnly?: boolean } = {}
): string => {
  const flags = [`--audit-policy-file=${POLICY_PATH}`, `--audit-log-path=${LOG_PATH}`, ...(edits.flags ?? [])]
  const policy = { name: 'audit', path: POLICY_PATH, type: edits.policy ?? 'File', readOnly: true }
  const log = {
    name: 'audit-log',
    path: parentOf(hostPath(LOG_PATH)),
    type: edits.log ?? 'DirectoryOrCreate',
    readOnly: edits.logReadOnly ?? false
  }
  return withMount(withMount(withFlags(EXAMPLE_MANIFEST, ...flags), policy), log)
}

const hooked = (): string =>
  withMount(audited({ flags: [`--audit-webhook-config-file=${WEBHOOK_PATH}`] }), {
    name: 'hook',
    path: WEBHOOK_PATH,
    type: 'File'
  })

const nonRoot = (manifest: string): string =>
  manifest.replace('  securityContext:\n', '  securityContext:\n    runAsUser: 1000\n    runAsGroup: 1000\n')

const SOUND: Files = { ...PKI, [POLICY_PATH]: POLICY, [WEBHOOK_PATH]: KUBECONFIG }

// a mount in one that is read-only
const NESTED = EXAMPLE_MANIFEST.replace(
  '    volumeMounts:\n',
  '    volumeMounts:\n    - mountPath: /etc/ca-certificates/audit\n      name: nested\n'
).replace(
  '  volumes:\n',
  '  volumes:\n  - hostPath:\n      path: /srv/audit\n      type: DirectoryOrCreate\n    name: nested\n'
)

t.test('a sound node starts', async t => {
  const rows: readonly { name: string; manifest: string; files?: Files }[] = [
    { name: 'as kubeadm writes it', manifest: EXAMPLE_MANIFEST },
    { name: 'with a policy and a log', manifest: audited() },
    { name: 'with a webhook', manifest: hooked() },
    { name: 'with a log that no mount covers', manifest: withFlags(EXAMPLE_MANIFEST, '--audit-log-path=/x/y.log') },
    { name: 'with a log on standard output', manifest: withFlags(EXAMPLE_MANIFEST, '--audit-log-path=-') },
    {
      name: 'with a webhook that is not there, and no policy',
      manifest: withFlags(EXAMPLE_MANIFEST, '--audit-webhook-config-file=/none')
    },
    {
      name: 'with a backup that sorts before it',
      manifest: EXAMPLE_MANIFEST,
      files: { [`${parentOf(MANIFEST)}/a.yaml`]: EXAMPLE_MANIFEST }
    },
    {
      name: 'with a policy of unknown fields',
      manifest: audited(),
      files: { [POLICY_PATH]: POLICY.replace('- level', '- verb: [get]\n  level') }
    },
    // the server may read them
    ...[`x: ${'['.repeat(1500)}${']'.repeat(1500)}`, '# too long\n'.repeat(60_000)].map(text => ({
      name: `with a policy that is too much to be judged: ${text.slice(0, 9)}`,
      manifest: audited(),
      files: { [POLICY_PATH]: `${POLICY}${text}` }
    })),
    { name: 'with underscores and a bare boolean', manifest: withFlags(EXAMPLE_MANIFEST, '--audit_log_compress') },
    {
      name: 'with a mount in a read-only one, whose place is there',
      manifest: NESTED,
      files: { '/etc/ca-certificates/audit/log': '' }
    },
    // with a port, or not to be judged
    ...[
      'http://etcd:2379',
      'etcd.example:2379',
      'https://[::1]:2379/',
      'unix:///run/etcd.sock',
      'etcd,https://127.0.0.1:2379',
      '$(ETCD)'
    ].map(address => ({
      name: `with etcd at ${address}`,
      manifest: EXAMPLE_MANIFEST.replace(/etcd-servers=.*/, `etcd-servers=${address}`)
    }))
  ]
  for (const { name, manifest, files = {} } of rows)
    for (const root of ['/', '/mnt'])
      t.same(startFaults(await lookAt({ ...SOUND, [MANIFEST]: manifest, ...files }, root), NEWEST), [], name)
})

t.test('what apply writes would start', async t => {
  const { host } = auditedNode('http://127.0.0.1:9/events')
  const readClusterConfig = (): Promise<{ why: string }> => Promise.resolve({ why: 'test' })
  const facts = await gatherNode(host, { manifest: MANIFEST, backups: hostPath('/backups'), readClusterConfig })
  t.ok(facts.manifest.pod?.command.flags.some(({ name }) => name === 'audit-webhook-config-file'))
  t.same(startFaults(facts, NEWEST), [])
})

interface Case {
  readonly code: string
  readonly layer: Layer
  readonly manifest?: string
  readonly files?: Files
  /** The line of the manifest's text that the fault is shown at, or of another file. */
  readonly at?: RegExp
  readonly printed: string | RegExp
  readonly root?: string
}

const EXAMPLE = EXAMPLE_MANIFEST
const failed = (why: string): string => `loading audit policy file: failed to read file path "${POLICY_PATH}": ${why}`
const withoutMount = (manifest: string, path: string): string =>
  manifest.replace(new RegExp(`    - mountPath: ${path}\\n      name: .*\\n(?:      readOnly: .*\\n)?`), '')
const flagged = (...flags: readonly string[]): string => withFlags(EXAMPLE, ...flags)
const policyOf = (text: string): Files => ({ [POLICY_PATH]: text })
const hook = (text: string | null): Pick<Case, 'manifest' | 'files' | 'layer'> => ({
  layer: 'webhook',
  manifest: hooked(),
  files: { [WEBHOOK_PATH]: text }
})
const STARTING = 'initializing audit webhook: '

const CASES: readonly Case[] = [
  {
    code: 'manifest-missing',
    layer: 'kubelet',
    files: { [MANIFEST]: null, [`${parentOf(MANIFEST)}/etcd.yaml`]: 'x' },
    printed: ''
  },
  {
    code: 'broken-yaml',
    layer: 'kubelet',
    manifest: `${EXAMPLE}more: [\n`,
    printed: `${MANIFEST}: couldn't parse as pod(yaml: `
  },
  {
    code: 'duplicate-key',
    layer: 'kubelet',
    manifest: `${EXAMPLE}spec: {containers: [{name: A, image: x}]}\n`,
    at: /^spec: \{/,
    printed: /^invalid pod: \[spec\.containers\[0\]\.name: Invalid value: "A": a lowercase RFC 1123 label /
  },
  {
    code: 'broken-yaml',
    layer: 'kubelet',
    manifest: `${EXAMPLE}spec: [\n`,
    printed: `${MANIFEST}: couldn't parse as pod(yaml: `
  },
  {
    code: 'not-a-pod',
    layer: 'kubelet',
    manifest: EXAMPLE.replace('kind: Pod', 'kind: Pods'),
    printed: `${MANIFEST}: couldn't parse as pod(no kind "Pods" is registered for version "v1" in scheme`
  },
  {
    code: 'not-a-pod',
    layer: 'kubelet',
    manifest: 'apiVersion: v1\nmetadata: {b: 1, a: <}\n',
    printed: `${MANIFEST}: couldn't parse as pod(Object 'Kind' is missing in '{"apiVersion":"v1","metadata":{"a":"\\u003c","b":1}}'), please check config file`
  },
  {
    code: 'wrong-type',
    layer: 'kubelet',
    manifest: EXAMPLE.replace('hostNetwork: true', 'hostNetwork: "true"'),
    at: /hostNetwork/,
    printed: `${MANIFEST}: couldn't parse as pod(json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool), please check config file`
  },
  {
    code: 'no-pod-name',
    layer: 'kubelet',
    manifest: EXAMPLE.replace('  name: kube-apiserver\n', ''),
    printed: 'invalid pod: name is needed for the pod'
  },
  {
    code: 'container-without-name',
    layer: 'kubelet',
    manifest: EXAMPLE.replace('    name: kube-apiserver\n', ''),
    printed: 'invalid pod: [spec.containers[0].name: Required value]'
  },
  {
    code: 'container-without-image',
    layer: 'kubelet',
    manifest: EXAMPLE.replace(/    image: .*\n/, ''),
    printed: 'invalid pod: [spec.containers[0].image: Required value]'
  },
  {
    code: 'duplicate-mount-path',
    layer: 'kubelet',
    manifest: withMount(audited(), { name: 'again', path: POLICY_PATH }),
    printed:
      /^invalid pod: \[spec\.containers\[0\]\.volumeMounts\[\d\]\.mountPath: Invalid value: "\S+": must be unique\]$/
  },
  {
    code: 'mount-without-volume',
    layer: 'kubelet',
    manifest: audited().replace('    name: audit\n', '    name: audits\n'),
    at: /name: audits$/,
    printed: /^invalid pod: \[spec\.containers\[0\]\.volumeMounts\[\d\]\.name: Not found: "audits"\]$/
  },
  {
    code: 'volume-without-name',
    layer: 'kubelet',
    manifest: audited().replace('    name: audit-log\nstatus', 'status'),
    printed:
      /volumes\[\d\]\.name: Required value spec.containers\[0\]\.volumeMounts\[\d\]\.name: Not found: "audit-log"\]$/
  },
  {
    code: 'bad-volume-name',
    layer: 'kubelet',
    manifest: audited().replaceAll('name: audit-log', 'name: audit_log'),
    printed: /name: Invalid value: "audit_log": a lowercase RFC 1123 label must consist of /
  },
  {
    code: 'duplicate-volume',
    layer: 'kubelet',
    manifest: audited().replaceAll('name: audit-log', 'name: audit'),
    printed: /name: Duplicate value: "audit"\]$/
  },
  {
    code: 'bad-host-path-type',
    layer: 'kubelet',
    manifest: audited({ log: 'DirectoryOrcreate' }),
    printed: /hostPath\.type: Unsupported value: "DirectoryOrcreate": supported values: "", "BlockDevice", /
  },
  {
    code: 'bad-probe',
    layer: 'kubelet',
    manifest: EXAMPLE.replace('scheme: HTTPS', 'scheme: https'),
    printed: /scheme: Unsupported value: "https": supported values: "HTTP", "HTTPS"\]$/
  },
  {
    code: 'bad-restart-policy',
    layer: 'kubelet',
    manifest: EXAMPLE.replace('  hostNetwork', '  restartPolicy: always\n  hostNetwork'),
    printed:
      'invalid pod: [spec.restartPolicy: Unsupported value: "always": supported values: "Always", "OnFailure", "Never"]'
  },
  { code: 'stray-pod', layer: 'kubelet', files: { [`${MANIFEST}.bak`]: EXAMPLE }, printed: '' },
  {
    code: 'policy-missing',
    layer: 'mount',
    manifest: audited(),
    files: { [POLICY_PATH]: null },
    at: /hostPath|path: .*policy/,
    printed: `hostPath type check failed: ${POLICY_PATH} is not a file`
  },
  {
    code: 'hostpath-wrong-kind',
    layer: 'mount',
    manifest: audited({ policy: 'FileOrCreate' }),
    files: { [POLICY_PATH]: null, [`${POLICY_PATH}/`]: {} },
    printed: `hostPath type check failed: ${POLICY_PATH} is not a file`
  },
  {
    code: 'policy-missing',
    layer: 'mount',
    manifest: withMount(flagged('--audit-policy-file=/p/none/policy'), {
      name: 'p',
      path: '/p/none/policy',
      type: 'FileOrCreate'
    }),
    printed: 'open /p/none/policy: no such file or directory'
  },
  {
    code: 'hostpath-missing',
    layer: 'mount',
    manifest: withMount(EXAMPLE, { name: 'other', path: '/etc/other', type: 'Directory' }),
    printed: 'hostPath type check failed: /etc/other is not a directory'
  },
  {
    code: 'log-directory-missing',
    layer: 'mount',
    manifest: audited({ log: 'Directory' }),
    printed: 'hostPath type check failed: /var/log/kubernetes/audit is not a directory'
  },
  {
    code: 'wrong-command',
    layer: 'runtime',
    manifest: EXAMPLE.replace('- kube-apiserver\n', '- kube-apiservr\n'),
    printed: 'exec: "kube-apiservr": executable file not found in $PATH'
  },
  {
    code: 'no-apiserver',
    layer: 'runtime',
    manifest: EXAMPLE.replace('- kube-apiserver\n', '- etcd\n').replace('    name: kube-apiserver', '    name: etcd'),
    printed: ''
  },
  {
    code: 'unknown-flag',
    layer: 'flags',
    manifest: flagged('--audit-log-max-age=3'),
    at: /max-age/,
    printed: 'Error: unknown flag: --audit-log-max-age'
  },
  {
    code: 'unknown-flag',
    layer: 'flags',
    manifest: flagged('--authorisation_mode=RBAC'),
    printed: 'Error: unknown flag: --authorisation_mode'
  },
  {
    code: 'removed-flag',
    layer: 'flags',
    manifest: flagged('--audit-dynamic-configuration=true'),
    printed: 'Error: unknown flag: --audit-dynamic-configuration'
  },
  {
    code: 'removed-flag',
    layer: 'flags',
    manifest: flagged('--insecure-port=0'),
    printed: 'Error: unknown flag: --insecure-port'
  },
  {
    code: 'typographic-dash',
    layer: 'flags',
    manifest: flagged('–audit-log-maxage=3'),
    printed: 'Error: "kube-apiserver" does not take any arguments, got ["–audit-log-maxage=3"]'
  },
  {
    code: 'typographic-dash',
    layer: 'flags',
    manifest: flagged('-–audit-log-maxage=3'),
    printed: "Error: unknown shorthand flag: 'Ã' in -–audit-log-maxage=3"
  },
  {
    code: 'bad-flag-word',
    layer: 'flags',
    manifest: flagged('-audit-log-maxage=3'),
    printed: "Error: unknown shorthand flag: 'a' in -audit-log-maxage=3"
  },
  {
    code: 'stray-word',
    layer: 'flags',
    manifest: flagged('--audit-log-compress', '"false"', 'x'),
    printed: 'Error: "kube-apiserver" does not take any arguments, got ["false" "x"]'
  },
  {
    code: 'stray-word',
    layer: 'flags',
    manifest: flagged('--profiling', '"false"'),
    printed: 'Error: "kube-apiserver" does not take any arguments, got ["false"]'
  },
  {
    code: 'flag-without-value',
    layer: 'flags',
    manifest: flagged('--audit_log_maxage'),
    printed: 'Error: flag needs an argument: --audit_log_maxage'
  },
  {
    code: 'bad-flag-value',
    layer: 'flags',
    manifest: flagged('--audit-log-maxage=abc', '--audit-log-nothing=1'),
    printed:
      'Error: invalid argument "abc" for "--audit-log-maxage" flag: strconv.ParseInt: parsing "abc": invalid syntax'
  },
  {
    code: 'bad-flag-value',
    layer: 'flags',
    manifest: flagged('--request-timeout=5'),
    printed: 'Error: invalid argument "5" for "--request-timeout" flag: time: missing unit in duration "5"'
  },
  {
    code: 'bad-flag-value',
    layer: 'flags',
    manifest: flagged('--audit-log-path=-', '--audit-log-maxage=-1', '--audit-log-format=x'),
    printed:
      '[invalid audit log format x, allowed formats are "legacy,json", --audit-log-maxage -1 can\'t be a negative number]'
  },
  {
    code: 'bad-authorization-mode',
    layer: 'server',
    manifest: EXAMPLE.replace('Node,RBAC', 'Node,RBCA'),
    printed: 'authorization-mode "RBCA" is not a valid mode'
  },
  {
    code: 'unknown-admission-plugin',
    layer: 'server',
    manifest: EXAMPLE.replace('plugins=NodeRestriction', 'plugins=NodeRestrictions'),
    printed: 'enable-admission-plugins plugin "NodeRestrictions" is unknown'
  },
  {
    code: 'etcd-address',
    layer: 'server',
    manifest: EXAMPLE.replace(/etcd-servers=.*/, 'etcd-servers=this-is-very-wrong'),
    at: /etcd-servers/,
    printed: 'Error creating leases: error creating storage factory: context deadline exceeded'
  },
  {
    code: 'flag-file-missing',
    layer: 'server',
    files: { '/etc/kubernetes/pki/apiserver.key': null },
    at: /tls-private-key-file/,
    printed: 'open /etc/kubernetes/pki/apiserver.key: no such file or directory'
  },
  {
    code: 'flag-file-missing',
    layer: 'server',
    files: { '/etc/kubernetes/pki/sa.key': null },
    printed:
      'failed to parse service-account-issuer-key-file: open /etc/kubernetes/pki/sa.key: no such file or directory'
  },
  {
    code: 'flag-file-missing',
    layer: 'server',
    manifest: EXAMPLE.replace('path: /etc/kubernetes/pki\n', 'path: /etc/kubernetes/pki2\n'),
    printed:
      'failed to parse service-account-issuer-key-file: open /etc/kubernetes/pki/sa.key: no such file or directory'
  },
  {
    code: 'bad-flag-value',
    layer: 'server',
    manifest: EXAMPLE.replace('secure-port=6443', 'secure-port=644300'),
    printed: '--secure-port 644300 must be between 1 and 65535, inclusive. It cannot be turned off with 0'
  },
  {
    code: 'flag-file-not-mounted',
    layer: 'server',
    manifest: flagged('--oidc-ca-file=/etc/oidc/ca.crt'),
    printed: 'open /etc/oidc/ca.crt: no such file or directory'
  },
  {
    code: 'policy-not-mounted',
    layer: 'policy',
    manifest: withoutMount(audited(), POLICY_PATH),
    at: /audit-policy-file/,
    printed: failed(`open ${POLICY_PATH}: no such file or directory`)
  },
  {
    code: 'policy-missing',
    layer: 'policy',
    manifest: withMount(flagged(`--audit-policy-file=${POLICY_PATH}`), { name: 'a', path: '/etc/kubernetes/audit' }),
    files: { [POLICY_PATH]: null },
    printed: failed(`open ${POLICY_PATH}: no such file or directory`)
  },
  {
    code: 'policy-is-directory',
    layer: 'policy',
    manifest: audited({ policy: '""' }),
    files: { [POLICY_PATH]: null },
    printed: failed(`read ${POLICY_PATH}: is a directory`)
  },
  {
    code: 'policy-is-directory',
    layer: 'policy',
    manifest: audited().replace(
      new RegExp(`- hostPath:\\n      path: ${POLICY_PATH}\\n(?:      type: .*\\n)?`),
      '- emptyDir: {}\n'
    ),
    printed: failed(`read ${POLICY_PATH}: is a directory`)
  },
  {
    code: 'policy-is-no-directory',
    layer: 'policy',
    manifest: audited().replace(/(--audit-policy-file=.*)/, '$1/'),
    at: /mountPath: .*policy/,
    printed: `loading audit policy file: failed to read file path "${POLICY_PATH}/": open ${POLICY_PATH}/: not a directory`
  },
  {
    code: 'mount-point-missing',
    layer: 'runtime',
    manifest: NESTED,
    at: /mountPath: \/etc\/ca-certificates\/audit/,
    printed: 'read-only file system'
  },
  {
    code: 'kubeconfig-server',
    ...hook(KUBECONFIG.replace('https://127.0.0.1:9/events', '10.0.0.1:8443/events')),
    printed: `${STARTING}host must be a URL or a host:port pair: "10.0.0.1:8443/events"`
  },
  {
    code: 'policy-not-readable',
    layer: 'policy',
    manifest: nonRoot(audited()),
    files: { [POLICY_PATH]: { bytes: POLICY, mode: 0o600 }, '/var/log/kubernetes/audit/': { uid: 1000 } },
    printed: failed(`open ${POLICY_PATH}: permission denied`)
  },
  {
    code: 'policy-empty',
    layer: 'policy',
    manifest: audited({ policy: 'FileOrCreate' }),
    files: { [POLICY_PATH]: null, '/etc/kubernetes/audit/': {} },
    printed: `loading audit policy file: unknown group version field audit.k8s.io/__internal, Kind=Policy in policy: from file ${POLICY_PATH}`
  },
  {
    code: 'policy-level',
    layer: 'policy',
    manifest: audited(),
    files: policyOf(POLICY.replace('Metadata', 'All')),
    printed: `loading audit policy file: rules[0].level: Unsupported value: "All": supported values: "None", "Metadata", "Request", "RequestResponse": from file ${POLICY_PATH}`
  },
  {
    code: 'policy-api-version',
    layer: 'policy',
    manifest: audited(),
    files: policyOf(POLICY.replace('/v1', '/v1beta1')),
    printed:
      'loading audit policy file: failed decoding: no kind "Policy" is registered for version "audit.k8s.io/v1beta1" in scheme'
  },
  {
    code: 'policy-broken-yaml',
    layer: 'policy',
    manifest: audited(),
    files: policyOf(`${POLICY}\t- x\n`),
    printed: 'loading audit policy file: failed decoding: yaml: '
  },
  {
    code: 'policy-no-rules',
    layer: 'policy',
    manifest: audited(),
    files: policyOf(POLICY.replace(/rules:[^]*/, '')),
    printed: `loading audit policy file: loaded illegal policy with 0 rules: from file ${POLICY_PATH}`
  },
  {
    code: 'log-read-only',
    layer: 'log',
    manifest: audited({ logReadOnly: true }),
    at: /mountPath: \/var\/log/,
    printed: `ensureLogFile: open ${LOG_PATH}: read-only file system`
  },
  {
    code: 'log-read-only',
    layer: 'log',
    manifest: withMount(flagged('--audit-log-path=/etc/kubernetes/audit/a.log'), {
      name: 'a',
      path: '/etc/kubernetes/audit',
      readOnly: true
    }),
    printed: 'ensureLogFile: open /etc/kubernetes/audit/a.log: read-only file system'
  },
  {
    code: 'log-is-directory',
    layer: 'log',
    manifest: audited(),
    files: { [`${LOG_PATH}/`]: {} },
    printed: `ensureLogFile: open ${LOG_PATH}: is a directory`
  },
  {
    code: 'log-not-writable',
    layer: 'log',
    manifest: nonRoot(audited()),
    files: { '/var/log/kubernetes/audit/': {} },
    printed: `ensureLogFile: open ${LOG_PATH}: permission denied`
  },
  {
    ...hook(KUBECONFIG),
    code: 'webhook-not-mounted',
    manifest: withoutMount(hooked(), WEBHOOK_PATH),
    printed: `${STARTING}stat ${WEBHOOK_PATH}: no such file or directory`
  },
  {
    ...hook(null),
    code: 'webhook-missing',
    manifest: hooked(),
    layer: 'mount',
    printed: `hostPath type check failed: ${WEBHOOK_PATH} is not a file`
  },
  {
    ...hook(null),
    code: 'webhook-is-directory',
    manifest: hooked().replace(/(path: \S+webhook.yaml)\n      type: File/, '$1'),
    printed: `${STARTING}error loading config file "${WEBHOOK_PATH}": read ${WEBHOOK_PATH}: is a directory`
  },
  {
    ...hook(KUBECONFIG),
    code: 'webhook-not-readable',
    manifest: nonRoot(hooked()),
    files: { [WEBHOOK_PATH]: { bytes: KUBECONFIG, mode: 0o600 }, '/var/log/kubernetes/audit/': { uid: 1000 } },
    printed: `${STARTING}error loading config file "${WEBHOOK_PATH}": open ${WEBHOOK_PATH}: permission denied`
  },
  {
    ...hook('# nothing\n'),
    code: 'kubeconfig-empty',
    printed: `${STARTING}invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable`
  },
  {
    ...hook(KUBECONFIG.replace('current-context: audit', 'current-context: other')),
    code: 'kubeconfig-context',
    printed: `${STARTING}invalid configuration: [context was not found for specified context: other, cluster has no server defined]`
  },
  {
    ...hook(KUBECONFIG.replace('kind: Config', 'kind: Pod')),
    code: 'kubeconfig-header',
    printed: `${STARTING}error loading config file "${WEBHOOK_PATH}": no kind "Pod" is registered for version "v1"`
  },
  {
    ...hook(KUBECONFIG.replace('    server', '    certificate-authority: ca.crt\n    server')),
    code: 'kubeconfig-file-missing',
    printed: `${STARTING}invalid configuration: unable to read certificate-authority /etc/kubernetes/audit/ca.crt for audit due to open /etc/kubernetes/audit/ca.crt: no such file or directory`
  }
]

t.test('every fault, with its words', async t => {
  for (const { code, layer, manifest = EXAMPLE, files = {}, at, printed, root } of CASES) {
    const facts = await lookAt({ ...SOUND, [MANIFEST]: manifest, ...files }, root)
    const fault = judgeStartup(facts, NEWEST)
    const found = { code: fault?.code, layer: fault?.layer, severity: fault?.severity }
    t.same(found, { code, layer, severity: 'error' }, `${code}: ${fault?.message ?? 'none'}`)
    if (typeof printed === 'string') t.equal(fault?.printed, printed, code)
    else t.match(fault?.printed, printed, code)
    if (at) t.match(manifest.split('\n')[(fault?.line ?? 0) - 1], at, `${code}: its line`)
    t.ok((fault?.remediation ?? '') !== '' && fault?.file !== undefined, `${code}: a file and what to do`)
    t.same(startFaults(facts, NEWEST)[0], fault, 'the first of all')
  }
})

t.test('all faults of a node, in the order of a start', async t => {
  const manifest = audited({ flags: ['--audit-log-maxagee=1', '--audit-log-maxage=x'], logReadOnly: true })
  const facts = await lookAt({ ...SOUND, [MANIFEST]: manifest, [POLICY_PATH]: 'kind: Pod\n' })
  const codes = startFaults(facts, NEWEST).map(({ layer, code }: StartFault) => `${layer} ${code}`)
  t.same(
    codes,
    [
      'flags unknown-flag',
      'flags bad-flag-value',
      'policy policy-api-version',
      'policy policy-kind',
      'policy policy-no-rules',
      'log log-read-only'
    ].filter(each => codes.includes(each))
  )
  t.ok(codes.length >= 4)
  const missing = await lookAt({ [MANIFEST]: EXAMPLE })
  t.same(startFaults(missing, NEWEST), [], 'a root with nothing but a manifest is no broken node')
  const live = await lookAt({ [MANIFEST]: EXAMPLE }, '/')
  t.ok(startFaults(live, NEWEST).every(({ code }) => code === 'flag-file-missing'))
})

const CORPUS = fileURLToPath(new URL('../../shared/corpus', import.meta.url))

t.test('manifests of others', { skip: existsSync(CORPUS) ? false : 'NO CORPUS' }, async t => {
  let judged = 0
  for (const name of readdirSync(CORPUS)) {
    const bytes = readFileSync(`${CORPUS}/${name}`)
    if (!bytes.includes('kube-apiserver')) continue
    const facts = await lookAt({ [MANIFEST]: { bytes } })
    const { pod } = facts.manifest
    const faults = startFaults(facts, pod?.version ?? NEWEST)
    judged += 1
    t.ok(
      faults.every(({ layer, message, remediation }) => LAYERS.includes(layer) && message !== '' && remediation),
      name
    )
    const mounted = (pod ? serverFiles(pod) : []).filter(
      ({ container }) => pod && resolveMount(pod.mounts, pod.volumes, container)
    )
    const wrong = faults.filter(
      ({ code, message }) =>
        /not-mounted/.test(code) && mounted.some(({ container }) => message.includes(`${container},`))
    )
    t.same(wrong, [], `${name}: what a mount shows is mounted`)
  }
  t.ok(judged > 50)
})
