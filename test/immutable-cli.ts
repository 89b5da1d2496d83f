import fs from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { everyKindWasTried, json, type Json, type Output, run } from './fake-cli.ts'

const IMAGE = `example.com/app@sha256:${'0'.repeat(64)}`
const DEPLOYMENT = `kind: Deployment # of the shop
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      containers:
      - name: app
        image: ${IMAGE}
      - name: side
        image: ${IMAGE}
        securityContext: {readOnlyRootFilesystem: true}
`
const SOUND = `kind: Pod
metadata: {name: sound}
spec:
  containers:
  - name: app
    image: ${IMAGE}
    securityContext:
      readOnlyRootFilesystem: true
      allowPrivilegeEscalation: false
      runAsNonRoot: true
      capabilities: {drop: [ALL]}
`
const WARNED = SOUND.replace(IMAGE, 'app')
const BROKEN = 'kind: Pod\nspec: [\n'
const SERVICE = 'kind: Service\n'

/** Files of a directory of their own, made with the directories above them. */
const files = (t: Test): ((name: string, text: string | Buffer) => string) => {
  const directory = fs.realpathSync(t.testdir({}))
  return (name, text) => {
    const path = join(directory, name)
    fs.mkdirSync(join(path, '..'), { recursive: true })
    fs.writeFileSync(path, text)
    return path
  }
}

const immutable = (argv: readonly string[], more = {}): Promise<Output> => run(['immutable', ...argv], more)
const judged = async (t: Test, argv: readonly string[], more = {}): Promise<Output & { value: Json }> =>
  json(t, ['immutable', ...argv], more)

const piped = (text: string) => ({ input: () => [Buffer.from(text)] })

interface Checked {
  readonly file: string
  readonly findings: readonly { readonly code: string; readonly line?: number; readonly file?: string }[]
  readonly workloads: readonly unknown[]
}
const filesIn = (value: Json): readonly Checked[] => value.files as readonly Checked[]

t.test('immutable alone, and wrong usage', async t => {
  const put = files(t)
  const web = put('web.yaml', DEPLOYMENT)
  for (const [argv, code, message] of [
    [[], 2, /a command of immutable is wanted: check, patch/],
    [['chek', web], 2, /Did you mean check/],
    [['check'], 2, /a file of manifests is wanted|arguments are missing/],
    [['patch'], 2, /a file of manifests is wanted|arguments are missing/],
    [['check', '-', '-'], 2, /standard input \(-\) can be read only once/],
    [['patch', '-', web, '-'], 2, /only once/],
    [['check', `${web}.gone`], 3, /gone/],
    [['patch', web, `${web}.gone`], 3, /gone/],
    [['check', '--fail-on', 'nothing', web], 2, /fail-on/],
    [['check', '--kubernetes-version', 'new', web], 2, /such as 1\.\d+/],
    [['check', web, '--write'], 2, /write/],
    [['patch', '-o', 'sarif', web], 2, /sarif/],
    [['patch', '--run-as-user', '0', web], 2, /a user other than root \(0\) is wanted/],
    [['patch', '--run-as-user', 'nobody', web], 2, /run-as-user/],
    [['patch', '--run-as-user', '-1', web], 2, /run-as-user/],
    [['patch', '--run-as-user', 'app=0', web], 2, /a user other than root \(0\) is wanted, found "app=0"/],
    [['patch', '--run-as-user', '2147483648', web], 2, /a user other than root/],
    [['patch', '--run-as-user', 'ap=5', web], 2, /--run-as-user: no container is called "ap"; there are app, side/],
    [['patch', '--writable', 'ap=/x', web], 2, /--writable: no container is called "ap"/],
    [['patch', '--only', 'privilege', web], 2, /--only: a code of immutable check is wanted, found "privilege"/],
    [['patch', '--writable', 'var/x', web], 2, /--writable: an absolute path .* is wanted.*found "var\/x"/],
    [['patch', '--writable', 'app=', web], 2, /an absolute path/],
    [['patch', '--writable', '/a:b', web], 2, /a path without a colon/],
    [['patch', '--writable', 'app=/usr/bin', web], 2, /a directory without programs/],
    [['patch', '--writable', '/usr/lib/../bin/x', web], 2, /a directory without programs/],
    [['patch', '--writable', '/', web], 2, /a directory without programs/],
    [['patch', '--from-strace', `${web}.gone`, web], 3, /gone/],
    [['patch', '--from-audit', `${web}.gone`, web], 3, /gone/]
  ] as const) {
    const output = await immutable(argv)
    t.same([output.code, output.out], [code, ''], argv.join(' '))
    t.match(output.err.replaceAll(/\s+/g, ' '), message)
    if (!argv.some(each => each === 'sarif')) t.match((await judged(t, argv)).value, { kind: 'Error' })
  }
  t.match(await immutable(['check', '-'], { isInTerminal: true }), { code: 2, err: /by a pipe/ })
  t.equal(fs.readFileSync(web, 'utf8'), DEPLOYMENT)
})

