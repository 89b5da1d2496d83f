import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { EXAMPLE_MANIFEST } from '../../../src/manifest/example-manifest.generated.ts'
import { withAudit } from '../../oracle/kubeadm/wishes.ts'
import { json, run, type Json } from '../../fake-cli.ts'
import {
  type Asked,
  type ConfigMap,
  type ConfigMapServer,
  failure,
  type Outcome,
  type Reply,
  startConfigMapServer
} from '../fake-configmap-server.ts'
import { freePort } from '../fake-client.ts'
import { kubectlBinary } from '../fake-kubectl-build.ts'

// the first build of all takes its time
t.setTimeout(1_800_000)
const kubectl = (await kubectlBinary()) ?? ''
const skip = kubectl === '' && 'NEEDS GO, or kubectl'
// auditpatch gives it seconds, and its first start reads all of it from the disk
if (kubectl !== '') await promisify(execFile)(kubectl, ['version', '--client'])

const OLD = `apiServer:
  extraArgs: # what was set by hand
  - name: event-ttl
    value: 2h
apiVersion: kubeadm.k8s.io/v1beta4
clusterName: kubernetes
kind: ClusterConfiguration
kubernetesVersion: v1.36.0
scheduler: {}
`

// nothing of this is any of our business
const OBJECT: ConfigMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: 'kubeadm-config',
    namespace: 'kube-system',
    uid: '0b9b9f1c-8f0e-4a44-9a3e-1f6a3f0f5a11',
    resourceVersion: '216',
    creationTimestamp: '2026-11-01T10:00:00Z',
    labels: { team: 'platform', 'example.com/Ä': '' },
    annotations: { note: 'two\nlines\t"x" \\ <&> \u2028 é 😀', number: '010', yes: 'yes', empty: '' },
    finalizers: ['example.com/keep'],
    ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'u', controller: false }],
    managedFields: [{ manager: 'kubeadm', operation: 'Update', apiVersion: 'v1', fieldsV1: { 'f:data': { '.': {} } } }]
  },
  data: {
    ClusterConfiguration: OLD,
    ClusterStatus: 'apiEndpoints:\r\n  n:\r\n    advertiseAddress: 192.0.2.10\r\n',
    __proto__text: ' trailing \n\n\n',
    'no-newline': 'x',
    empty: ''
  },
  binaryData: { blob: 'AAECAwT//g==' }
}

interface Scene {
  readonly root: string
  readonly server: ConfigMapServer
  /** Runs `kubeadm COMMAND` on the node of this scene. */
  readonly run: (...args: readonly string[]) => Promise<{ readonly code: number; readonly value: Json }>
}

const kubeconfigFor = (url: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: url } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    users: [{ name: 'u', user: { token: 'not-a-secret' } }],
    'current-context': 'c'
  })

const put = (root: string, path: string, text: string): void => {
  mkdirSync(join(root, path, '..'), { recursive: true })
  writeFileSync(join(root, path), text)
}

const MANIFEST = 'etc/kubernetes/manifests/kube-apiserver.yaml'
const AUDITED = withAudit(EXAMPLE_MANIFEST, { flags: new Map() })

const setUp = async (t: Test, object: ConfigMap | undefined = OBJECT): Promise<Scene> => {
  const root = t.testdir()
  const server = await startConfigMapServer(t, object)
  put(root, MANIFEST, AUDITED)
  put(root, 'etc/kubernetes/admin.conf', kubeconfigFor(server.url))
  mkdirSync(join(root, 'var/log'), { recursive: true })
  return { root, server, run: (...args) => json(t, ['kubeadm', ...args, '--root', root, '--kubectl', kubectl]) }
}

const methods = ({ asked }: ConfigMapServer): string[] => asked.map(({ method }) => method)
const textIn = (object: ConfigMap | undefined): string => object?.data['ClusterConfiguration'] ?? ''
const withText = (text: string): ConfigMap => ({ ...OBJECT, data: { ...OBJECT.data, ClusterConfiguration: text } })

