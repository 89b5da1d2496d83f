import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { withAnnotation, withFlags, withMount } from './fake-edit.ts'
import { ask, writeAtomic } from './fake-node.ts'
import {
  eventsOf,
  listenForEvents,
  LOG_PATH,
  podLogWith,
  POLICY,
  POLICY_PATH,
  put,
  restartWith,
  setUp,
  until,
  withLog,
  withPolicy
} from './fake-setup.ts'

t.jobs = 2
t.setTimeout(300_000)

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
    t.match(await podLogWith(kubelet, want, `${name}: ${want}`), /^\S+Z stderr F /m, name)
  }
  t.equal(statSync(join(node.dir, '/etc/kubernetes/audit/made.yaml')).size, 0, 'FileOrCreate made an empty file')
  t.ok(statSync(join(node.dir, '/etc/kubernetes/audit/absent.yaml')).isDirectory(), 'the runtime made a directory')
  await restartWith(node, kubelet, good)
  t.equal((await ask(node.port, '/livez')).status, 200, 'the good manifest heals')
})

t.test('events in the log', async t => {
  const { node, kubelet, good } = await setUp(t)
  const log = join(node.dir, LOG_PATH)
  const lines = () => eventsOf(node)
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
    await ask(node.port, '/livez?probe=1', { userAgent: 'mark-1' })
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

  await t.test('an administrator sees more than the anonymous user', async t => {
    t.equal((await ask(node.port, '/api/v1/pods', { userAgent: 'mark-0' })).status, 403)
    t.equal((await ask(node.port, '/api/v1/pods', { userAgent: 'mark-0', admin: true })).status, 200)
    await until('the events', () => stages('mark-0').length === 4)
    t.match(
      lines().findLast(event => event['userAgent'] === 'mark-0'),
      {
        verb: 'list',
        user: { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] },
        objectRef: { resource: 'pods', apiVersion: 'v1' }
      }
    )
  })

  await t.test('a full log is moved away', async t => {
    writeFileSync(log, `${' '.repeat(1024 * 1024 - 3)}\n`)
    await ask(node.port, '/livez', { userAgent: 'mark-2' })
    await until('the event', () => stages('mark-2').length === 2)
    t.match(readdirSync(dirname(log)).sort()[0], /^audit-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}\.log$/)
  })

  await t.test('a policy is read at the start only', async t => {
    put(node, POLICY_PATH, POLICY.replace('Metadata', 'None'))
    await ask(node.port, '/livez', { userAgent: 'mark-3' })
    await until('the event', () => stages('mark-3').length === 2)
    await restartWith(node, kubelet, withAnnotation(withLog(good), 'a', 'b'))
    await ask(node.port, '/livez', { userAgent: 'mark-4' })
    await sleep(100)
    t.same(stages('mark-4'), [])
    put(node, POLICY_PATH, POLICY)
  })

  await t.test('without its mount the log stays in the container', async t => {
    await restartWith(node, kubelet, withFlags(withPolicy(good), '--audit-log-path=/var/log/lost/audit.log'))
    await ask(node.port, '/livez', { userAgent: 'mark-5' })
    t.notOk(existsSync(join(node.dir, '/var/log/lost')))
  })

  await t.test('a log mounted as a file stops when it is full', async t => {
    const path = '/var/log/single/audit.log'
    put(node, path, `${' '.repeat(1024 * 1024 - 50)}\n`)
    const manifest = withFlags(withPolicy(good), `--audit-log-path=${path}`, '--audit-log-maxsize=1')
    await restartWith(node, kubelet, withMount(manifest, { name: 'single', path, type: 'File' }))
    await ask(node.port, '/livez', { userAgent: 'mark-6' })
    t.match(await podLogWith(kubelet, 'Impacted events'), 'device or resource busy')
    t.same(readdirSync(join(node.dir, dirname(path))), ['audit.log'])
  })

  await t.test('a failed login is one event without a user', async t => {
    await restartWith(node, kubelet, withLog(good, '--anonymous-auth=false'))
    t.equal((await ask(node.port, '/livez', { userAgent: 'mark-7' })).status, 401)
    await until('the event', () => stages('mark-7').length === 1)
    t.match(
      lines().findLast(event => event['userAgent'] === 'mark-7'),
      { stage: 'ResponseStarted', user: {}, responseStatus: { code: 401 } }
    )
  })

  await t.test('stdout and webhook', async t => {
    const { origin, bodies } = await listenForEvents(t)
    const cluster = `clusters: [{name: a, cluster: {server: '${origin}/k8s'}}]`
    put(
      node,
      '/etc/kubernetes/audit/webhook.yaml',
      `current-context: a\ncontexts: [{name: a, context: {cluster: a, user: a}}]\n${cluster}\n`
    )
    const flags = ['--audit-log-path=-', '--audit-webhook-config-file=/etc/kubernetes/audit/webhook.yaml']
    const mount = { name: 'webhook', path: '/etc/kubernetes/audit/webhook.yaml', type: 'File' }
    await restartWith(node, kubelet, withMount(withFlags(withPolicy(good), ...flags), mount))
    await ask(node.port, '/livez', { userAgent: 'mark-8' })
    await until('the batch', () => bodies.join('').includes('mark-8'))
    t.match(JSON.parse(bodies[0] ?? '{}'), { kind: 'EventList', items: [{ kind: 'Event' }] })
    t.match(await podLogWith(kubelet, 'mark-8'), /stdout F \{"kind":"Event".*mark-8/)
  })

  await t.test(
    'a user that may not write the log directory',
    { skip: process.getuid?.() !== 0 && 'needs root' },
    async t => {
      for (const name of readdirSync(join(node.dir, 'etc/kubernetes/pki')))
        chmodSync(join(node.dir, 'etc/kubernetes/pki', name), 0o755)
      chmodSync(node.dir, 0o755)
      writeAtomic(
        node.manifest,
        withLog(good).replace('  securityContext:\n', '  securityContext:\n    runAsUser: 65534\n')
      )
      const words = `ensureLogFile: open ${LOG_PATH}: permission denied`
      t.match(await podLogWith(kubelet, words, 'the crash'), words)
    }
  )
})