t.test('immutable check', async t => {
  const put = files(t)
  const [web, sound, warned] = [put('web.yaml', DEPLOYMENT), put('sound.yaml', SOUND), put('warned.yaml', WARNED)]
  const [broken, service] = [put('broken.yaml', BROKEN), put('service.yaml', SERVICE)]
  const binary = put('binary.yaml', Buffer.from([0x61, 0xff, 0xfe]))
  for (const [argv, want] of [
    [[web], 1],
    [[sound], 0],
    [[sound, web], 1],
    [[warned], 0],
    [['--fail-on', 'warning', warned], 1],
    [['--fail-on', 'warning', sound], 0],
    [['--fail-on', 'info', service], 1],
    [[service], 0],
    [[broken], 1],
    [[binary], 1]
  ] as const) {
    const { code, err } = await immutable(['check', ...argv])
    t.same([code, err], [want, ''], argv.join(' '))
    t.equal((await judged(t, ['check', ...argv])).code, want)
  }

  const human = await immutable(['check', web], { width: 80 })
  t.match(human.out, /^Deployment shop\/web {2}.*web\.yaml:1$/m)
  t.match(human.out, /read-only-root-filesystem/)
  t.match(human.out, /are mended by immutable\s+patch/)
  t.match(human.out, /Pod Security: baseline; restricted forbids/)

  const { value } = await judged(t, ['check', web, broken, binary, service, sound])
  t.match(filesIn(value), [
    { file: web, workloads: [{ kind: 'Deployment', namespace: 'shop', name: 'web', line: 1 }] },
    { file: broken, findings: [{ code: 'manifest-broken-yaml', severity: 'error', file: broken }], workloads: [] },
    { file: binary, findings: [{ code: 'manifest-not-utf8', severity: 'error', file: binary }], workloads: [] },
    { file: service, findings: [{ code: 'no-workload', severity: 'info' }], workloads: [] },
    { file: sound, findings: [], workloads: [{ podSecurity: { level: 'baseline' } }] }
  ])
  const finding = filesIn(value)[0]?.findings.find(each => each.code === 'read-only-root-filesystem')
  t.match(finding, {
    line: 7,
    field: 'spec.template.spec.containers[0].securityContext.readOnlyRootFilesystem',
    fixable: true
  })

  const input = await judged(t, ['check', '-', sound], piped(DEPLOYMENT))
  t.match([input.code, input.value], [1, { files: [{ file: 'standard input' }, { file: sound }] }])
})

