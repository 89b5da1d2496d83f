import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  statSync,
  writeFileSync
} from 'node:fs'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { withAnnotation, withFlags, withMount } from './fake-edit.ts'
import {
  ask,
  freePort,
  makeNode,
  setFaults,
  startKubelet,
  writeAtomic,
  type FakeNode,
  type Kubelet
} from './fake-node.ts'

const POLICY = 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n'
const POLICY_PATH = '/etc/kubernetes/audit/policy.yaml'
const LOG_PATH = '/var/log/kubernetes/audit/audit.log'
const TWO_POLLS = 500

const put = (node: FakeNode, path: string, text: string): void => {
  mkdirSync(dirname(join(node.dir, path)), { recursive: true })
  writeFileSync(join(node.dir, path), text)
}

const until = async (what: string, holds: () => boolean | Promise<boolean>, limit = 6000): Promise<void> => {
  const end = Date.now() + limit
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited ${limit} ms in vain for: ${what}`)
    await sleep(25)
  }
}

const withPolicy = (manifest: string): string =>
  withMount(withFlags(manifest, `--audit-policy-file=${POLICY_PATH}`), {
    name: 'audit',
    path: POLICY_PATH,
    type: 'File',
    readOnly: true
  })

const withLog = (manifest: string, ...flags: readonly string[]): string =>
  withMount(withFlags(withPolicy(manifest), `--audit-log-path=${LOG_PATH}`, ...flags), {
    name: 'audit-log',
    path: dirname(LOG_PATH),
    type: 'DirectoryOrCreate'
  })

const uids = (kubelet: Kubelet): string[] =>
  kubelet
    .journal()
    .filter(entry => entry.event === 'start')
    .map(entry => entry.uid)

/** Applies a manifest and waits until the server it asks for is ready. */
const restartWith = async (node: FakeNode, kubelet: Kubelet, manifest: string): Promise<void> => {
  const before = kubelet.restarts()
  writeAtomic(node.manifest, manifest)
  await until('a new server', () => kubelet.restarts() > before)
  await kubelet.ready()
}

const setUp = async (t: Test, frequency = '200ms') => {
  const running: Kubelet[] = []
  // Before t.testdir(): what is registered later runs after the directory is gone.
  t.teardown(() => Promise.all(running.map(kubelet => kubelet.stop())))
  const node = await makeNode(t.testdir(), { fileCheckFrequency: frequency, faults: { readyMs: 60 } })
  const kubelet = await startKubelet(node.dir)
  running.push(kubelet)
  return { node, kubelet, good: readFileSync(node.manifest, 'utf8') }
}

t.jobs = 3

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
  t.notOk(existsSync(join(node.dir, `var/log/pods/kube-system_kube-apiserver-node1_${first}`)), 'the old logs are gone')
})

t.test('files the kubelet cannot use end the running server at the next poll', async t => {
  const { node, kubelet, good } = await setUp(t, '1s')
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
    writeAtomic(node.manifest, text)
    await until('the refusal of the event', () =>
      kubelet.kubeletLog().slice(at).includes('Unable to process watch event')
    )
    const between = kubelet.serverPid()
    await until('the refusal of the poll', () =>
      kubelet.kubeletLog().slice(at).includes('Could not process manifest file')
    )
    await until('the end of the server', () => kubelet.serverPid() === null)
    t.type(between, 'number', `${name}: the event alone ends nothing`)
    t.match(kubelet.kubeletLog().slice(at), want, name)
    t.same(readdirSync(join(node.dir, 'var/log/pods')), [], `${name}: no pod log`)
    await restartWith(node, kubelet, good)
  }
})

t.test('a backup beside the manifest wins', async t => {
  const { node, kubelet, good } = await setUp(t)
  await restartWith(node, kubelet, withAnnotation(good, 'is', 'new'))
  const before = kubelet.restarts()
  writeFileSync(`${node.manifest}.bak`, good)
  writeFileSync(join(node.manifests, '.hidden.yaml'), withAnnotation(good, 'is', 'hidden'))
  await until('the restart', () => kubelet.restarts() > before)
  await sleep(TWO_POLLS)
  t.equal(kubelet.restarts(), before + 1, 'once; a dot file counts for nothing')
  writeAtomic(node.manifest, withAnnotation(good, 'is', 'newer'))
  await until('both versions having run', () => kubelet.restarts() >= before + 3)
  await sleep(TWO_POLLS)
  t.equal(kubelet.restarts(), before + 3, 'an edit seems to work until the next poll brings the backup back')
})

t.test('starts that fail', async t => {
  const { node, kubelet, good } = await setUp(t)
  put(node, POLICY_PATH, POLICY)
  put(node, '/etc/kubernetes/audit/bad.yaml', POLICY.replace('Metadata', 'Everything'))
  put(node, '/etc/kubernetes/audit/norules.yaml', POLICY.replace(/rules[^]*/, ''))
  mkdirSync(join(node.dir, LOG_PATH), { recursive: true })
  const policyAt = (path: string, type?: string): string => {
    const mount = { name: 'audit', path, readOnly: true, ...(type === undefined ? {} : { type }) }
    return withMount(withFlags(good, `--audit-policy-file=${path}`), mount)
  }
  const rows = [
    {
      name: 'policy not mounted',
      text: withFlags(good, `--audit-policy-file=${POLICY_PATH}`),
      want: `"command failed" err="loading audit policy file: failed to read file path \\"${POLICY_PATH}\\": open ${POLICY_PATH}: no such file or directory"`
    },
    {
      name: 'policy FileOrCreate, missing',
      text: policyAt('/etc/kubernetes/audit/made.yaml', 'FileOrCreate'),
      want: 'unknown group version field audit.k8s.io/__internal, Kind=Policy in policy: from file'
    },
    {
      name: 'policy without a type, missing',
      text: policyAt('/etc/kubernetes/audit/absent.yaml'),
      want: 'read /etc/kubernetes/audit/absent.yaml: is a directory'
    },
    {
      name: 'unknown level',
      text: policyAt('/etc/kubernetes/audit/bad.yaml', 'File'),
      want: 'rules[0].level: Unsupported value: \\"Everything\\": supported values: '
    },
    {
      name: 'no rules',
      text: policyAt('/etc/kubernetes/audit/norules.yaml', 'File'),
      want: 'loaded illegal policy with 0 rules'
    },
    { name: 'log path is a directory', text: withLog(good), want: `ensureLogFile: open ${LOG_PATH}: is a directory` },
    {
      name: 'log directory mounted read-only',
      text: withMount(withFlags(withPolicy(good), '--audit-log-path=/var/log/ro/audit.log'), {
        name: 'ro',
        path: '/var/log/ro',
        type: 'DirectoryOrCreate',
        readOnly: true
      }),
      want: 'ensureLogFile: open /var/log/ro/audit.log: read-only file system'
    },
    {
      name: 'unknown flag',
      text: withFlags(good, '--audit-log-max-backups=1'),
      want: 'Error: unknown flag: --audit-log-max-backups'
    },
    {
      name: 'removed flag',
      text: withFlags(good, '--audit-dynamic-configuration'),
      want: 'Error: unknown flag: --audit-dynamic-configuration'
    },
    {
      name: 'bool and a word',
      text: withFlags(good, '--audit-log-compress', '"false"'),
      want: 'does not take any arguments, got ["false"]'
    },
    {
      name: 'bad number',
      text: withFlags(good, '--audit-log-maxage=x'),
      want: 'invalid argument "x" for "--audit-log-maxage" flag: strconv.ParseInt'
    },
    {
      name: 'bad mode',
      text: withLog(good, '--audit-log-mode=fast'),
      want: 'invalid audit log mode fast, allowed modes are'
    },
    {
      name: 'webhook kubeconfig missing',
      text: withFlags(withPolicy(good), '--audit-webhook-config-file=/none'),
      want: 'initializing audit webhook: stat /none: no such file or directory'
    }
  ]
  for (const { name, text, want } of rows) {
    writeAtomic(node.manifest, text)
    await until(`${name}: ${want}`, () => kubelet.podLog().includes(want))
    t.match(kubelet.podLog(), /^\S+Z stderr F /m, name)
  }
  t.equal(statSync(join(node.dir, '/etc/kubernetes/audit/made.yaml')).size, 0, 'FileOrCreate made an empty file')
  t.ok(statSync(join(node.dir, '/etc/kubernetes/audit/absent.yaml')).isDirectory(), 'the runtime made a directory')
  await restartWith(node, kubelet, good)
  t.equal((await ask(node.port, '/livez')).status, 200, 'the good manifest heals')
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
    .slice(-3)
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

t.test('events in the log', async t => {
  const { node, kubelet, good } = await setUp(t)
  const log = join(node.dir, LOG_PATH)
  const lines = (path = log): Record<string, unknown>[] =>
    existsSync(path)
      ? readFileSync(path, 'utf8')
          .split('\n')
          .filter(line => line !== '')
          .map(line => JSON.parse(line) as Record<string, unknown>)
      : []
  const stages = (mark: string): unknown[] =>
    lines()
      .filter(event => event['userAgent'] === mark)
      .map(event => event['stage'])
  put(node, POLICY_PATH, POLICY)

  await t.test('two stages, anonymous, last flag wins, names normalised', async t => {
    await restartWith(
      node,
      kubelet,
      withLog(good, '--audit_log_maxbackup', '"3"', '--audit-log-maxsize=0', '--audit-log-maxsize=1')
    )
    await ask(node.port, '/livez?probe=1', 'mark-1')
    await until('the event', () => stages('mark-1').length === 2)
    t.same(stages('mark-1'), ['RequestReceived', 'ResponseComplete'])
    t.match(
      lines().findLast(event => event['userAgent'] === 'mark-1'),
      {
        kind: 'Event',
        level: 'Metadata',
        requestURI: '/livez?probe=1',
        verb: 'get',
        user: { username: 'system:anonymous', groups: ['system:unauthenticated'] },
        responseStatus: { code: 200 },
        annotations: { 'authorization.k8s.io/decision': 'allow' }
      }
    )
    t.equal(statSync(log).mode & 0o777, 0o600)
  })

  await t.test('a full log is moved away', async t => {
    writeFileSync(log, `${' '.repeat(1024 * 1024 - 3)}\n`)
    await ask(node.port, '/livez', 'mark-2')
    await until('the event', () => stages('mark-2').length === 2)
    t.match(readdirSync(dirname(log)).sort()[0], /^audit-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}\.log$/)
  })

  await t.test('a policy is read at the start only', async t => {
    put(node, POLICY_PATH, POLICY.replace('Metadata', 'None'))
    await ask(node.port, '/livez', 'mark-3')
    await until('the event', () => stages('mark-3').length === 2)
    await restartWith(node, kubelet, withAnnotation(withLog(good), 'a', 'b'))
    await ask(node.port, '/livez', 'mark-4')
    await sleep(100)
    t.same(stages('mark-4'), [])
    put(node, POLICY_PATH, POLICY)
  })

  await t.test('without its mount the log stays in the container', async t => {
    await restartWith(node, kubelet, withFlags(withPolicy(good), '--audit-log-path=/var/log/lost/audit.log'))
    await ask(node.port, '/livez', 'mark-5')
    t.notOk(existsSync(join(node.dir, '/var/log/lost')))
  })

  await t.test('a log mounted as a file stops when it is full', async t => {
    const path = '/var/log/single/audit.log'
    put(node, path, `${' '.repeat(1024 * 1024 - 50)}\n`)
    const manifest = withFlags(withPolicy(good), `--audit-log-path=${path}`, '--audit-log-maxsize=1')
    await restartWith(node, kubelet, withMount(manifest, { name: 'single', path, type: 'File' }))
    await ask(node.port, '/livez', 'mark-6')
    await until('the complaint', () => kubelet.podLog().includes('Impacted events'))
    t.match(kubelet.podLog(), 'device or resource busy')
    t.same(readdirSync(join(node.dir, dirname(path))), ['audit.log'])
  })

  await t.test('a failed login is one event without a user', async t => {
    await restartWith(node, kubelet, withLog(good, '--anonymous-auth=false'))
    t.equal((await ask(node.port, '/livez', 'mark-7')).status, 401)
    await until('the event', () => stages('mark-7').length === 1)
    t.match(
      lines().findLast(event => event['userAgent'] === 'mark-7'),
      { stage: 'ResponseStarted', user: {}, responseStatus: { code: 401 } }
    )
  })

  await t.test('stdout and webhook', async t => {
    const port = await freePort()
    const bodies: string[] = []
    const listener = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => bodies.push(chunk.toString())).on('end', () => response.end())
    }).listen(port, '127.0.0.1')
    t.teardown(() => void listener.close())
    const cluster = `clusters: [{name: a, cluster: {server: 'http://127.0.0.1:${port}/k8s'}}]`
    put(
      node,
      '/etc/kubernetes/audit/webhook.yaml',
      `current-context: a\ncontexts: [{name: a, context: {cluster: a, user: a}}]\n${cluster}\n`
    )
    const flags = ['--audit-log-path=-', '--audit-webhook-config-file=/etc/kubernetes/audit/webhook.yaml']
    const mount = { name: 'webhook', path: '/etc/kubernetes/audit/webhook.yaml', type: 'File' }
    await restartWith(node, kubelet, withMount(withFlags(withPolicy(good), ...flags), mount))
    await ask(node.port, '/livez', 'mark-8')
    await until('the batch', () => bodies.join('').includes('mark-8'))
    t.match(JSON.parse(bodies[0] ?? '{}'), { kind: 'EventList', items: [{ kind: 'Event' }] })
    t.match(kubelet.podLog(), /stdout F \{"kind":"Event".*mark-8/)
  })

  await t.test(
    'a user that may not write the log directory',
    { skip: process.getuid?.() !== 0 && 'needs root' },
    async t => {
      const before = kubelet.restarts()
      for (const name of readdirSync(join(node.dir, 'etc/kubernetes/pki')))
        chmodSync(join(node.dir, 'etc/kubernetes/pki', name), 0o755)
      chmodSync(node.dir, 0o755)
      writeAtomic(
        node.manifest,
        withLog(good).replace('  securityContext:\n', '  securityContext:\n    runAsUser: 65534\n')
      )
      await until('the crash', () => kubelet.restarts() > before && kubelet.podLog().includes('permission denied'))
      t.match(kubelet.podLog(), `ensureLogFile: open ${LOG_PATH}: permission denied`)
    }
  )
})

t.test('faults', async t => {
  const { node, kubelet, good } = await setUp(t)
  put(node, POLICY_PATH, POLICY)

  setFaults(node.dir, { ignoreChanges: true })
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