t.test('save changes the text and nothing else, once', { skip }, async t => {
  const { root, server, run } = await setUp(t)
  t.match(await run('drift', '--exit-code'), { code: 1, value: { kind: 'KubeadmDrift', configVersion: 'v1beta4' } })
  t.match(await run('save', '--yes'), { code: 0, value: { kind: 'KubeadmSave', changed: true } })
  t.same(methods(server), ['GET', 'GET', 'PUT', 'GET'])
  const stored = server.object()
  const text = textIn(stored)
  t.match(text, /^  extraArgs: # what was set by hand\n  - name: event-ttl\n    value: 2h\n/m)
  t.match(text, /- name: audit-log-maxage\n    value: "30"\n/)
  t.match(text, /mountPath: \/var\/log\/kubernetes\/audit\n/)
  t.same(JSON.parse(server.asked[2]?.body ?? ''), withText(text), 'sent as it was read')
  t.same({ ...stored, metadata: { ...stored?.metadata, resourceVersion: '216' } }, withText(text), 'stored so')

  t.match(await run('save', '--yes'), { code: 0, value: { changed: false } })
  t.match(await run('drift', '--exit-code'), { code: 0 })
  t.same(methods(server).slice(4), ['GET', 'GET'], 'nothing is written again')
  // a kubectl that picks another for the server's release asks for that
  t.equal(new Set(server.paths.filter(path => path !== '/version')).size, 1, 'no other request')
  t.notOk(existsSync(join('/root/.kube/cache/discovery', new URL(server.url).host.replace(':', '_'))), 'no cache')

  put(root, MANIFEST, EXAMPLE_MANIFEST)
  t.match(await run('save', '--yes'), { code: 0, value: { changed: true } })
  t.equal(textIn(server.object()), OLD, 'taken out again')
})

t.test('the older version', { skip }, async t => {
  const old = 'apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\nkubernetesVersion: v1.30.0\n'
  const { server, run } = await setUp(t, withText(old))
  t.match(await run('save', '--yes'), { code: 0, value: { changed: true, configVersion: 'v1beta3' } })
  for (const line of old.trim().split('\n')) t.ok(textIn(server.object()).split('\n').includes(line), line)
  t.match(textIn(server.object()), /^    audit-log-maxage: "30"$/m)
})

t.test('without --yes nothing is written, and no answer is no', { skip }, async t => {
  const { root, server, run: command } = await setUp(t)
  t.match(await command('save'), { code: 2, value: { code: 'NEEDS_CONFIRMATION' } })
  const terminal = { isInTerminal: true, isOutTerminal: true }
  const words = ['kubeadm', 'save', '--root', root, '--kubectl', kubectl]
  t.equal((await run(words, { ...terminal, ask: () => Promise.resolve(false) })).code, 130)
  t.same(methods(server), ['GET', 'GET'])
  t.equal((await run(words, { ...terminal, ask: () => Promise.resolve(true) })).code, 0)
  t.same(methods(server), ['GET', 'GET', 'GET', 'PUT', 'GET'])
})

t.test('somebody else changes it in between', { skip }, async t => {
  const { root, server, run: command } = await setUp(t)
  const theirs = { ...OBJECT.data, ClusterConfiguration: OLD.replace('2h', '3h'), new: 'key' }
  server.onRead = () => {
    server.onRead = undefined
    server.change(theirs)
  }
  t.match(await command('save', '--yes'), { code: 3, value: { code: 'CHANGED_SINCE_READ' } })
  t.same(server.object()?.data, theirs, 'their change is there')
  t.match(await command('save', '--yes'), { code: 0, value: { changed: true } })
  t.same(
    { ...server.object()?.data, ClusterConfiguration: '' },
    { ...theirs, ClusterConfiguration: '' },
    'and stays with ours'
  )
  t.match(textIn(server.object()), /value: 3h/)

  server.change(theirs)
  const ask = (): Promise<boolean> => {
    server.change({ ...theirs, new: 'while it asked' })
    return Promise.resolve(true)
  }
  const words = ['kubeadm', 'save', '--root', root, '--kubectl', kubectl]
  t.equal((await run(words, { isInTerminal: true, isOutTerminal: true, ask })).code, 3)
  t.equal(server.object()?.data['new'], 'while it asked')
})

const FORBIDDEN = failure(403, 'Forbidden', 'configmaps "kubeadm-config" is forbidden: User "u" cannot do this')
const on =
  (method: string, outcome: (perform: () => Reply) => Outcome) =>
  (asked: Asked, perform: () => Reply): Outcome =>
    asked.method === method ? outcome(perform) : perform()
const says = (text: string) => on('GET', () => ({ status: 200, body: text }))
const holds = (text: string) => says(JSON.stringify(withText(text)))

const REFUSALS: readonly {
  readonly name: string
  readonly instead: NonNullable<ConfigMapServer['instead']>
  readonly message: RegExp
  readonly code?: string
}[] = [
  { name: 'forbidden to read', instead: on('GET', () => FORBIDDEN), message: /cannot be read: .*forbidden/ },
  { name: 'forbidden to write', instead: on('PUT', () => FORBIDDEN), message: /could not be written: .*forbidden/ },
  {
    name: 'no object',
    instead: on('GET', () => failure(404, 'NotFound', 'configmaps "kubeadm-config" not found')),
    message: /not found/
  },
  { name: 'who are you', instead: on('GET', () => failure(401, 'Unauthorized', 'Unauthorized')), message: /logged in/ },
  { name: 'a fault of the server', instead: on('GET', () => failure(500, 'InternalError', 'etcd')), message: /etcd/ },
  { name: 'no answer', instead: on('GET', () => 'silence'), message: /deadline|imeout|answer/ },
  { name: 'a cut connection', instead: on('GET', () => 'cut'), message: /EOF/ },
  { name: 'a cut connection when writing', instead: on('PUT', () => 'cut'), message: /could not be written: .*EOF/ },
  { name: 'a page', instead: says('<html>Log in</html>'), message: /no ConfigMap/ },
  { name: 'nothing', instead: says(''), message: /no ConfigMap/ },
  { name: 'another kind', instead: says('{"kind":"Secret","apiVersion":"v1","data":{}}'), message: /no ConfigMap/ },
  {
    name: 'another key',
    instead: says(JSON.stringify({ ...OBJECT, data: { other: 'x' } })),
    message: /no ClusterConfiguration/
  },
  { name: 'no text', instead: holds(''), message: /ClusterConfiguration/, code: 'BAD_CLUSTER_CONFIG' },
  { name: 'no YAML', instead: holds('a: [\n'), message: /./, code: 'BROKEN_YAML' },
  {
    name: 'an old version',
    instead: holds(OLD.replace('v1beta4', 'v1beta1')),
    message: /v1beta1/,
    code: 'BAD_CLUSTER_CONFIG'
  }
]

for (const { name, instead, message, code = 'NO_CLUSTER' } of REFUSALS) {
  t.test(`nothing is written: ${name}`, { skip }, async t => {
    const { server, run } = await setUp(t)
    server.instead = instead
    const { code: exit, value } = await run('save', '--yes')
    t.match({ exit, code: value['code'], message: value['message'] }, { exit: 3, code, message })
    t.same(server.object(), OBJECT)
  })
}

t.test('nothing is written: no server, no kubectl, no kubeconfig', { skip }, async t => {
  const { root, server } = await setUp(t)
  const away = join(root, 'away.conf')
  writeFileSync(away, kubeconfigFor(`http://127.0.0.1:${await freePort()}`))
  const broken = join(root, 'broken.conf')
  writeFileSync(broken, '- [')
  for (const [args, message] of [
    [['--kubeconfig', away], /refused/],
    [['--kubeconfig', broken], /./],
    [['--kubeconfig', join(root, 'none.conf')], /none\.conf/],
    [['--kubectl', join(root, 'kubectl')], /there is no program/],
    [['--kubectl', broken], /cannot be run/],
    [['--kubectl', '/bin/false'], /exit code 1/]
  ] as const) {
    for (const command of [['save', '--yes'], ['drift']]) {
      const program = args[0] === '--kubectl' ? [] : ['--kubectl', kubectl]
      const { code, value } = await json(t, ['kubeadm', ...command, '--root', root, ...program, ...args])
      t.match({ code, error: value['code'], message: value['message'] }, { code: 3, error: 'NO_CLUSTER', message })
    }
  }
  t.same(methods(server), [])
})

t.test('an answer that gets lost: the object tells what came of it', { skip }, async t => {
  for (const [name, instead] of [
    ['cut', on('PUT', perform => (perform(), 'cut'))],
    ['an error', on('PUT', perform => (perform(), failure(500, 'InternalError', 'etcdserver: request timed out')))],
    ['try again', on('PUT', perform => (perform(), tryAgain()))],
    // a proxy sends a PUT again to the next server, which finds it done
    ['a conflict with itself', on('PUT', perform => (perform(), perform()))]
  ] as const) {
    const { server, run } = await setUp(t)
    server.instead = instead
    t.match(await run('save', '--yes'), { code: 0, value: { changed: true } }, name)
    t.match(textIn(server.object()), /audit-policy-file/, name)
  }
})

const tryAgain = (): Reply => ({ ...failure(503, 'ServiceUnavailable', 'try again'), retryAfter: 1 })

t.test('what was written is not what is there then: exit 5', { skip }, async t => {
  const gone = await setUp(t)
  gone.server.instead = ({ method }, perform) => {
    const isWritten = gone.server.asked.some(asked => asked.method === 'PUT')
    return method === 'GET' && isWritten ? failure(500, 'InternalError', 'gone') : perform()
  }
  t.match(await gone.run('save', '--yes'), { code: 5, value: { code: 'NOT_ROLLED_BACK', message: /gone/ } })
  const other = await setUp(t)
  other.server.instead = on('PUT', perform => {
    const reply = perform()
    other.server.change({ ...OBJECT.data, ClusterConfiguration: OLD.replace('2h', '4h') })
    return reply
  })
  t.match(await other.run('save', '--yes'), { code: 5, value: { code: 'NOT_ROLLED_BACK', message: /another text/ } })
})

const kubectlSays = async ({ url }: ConfigMapServer, ...args: readonly string[]): Promise<string> =>
  (await promisify(execFile)(kubectl, ['--server', url, ...args], { env: { HOME: t.testdir() } })).stdout

t.test('show, drift and patches', { skip }, async t => {
  const { root, server, run: command } = await setUp(t)
  const { out } = await run(['kubeadm', 'show', '--root', root])
  t.match(out, /^apiVersion: kubeadm.k8s.io\/v1beta4\nkind: ClusterConfiguration\napiServer:\n/)
  t.same(methods(server), [], 'show asks nobody')
  const drift = await command('drift', '--exit-code')
  t.match(drift, { code: 1, value: { findings: [{ code: 'kubeadm-drift', severity: 'warning' }] } })
  for (const format of ['json', 'yaml']) {
    const dump = await kubectlSays(server, 'get', 'configmap', 'kubeadm-config', '-n', 'kube-system', '-o', format)
    const words = ['kubeadm', 'drift', '--exit-code', '--root', root, '--kubeadm-config', '-']
    const { code, value } = await json(t, words, { input: () => [Buffer.from(dump)] })
    const renamed = JSON.parse(JSON.stringify(value).replaceAll('standard input', 'kube-system/kubeadm-config')) as Json // as: it was one
    t.same({ code, value: renamed }, { code: drift.code, value: drift.value }, `the same from a dump as ${format}`)
  }
  t.match(await command('patches', '/etc/kubernetes/patches'), { code: 0, value: { changed: true } })
  t.ok(
    readFileSync(join(root, 'etc/kubernetes/patches/kube-apiserver-audit+json.yaml'), 'utf8').includes('--audit-log')
  )
  t.same(new Set(methods(server)), new Set(['GET']))
  t.same(server.object(), OBJECT)
})