t.test('immutable check of a directory', async t => {
  const put = files(t)
  const names = ['all/a.yaml', 'all/b/c/d.yml', 'all/e.json']
  const wanted = names.map(name =>
    put(name, name.endsWith('json') ? JSON.stringify({ kind: 'Pod', spec: { hostPID: true } }) : DEPLOYMENT)
  )
  for (const name of ['.hidden.yaml', '.git/x.yaml', 'node_modules/x/x.yaml', 'read.me', 'x.yaml.bak'])
    put(`all/${name}`, BROKEN)
  put('all/service.yaml', SERVICE)
  const directory = join(wanted[0] ?? '', '..')
  const { value, code, out } = await judged(t, ['check', directory])
  t.equal(code, 1)
  t.same(
    filesIn(value)
      .map(({ file }) => file)
      .sort(),
    [...wanted].sort(),
    'no dot files, no packages'
  )
  fs.symlinkSync(directory, join(directory, 'b', 'round'))
  const around = await immutable(['check', directory, '-o', 'json'])
  t.equal(around.out, out, 'a link that leads round in a circle', {})
  const lone = put('only/x.txt', DEPLOYMENT)
  const empty = await immutable(['check', join(lone, '..')])
  t.same([empty.code, empty.out], [3, ''])
  t.match(empty.err.replaceAll(/\s+/g, ' '), /holds no file whose name ends in \.yaml, \.yml or \.json/)
  t.match((await judged(t, ['check', join(lone, '..')])).value, { kind: 'Error', code: 'NOT_FOUND' })
  put('services/a.yaml', SERVICE)
  const services = await judged(t, ['check', join(directory, '..', 'services')])
  t.match([services.code, services.value], [0, { files: [] }])
  put('broken/a.yaml', BROKEN)
  t.match((await judged(t, ['check', join(directory, '..', 'broken')])).value, {
    files: [{ findings: [{ code: 'manifest-broken-yaml' }] }]
  })
})

interface Planned {
  readonly changes: readonly {
    readonly kind: string
    readonly name: string
    readonly path: string
    readonly reason: string
  }[]
}
const mountsIn = (value: Json): string[] =>
  (value as unknown as Planned).changes
    .filter(({ kind }) => kind === 'add-mount')
    .map(({ path, name }) => `${/containers\[(\d)\]/.exec(path)?.[1] ?? ''} ${name}`)

t.test('immutable patch shows, and --write does it', async t => {
  const put = files(t)
  const [web, sound] = [put('web.yaml', DEPLOYMENT), put('sound.yaml', SOUND)]
  fs.chmodSync(web, 0o640)
  const seen = await immutable(['patch', web, sound])
  t.same([seen.code, seen.err], [0, ''])
  t.match(seen.out, /^\+ {10}readOnlyRootFilesystem: true$/m)
  t.match(seen.out, /nothing was written; --write does it/)
  t.equal(fs.readFileSync(web, 'utf8'), DEPLOYMENT)
  t.equal((await immutable(['patch', '--exit-code', web])).code, 1)
  t.equal((await immutable(['patch', '--exit-code', sound])).code, 0)
  t.match(await immutable(['patch', sound]), { code: 0, out: /nothing to change/ })

  const { value } = await judged(t, ['patch', web, sound])
  t.match(value, { kind: 'PlanResult', changed: true, files: [{ path: web, before: DEPLOYMENT }], restarted: null })
  t.same(mountsIn(value), ['0 /tmp'])
  t.match((await judged(t, ['patch', sound])).value, { changed: false, changes: [], files: [] })

  const past = new Date(1e12)
  fs.utimesSync(sound, past, past)
  const link = join(web, '..', 'link.yaml')
  fs.symlinkSync('web.yaml', link)
  const before = fs.readdirSync(join(web, '..')).sort()
  const written = await immutable(['patch', '--write', link, sound])
  t.match([written.code, written.out], [0, new RegExp(`written: ${link}`)])
  const text = fs.readFileSync(web, 'utf8')
  const [planned] = (value as unknown as { files: readonly { after: string }[] }).files
  t.equal(text, planned?.after, 'what was shown')
  t.equal(fs.statSync(web).mode & 0o777, 0o640, 'the mode stays')
  t.ok(fs.lstatSync(link).isSymbolicLink(), 'the link stays')
  t.same(fs.statSync(sound).mtime, past, 'what needs no change is not written')
  t.same(fs.readdirSync(join(web, '..')).sort(), before, 'nothing else is there')
  t.equal((await immutable(['patch', '--write', '--exit-code', web])).code, 0, 'again there is nothing to do')
  t.equal(fs.readFileSync(web, 'utf8'), text)
})

t.test('immutable patch --write writes all or nothing', async t => {
  const put = files(t)
  const web = put('web.yaml', DEPLOYMENT)
  const anchored = DEPLOYMENT.replace('spec:\n      containers', 'spec: &pod\n      containers')
  for (const [name, text, code] of [
    ['broken.yaml', BROKEN, 'BROKEN_YAML'],
    ['anchored.yaml', anchored, 'ALIAS'],
    ['binary.yaml', Buffer.from([0x61, 0xff]), 'NOT_UTF8'],
    ['template.yaml', DEPLOYMENT.replace(IMAGE, '{{ .Values.image }}'), 'TEMPLATE'],
    ['node/etc/kubernetes/manifests/web.yaml', DEPLOYMENT, 'UNSAFE_DIRECTORY']
  ] as const) {
    const other = put(name, text)
    const output = await judged(t, ['patch', '--write', web, other])
    t.match([output.code, output.value], [3, { kind: 'Error', code }], name)
    t.equal(fs.readFileSync(web, 'utf8'), DEPLOYMENT, `${name}: nor the file before it`)
    t.same(fs.readFileSync(other), Buffer.from(text), `${name}: it stays`)
  }
  const pod = join(web, '..', 'node/etc/kubernetes/manifests/web.yaml')
  t.equal((await immutable(['patch', pod])).code, 0, 'a static pod may be looked at')
  fs.symlinkSync(pod, join(web, '..', 'way.yaml'))
  t.match(await immutable(['patch', '--write', join(web, '..', 'way.yaml')]), { code: 3, err: /static pod/ })
  t.equal(fs.readFileSync(pod, 'utf8'), DEPLOYMENT)
})

t.test('immutable patch --write is not cut off, and is done where nobody sees it', async t => {
  const put = files(t)
  const [web, other] = [put('web.yaml', DEPLOYMENT), put('other.yaml', DEPLOYMENT)]
  const held: string[] = []
  const countInterrupts = (): (() => number) => {
    held.push(fs.readFileSync(web, 'utf8'), fs.readFileSync(other, 'utf8'))
    return () => 1
  }
  await immutable(['patch', web, other], { countInterrupts })
  t.same(held, [], 'what writes nothing may be stopped')
  t.equal((await immutable(['patch', '--write', web, other], { countInterrupts })).code, 0)
  t.same(held, [DEPLOYMENT, DEPLOYMENT], 'nothing stops it from the first file on')
  const full = { lost: () => 'ENOSPC' }
  fs.writeFileSync(web, DEPLOYMENT)
  t.match(await immutable(['patch', '--write', web], full), { code: 0, err: /not whole/ }, 'it is written')
  t.not(fs.readFileSync(web, 'utf8'), DEPLOYMENT)
  t.equal((await immutable(['patch', web], full)).code, 3)
  t.equal(
    (await immutable(['patch', '--write', '-'], { ...full, ...piped(DEPLOYMENT) })).code,
    3,
    'what is lost is all'
  )
})

t.test('a path at which nobody could read', async t => {
  const put = files(t)
  const loop = join(put('web.yaml', DEPLOYMENT), '..', 'loop.yaml')
  fs.symlinkSync(loop, loop)
  for (const [path, err] of [
    ['', /a file without a name cannot be read \(ENOENT\)/],
    [loop, /\(ELOOP\)\nnext: check the path/],
    [join(loop, '..', 'web.yaml', 'x'), /\(ENOTDIR\)\nnext: check the path/]
  ] as const)
    t.match(await immutable(['check', path]), { code: 3, err }, path.slice(-20))
})

t.test('immutable patch as a filter', async t => {
  const shown = await immutable(['patch', '-'], piped(DEPLOYMENT))
  t.match(shown.out, /^\+ {10}readOnlyRootFilesystem: true$/m)
  const { value } = await judged(t, ['patch', '-'], piped(DEPLOYMENT))
  const [planned] = (value as unknown as { files: readonly { after: string; path: string }[] }).files
  t.equal(planned?.path, 'standard input')
  const through = await immutable(['patch', '--write', '-'], piped(DEPLOYMENT))
  t.match(through.code, 0)
  t.ok(through.out.startsWith(planned?.after ?? 'no'), 'the patched text comes first')
  t.equal(through.out, planned?.after, 'nothing but the patched text')
  const same = await immutable(['patch', '--write', '-'], piped(SOUND))
  t.match(same, { code: 0, out: SOUND, err: /nothing to change/ }, 'unchanged too, and the talk goes elsewhere')
  t.match(await immutable(['patch', '--write', '-'], piped(BROKEN)), { code: 3, out: '' })
})

const writesOf = async (t: Test, argv: readonly string[]): Promise<string[]> => {
  const { value, code } = await judged(t, ['patch', ...argv])
  t.equal(code, 0, argv.join(' '))
  return mountsIn(value)
}

t.test('--writable, --run-as-user and --only', async t => {
  const web = files(t)('web.yaml', DEPLOYMENT)
  t.same(await writesOf(t, ['--writable', '/data/', web]), ['0 /data', '1 /data'])
  t.same(await writesOf(t, ['--writable', 'app=/data', web]), ['0 /data'])
  t.same(await writesOf(t, ['--writable', 'side=/data', '--writable', '/x', web]), ['0 /x', '1 /data', '1 /x'])
  const { value } = await judged(t, ['patch', '--run-as-user', '1000', web])
  const [planned] = (value as unknown as { files: readonly { after: string }[] }).files
  t.equal(planned?.after.match(/runAsUser: 1000/g)?.length, 2)
  const one = await judged(t, ['patch', '--run-as-user', 'side=1000', '--only', 'run-as-non-root', web])
  const { changes } = one.value as unknown as Planned
  t.same(changes.map(({ kind, name, path }) => `${kind} ${name} ${/\w+\[\d\]/.exec(path)?.[0] ?? ''}`).sort(), [
    'set-field runAsNonRoot containers[1]',
    'set-field runAsUser containers[1]'
  ])
})

t.test('--from-strace', async t => {
  const put = files(t)
  const web = put('web.yaml', DEPLOYMENT)
  const trace = put(
    'trace.txt',
    `17 openat(AT_FDCWD, "/data/x/state", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3
17 openat(AT_FDCWD, "/etc/app/config", O_RDONLY) = 4
17 openat(AT_FDCWD, "/denied/x", O_WRONLY|O_CREAT, 0666) = -1 EACCES (Permission denied)
17 +++ exited with 0 +++
`
  )
  t.same(await writesOf(t, ['--from-strace', trace, web]), ['0 /data/x', '1 /data/x'])
  t.same(await writesOf(t, ['--from-strace', `side=${trace}`, web]), ['0 /tmp', '1 /data/x'])
  t.match((await judged(t, ['patch', '--from-strace', `app=${trace}`, web])).value, { changes: [] })
  for (const text of ['', 'nothing of the kind\n']) {
    const { value, code } = await judged(t, ['patch', '--from-strace', put('no.txt', text), web])
    t.match([code, value], [3, { kind: 'Error', code: 'BAD_TRACE' }])
  }
})

let id = 0
/** An audit event of kube-apiserver about a command that somebody ran in a pod. */
const exec = (
  pod: string,
  command: readonly string[],
  { code = 101, container = 'app', stage = 'ResponseStarted' } = {}
): string => {
  const query = [...command.map(word => `command=${encodeURIComponent(word)}`), `container=${container}`].join('&')
  const asked = {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Event',
    level: 'Metadata',
    auditID: `id-${(id += 1)}`,
    verb: 'create'
  }
  return `${JSON.stringify({
    ...asked,
    stage,
    requestURI: `/api/v1/namespaces/shop/pods/${pod}/exec?${query}&stdout=true`,
    user: { username: 'alice', groups: ['system:authenticated'] },
    sourceIPs: ['10.0.0.1'],
    objectRef: { resource: 'pods', namespace: 'shop', name: pod, apiVersion: 'v1', subresource: 'exec' },
    ...(stage === 'RequestReceived' ? {} : { responseStatus: { metadata: {}, code } }),
    requestReceivedTimestamp: '2026-01-01T00:00:00.000000Z',
    stageTimestamp: '2026-01-01T00:00:00.100000Z'
  })}\n`
}

t.test('--from-audit with the log of kube-apiserver', async t => {
  const put = files(t)
  const web = put('web.yaml', DEPLOYMENT)
  const POD = 'web-6d4b75cb6d-hx7vz'
  const touch = ['touch', '/data/x/now']
  const rows: { name: string; log: string; container?: string; want: string[]; todo?: string }[] = [
    { name: 'in a pod of it', log: exec(POD, touch), want: ['0 /data/x', '0 /tmp'] },
    { name: 'in the other container', log: exec(POD, touch, { container: 'side' }), want: ['0 /tmp', '1 /data/x'] },
    { name: 'by a shell', log: exec(POD, ['sh', '-c', 'echo a > /data/x/now']), want: ['0 /data/x', '0 /tmp'] },
    { name: 'nothing written', log: exec(POD, ['ls', '/data/x']), want: ['0 /tmp'] },
    { name: 'in a pod of another', log: exec('api-6d4b75cb6d-hx7vz', touch), want: ['0 /tmp'] },
    { name: 'refused', log: exec(POD, touch, { code: 403 }), want: ['0 /tmp'] },
    { name: 'asked of the other', log: exec(POD, touch), container: 'side', want: ['0 /tmp'] },
    {
      name: 'refused, and its receipt logged',
      log: exec(POD, touch, { stage: 'RequestReceived' }) + exec(POD, touch, { stage: 'ResponseComplete', code: 403 }),
      want: ['0 /tmp']
    },
    { name: 'among lines that are none', log: `nonsense\n${exec(POD, touch)}`, want: ['0 /data/x', '0 /tmp'] }
  ]
  for (const { name, log, container, want, todo } of rows) {
    const file = put('audit.log', log)
    const found = await writesOf(t, ['--from-audit', container === undefined ? file : `${container}=${file}`, web])
    t.same(found, want, name, todo === undefined ? {} : { todo })
  }
  const file = put('audit.log', exec(POD, touch))
  const { value } = await judged(t, ['patch', '--from-audit', file, web])
  const mount = (value as unknown as Planned).changes.find(({ kind }) => kind === 'add-mount')
  t.match(mount?.reason, /alice ran touch \/data\/x\/now, 2026-01-01/)
})

t.test("--from-audit with the kernel's log", async t => {
  const put = files(t)
  const web = put('web.yaml', DEPLOYMENT)
  const head = 'msg=audit(1700000000.123:42):'
  const log = put(
    'kernel.log',
    `type=SYSCALL ${head} arch=c000003e syscall=257 success=yes exit=3 a0=ffffff9c a1=7ffd a2=241 a3=1b6 items=2 ppid=1 pid=2 comm="app" exe="/app"
type=CWD ${head} cwd="/"
type=PATH ${head} item=0 name="/data/x/" inode=1 dev=00:2f mode=040755 nametype=PARENT
type=PATH ${head} item=1 name="/data/x/state" inode=2 dev=00:2f mode=0100644 nametype=CREATE
`
  )
  t.same(await writesOf(t, ['--from-audit', `app=${log}`, web]), ['0 /data/x'])
  t.same(await writesOf(t, ['--from-audit', log, web]), ['0 /data/x', '1 /data/x'])
})

t.test('every kind of output was held against its schema', async t =>
  everyKindWasTried(t, kind => ['ImmutableResult', 'PlanResult'].includes(kind))
)
