import fc from 'fast-check'
import t from 'tap'
import { booleanOf, floatOf, integerOf, valueFault } from '../src/audit/flag-value.ts'
import {
  auditFlag,
  auditFlags,
  type AuditFlagName,
  defaultOf,
  isKnownIn,
  nearestFlag,
  normaliseFlag
} from '../src/audit/flags.ts'
import { validateFlags } from '../src/audit/validate-flags.ts'
import { formatVersion, type KubernetesVersion, NEWEST, parseVersion, versionOfImage } from '../src/audit/version.ts'
import { type AuditSettings, type CurrentAudit, wantedAudit, type WantedFlag } from '../src/audit/wanted.ts'
import { AuditError } from '../src/errors.ts'
import { containerPath, hostPath } from '../src/paths.ts'
import { refuseFlagFaults } from '../src/plan/flag-faults.ts'
import { locatePod } from '../src/pod/pod.ts'
import { parseSource } from '../src/text/source.ts'

const v = (minor: number): KubernetesVersion => ({ major: 1, minor })

t.test('flag names', async t => {
  t.equal(normaliseFlag('audit_log_path'), 'audit-log-path')
  t.equal(auditFlag('audit_log_path')?.name, 'audit-log-path')
  t.equal(auditFlag('secure-port'), undefined)
  t.equal(new Set(auditFlags.map(flag => flag.name)).size, auditFlags.length)
  const rows: readonly { in: string; want: string | undefined }[] = [
    { in: 'audit-log-max-age', want: 'audit-log-maxage' },
    { in: 'audit-log-max-backups', want: 'audit-log-maxbackup' },
    { in: 'aufit-policy-file', want: 'audit-policy-file' },
    { in: 'audit_policy_files', want: 'audit-policy-file' },
    { in: 'AUDIT-LOG-PATH', want: 'audit-log-path' },
    { in: 'audit-webhook-config', want: 'audit-webhook-config-file' },
    { in: 'audit', want: undefined }
  ]
  for (const { in: name, want } of rows) t.equal(nearestFlag(name), want, name)
})

t.test('defaults and releases', async t => {
  const flag = (name: string) => auditFlag(name) ?? t.bailout(name)
  for (const each of auditFlags) {
    t.equal(valueFault(each, defaultOf(each, NEWEST)), undefined, `${each.name}: its default can be read`)
    if (each.aliasOf) t.ok(auditFlag(each.aliasOf), `${each.name}: an alias of a flag`)
  }
  const maxage = auditFlag('audit-log-maxage')
  const dynamic = auditFlag('audit-dynamic-configuration')
  const compress = auditFlag('audit-log-compress')
  if (!maxage || !dynamic || !compress) return void flag('none')
  t.equal(defaultOf(maxage, v(35)), '0')
  t.equal(defaultOf(maxage, v(36)), '366')
  t.ok(isKnownIn(dynamic, v(18)))
  t.notOk(isKnownIn(dynamic, v(19)))
  t.notOk(isKnownIn(compress, v(19)))
  t.ok(isKnownIn(compress, v(20)))
})

t.test('values as Go reads them', async t => {
  const integers: readonly [string, bigint | undefined][] = [
    ['30', 30n],
    ['-1', -1n],
    ['+5', 5n],
    ['010', 8n],
    ['0o17', 15n],
    ['0x1e', 30n],
    ['0b101', 5n],
    ['1_000', 1000n],
    ['0', 0n],
    ['08', undefined],
    ['1__0', undefined],
    ['1_', undefined],
    ['', undefined],
    ['3.0', undefined],
    ['1e3', undefined],
    [' 1', undefined],
    ['0x', undefined],
    ['--1', undefined],
    ['0b11', 3n],
    ['0_1', 1n],
    ['0x_1', 1n],
    ['_1', undefined],
    ['0o', undefined],
    ['0b_', undefined],
    ['9007199254740993', 9007199254740993n],
    ['9223372036854775807', 2n ** 63n - 1n],
    ['9223372036854775808', undefined],
    ['-9223372036854775808', -(2n ** 63n)],
    ['-0x8000000000000001', undefined]
  ]
  for (const [text, want] of integers) t.equal(integerOf(text), want, `integer "${text}"`)
  for (const text of ['1', 't', 'T', 'true', 'True', 'TRUE']) t.equal(booleanOf(text), true, text)
  for (const text of ['0', 'f', 'F', 'false', 'False', 'FALSE']) t.equal(booleanOf(text), false, text)
  for (const text of ['yes', 'on', '', 'tRue', '2']) t.equal(booleanOf(text), undefined, text)
  const wait = auditFlag('audit-log-batch-max-wait')
  const qps = auditFlag('audit-log-batch-throttle-qps')
  if (!wait || !qps) return t.fail('flags are missing')
  for (const text of ['30s', '1h30m', '.5s', '5.s', '1.5h', '0', '-0', '-2s', '5µs', '5μs', '100ms', '1h47m16.8s'])
    t.equal(valueFault(wait, text), undefined, text)
  for (const text of ['30', '', 's', '.s', '1d', '1 s', '1h30', '00', '1h-1m', '--1s', '∞'])
    t.type(valueFault(wait, text), 'string', `duration "${text}"`)
  for (const text of ['9223372036854775807ns', '-9223372036854775808ns', '2562047h47m16.854775s'])
    t.equal(valueFault(wait, text), undefined, text)
  for (const text of ['9223372036854775808ns', '-9223372036854775809ns', '2562048h', '2562047h47m17s'])
    t.type(valueFault(wait, text), 'string', `too long a duration "${text}"`)
  const numbers: readonly [string, number | undefined][] = [
    ['1', 1],
    ['.5', 0.5],
    ['5.', 5],
    ['1e3', 1000],
    ['-1.5', -1.5],
    ['+1E-1_0', Math.fround(1e-10)],
    ['1_000.2_5', 1000.25],
    ['0x1.8p1', 3],
    ['-0X.8P+1', -1],
    ['0x_1p-2', 0.25],
    ['iNf', Infinity],
    ['-Infinity', -Infinity],
    ['NaN', NaN],
    ['1e-50', 0],
    ['3.4e38', Math.fround(3.4e38)],
    ['3.5e38', undefined],
    ['-1e400', undefined],
    ['0x1p128', undefined],
    ['', undefined],
    ['x', undefined],
    ['1,5', undefined],
    ['.', undefined],
    ['1e', undefined],
    ['1e_5', undefined],
    ['1_.5', undefined],
    ['1__0', undefined],
    ['0x1', undefined],
    ['0x.p1', undefined],
    ['0b1', undefined],
    ['-nan', undefined],
    ['infi', undefined]
  ]
  for (const [text, want] of numbers) {
    t.same(floatOf(text), want, `number "${text}"`)
    t.equal(valueFault(qps, text) === undefined, want !== undefined, `number "${text}" as a value`)
  }
})

t.test('versions', async t => {
  const rows: readonly [string, string | undefined][] = [
    ['registry.k8s.io/kube-apiserver:v1.31.2', '1.31'],
    ['k8s.gcr.io/kube-apiserver-amd64:v1.9.3', '1.9'],
    ['registry.local:5000/kube-apiserver:v1.36.0-rc.1@sha256:00', '1.36'],
    ['registry.local:5000/kube-apiserver', undefined],
    ['kube-apiserver:latest', undefined],
    ['kube-apiserver@sha256:00', undefined],
    ['kube-apiserver:v1.24.17-eks-1', '1.24']
  ]
  for (const [image, want] of rows) {
    const found = versionOfImage(image)
    t.equal(found && formatVersion(found), want, image)
  }
  t.same(parseVersion('1.31'), v(31))
  t.equal(parseVersion('1'), undefined)
})

type Flags = Partial<Record<AuditFlagName, string>>

const faults = (flags: Flags, version = NEWEST): string[] =>
  // Object.entries forgets the type of the keys
  validateFlags(new Map(Object.entries(flags) as [AuditFlagName, string][]), version).map(fault => fault.flag)

t.test('what keeps kube-apiserver from starting', async t => {
  const log = { 'audit-log-path': '/var/log/audit.log' }
  const hook = { 'audit-webhook-config-file': '/etc/hook.yaml' }
  const rows: readonly { name: string; in: Flags; version?: KubernetesVersion; want: string[] }[] = [
    { name: 'nothing', in: {}, want: [] },
    { name: 'a log', in: log, want: [] },
    { name: 'both', in: { ...log, ...hook }, want: [] },
    { name: 'negative, but off', in: { 'audit-log-maxage': '-1' }, want: [] },
    { name: 'unreadable, also when off', in: { 'audit-log-maxage': 'x' }, want: ['audit-log-maxage'] },
    { name: 'negative', in: { ...log, 'audit-log-maxage': '-1' }, want: ['audit-log-maxage'] },
    {
      name: 'negative for standard output too',
      in: { 'audit-log-path': '-', 'audit-log-maxsize': '-1' },
      want: ['audit-log-maxsize']
    },
    { name: 'a mode', in: { ...log, 'audit-log-mode': 'fast' }, want: ['audit-log-mode'] },
    { name: 'a format', in: { ...log, 'audit-log-format': 'JSON' }, want: ['audit-log-format'] },
    {
      name: 'a batch of none',
      in: { ...log, 'audit-log-mode': 'batch', 'audit-log-batch-max-size': '0' },
      want: ['audit-log-batch-max-size']
    },
    { name: 'a batch of none, blocking', in: { ...log, 'audit-log-batch-max-size': '0' }, want: [] },
    {
      name: 'throttled without a rate',
      in: { ...log, 'audit-log-mode': 'batch', 'audit-log-batch-throttle-enable': 'true' },
      want: ['audit-log-batch-throttle-qps', 'audit-log-batch-throttle-burst']
    },
    {
      name: 'a webhook throttles by default',
      in: { ...hook, 'audit-webhook-batch-throttle-qps': '0' },
      want: ['audit-webhook-batch-throttle-qps']
    },
    {
      name: 'a large event',
      in: { ...log, 'audit-log-truncate-max-event-size': '20000000' },
      want: ['audit-log-truncate-max-batch-size']
    },
    {
      name: 'an event of none',
      in: { ...hook, 'audit-webhook-truncate-max-event-size': '0' },
      want: ['audit-webhook-truncate-max-event-size']
    },
    {
      name: 'an old version of events',
      in: { ...log, 'audit-log-version': 'audit.k8s.io/v1beta1' },
      want: ['audit-log-version']
    },
    {
      name: 'an old version of events, then',
      in: { ...log, 'audit-log-version': 'audit.k8s.io/v1beta1' },
      version: v(23),
      want: []
    },
    { name: 'an empty version', in: { ...hook, 'audit-webhook-version': '' }, want: ['audit-webhook-version'] },
    {
      name: 'a flag that is gone',
      in: { 'audit-dynamic-configuration': 'true' },
      want: ['audit-dynamic-configuration']
    },
    { name: 'a flag that is gone, then', in: { 'audit-dynamic-configuration': 'true' }, version: v(18), want: [] },
    { name: 'a flag to come', in: { 'audit-log-compress': 'true' }, version: v(19), want: ['audit-log-compress'] }
  ]
  for (const { name, in: flags, version, want } of rows) t.same(faults(flags, version), want, name)
})

const refused = (words: { command?: string[]; args?: string[] }, wanted: readonly WantedFlag[] = []): string[] => {
  const spec = { containers: [{ name: 'kube-apiserver', ...words }] }
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec })
  try {
    refuseFlagFaults(locatePod(parseSource(text, 'manifest', 'kubernetes')), wanted, NEWEST)
    return []
  } catch (error) {
    if (error instanceof AuditError && error.findings) return error.findings.map(each => `${each.code} ${each.field}`)
    throw error
  }
}

t.test('words that kube-apiserver does not take', async t => {
  const word = (kind: string, ...indexes: number[]) =>
    indexes.map(index => `${kind} spec.containers[0].command[${index}]`)
  const rows: readonly { in: readonly string[]; want: string[] }[] = [
    { in: ['x'], want: word('stray-word', 1) },
    { in: ['-'], want: word('stray-word', 1) },
    { in: [' ', ''], want: word('stray-word', 1) },
    { in: ['--v=2', 'x', 'y'], want: word('stray-word', 2, 3) },
    { in: ['--audit-log-compress', 'false'], want: word('stray-word', 2) },
    { in: ['--audit-log-mode', 'batch', 'x'], want: word('stray-word', 3) },
    { in: ['-x'], want: word('bad-flag-word', 1) },
    { in: ['-audit-log-path=/x'], want: word('bad-flag-word', 1) },
    { in: ['--audit-log-path /x'], want: word('bad-flag-word', 1) },
    { in: ['--secure-port 6443'], want: word('bad-flag-word', 1) },
    { in: ['---', '--=', '--=x', '---audit-log-path=/x'], want: word('bad-flag-word', 1, 2, 3, 4) },
    { in: ['--', '--audit-log-mode=batch', '', '--'], want: word('stray-word', 2, 4) },
    { in: ['--AUDIT-LOG-MAXAGE=3'], want: word('unknown-flag', 1) },
    { in: ['--audit_webhook_config_file'], want: word('flag-without-value', 1) },
    { in: ['--audit-log-maxage=1', '--audit-log-maxage'], want: word('flag-without-value', 2) },
    {
      in: ['--audit-webhook-batch-initial-backoff=x', '--audit-webhook-initial-backoff=1s'],
      want: word('bad-flag-value', 1)
    },
    // what may be a value, of a flag that is not in the table, or become a flag
    ...['x', '-', '-x', '---', '--=', ''].map(value => ({
      in: ['--other', value, '--audit-log-mode=batch'],
      want: []
    })),
    { in: ['--other', '--', '--audit-log-mode=batch'], want: [] },
    { in: ['--other', '--'], want: [] },
    { in: ['--other', 'x', 'y'], want: word('stray-word', 3) },
    { in: ['--OTHER=1', '-v', '2', '-v2', '-h', '', '--audit-log-path', '--'], want: [] },
    { in: ['$(A)', '-$(A)', '--$(A)'], want: [] },
    { in: ['x$(A)'], want: word('stray-word', 1) }
  ]
  for (const { in: words, want } of rows) {
    t.same(refused({ command: ['kube-apiserver', ...words] }), want, words.join(' '))
  }
  t.same(refused({ args: ['serve', '--audit-log-mode=batch'] }), [], 'the arguments of an unknown entry point')
  t.same(
    refused({ args: ['serve', '--v=1', 'x'] }),
    ['stray-word spec.containers[0].args[2]'],
    'and a word behind them'
  )
  const wanted = (value: string | null): WantedFlag[] => [{ name: 'audit-log-version', value, reason: '' }]
  const alone = { command: ['kube-apiserver', '--audit-log-version'] }
  t.same(refused(alone, wanted('audit.k8s.io/v1')), [], 'a value to come')
  t.same(refused(alone, wanted(null)), [], 'a flag to go')
})

const current = (flags: Flags, hosts: Record<string, string> = {}): CurrentAudit => ({
  flags: new Map(Object.entries(flags) as [AuditFlagName, string][]), // as above
  hostOf: path => (hosts[path] === undefined ? undefined : hostPath(hosts[path]))
})

const wish = (
  settings: Partial<AuditSettings>,
  now: CurrentAudit = current({}),
  version = NEWEST
): Record<string, string> => {
  try {
    const { flags, paths } = wantedAudit({ flags: new Map(), ...settings }, now, version)
    return Object.fromEntries([
      ...flags.map(({ name, value }) => [name.replace('audit-', ''), value ?? 'gone']),
      ...paths.map(({ role, container, host }) => [role, container === String(host) ? host : `${container} < ${host}`])
    ])
  } catch (error) {
    if (error instanceof AuditError) return { refused: error.code }
    throw error
  }
}

t.test('the wanted settings', async t => {
  const P = '/etc/kubernetes/audit/policy.yaml'
  const L = '/var/log/kubernetes/audit/audit.log'
  const rotation = { 'log-maxage': '30', 'log-maxbackup': '10', 'log-maxsize': '100' }
  const rows: readonly {
    name: string
    settings: Partial<AuditSettings>
    now?: CurrentAudit
    want: Record<string, string>
  }[] = [
    { name: 'defaults', settings: {}, want: { 'policy-file': P, 'log-path': L, ...rotation, policy: P, log: L } },
    { name: 'standard output', settings: { logPath: '-' }, want: { 'policy-file': P, 'log-path': '-', policy: P } },
    { name: 'nothing to record to', settings: { logPath: 'none' }, want: { refused: 'BAD_SETTINGS' } },
    {
      name: 'a webhook alone',
      settings: { logPath: 'none', installWebhook: true },
      now: current({ 'audit-log-path': L, 'audit-log-maxage': '3' }),
      want: {
        'policy-file': P,
        'log-path': 'gone',
        'log-maxage': 'gone',
        'webhook-config-file': '/etc/kubernetes/audit/webhook.yaml',
        policy: P,
        webhook: '/etc/kubernetes/audit/webhook.yaml'
      }
    },
    {
      name: 'what is there stays',
      settings: {},
      now: current(
        { 'audit-policy-file': '/p/a.yaml', 'audit-log-path': '/l/b.log', 'audit-log-maxage': '7' },
        { '/p/a.yaml': '/srv/a.yaml', '/l/b.log': '/data/b.log' }
      ),
      want: {
        'policy-file': '/p/a.yaml',
        'log-path': '/l/b.log',
        ...rotation,
        'log-maxage': '7',
        policy: '/p/a.yaml < /srv/a.yaml',
        log: '/l/b.log < /data/b.log'
      }
    },
    {
      name: 'a host path that is shown already',
      settings: { policyPath: hostPath('/srv/a.yaml') },
      now: current({ 'audit-policy-file': '/p/a.yaml' }, { '/p/a.yaml': '/srv/a.yaml' }),
      want: { 'policy-file': '/p/a.yaml', 'log-path': L, ...rotation, policy: '/p/a.yaml < /srv/a.yaml', log: L }
    },
    {
      name: 'another host path',
      settings: { policyPath: hostPath('/srv/b.yaml') },
      now: current({ 'audit-policy-file': '/p/a.yaml' }, { '/p/a.yaml': '/srv/a.yaml' }),
      want: { 'policy-file': '/srv/b.yaml', 'log-path': L, ...rotation, policy: '/srv/b.yaml', log: L }
    },
    {
      name: 'both sides given',
      settings: { policyPath: hostPath('/srv/b.yaml'), containerPolicyPath: containerPath('/in/c.yaml') },
      want: { 'policy-file': '/in/c.yaml', 'log-path': L, ...rotation, policy: '/in/c.yaml < /srv/b.yaml', log: L }
    },
    {
      name: 'a log under another name inside',
      settings: { logPath: hostPath('/data/a.log'), containerLogPath: containerPath('/logs/b.log') },
      want: { refused: 'BAD_PATH' }
    },
    {
      name: 'a log that moves inside keeps its directory',
      settings: { containerLogPath: containerPath('/logs/b.log') },
      now: current({ 'audit-log-path': '/l/a.log' }, { '/l/a.log': '/data/a.log' }),
      want: { 'policy-file': P, 'log-path': '/logs/b.log', ...rotation, policy: P, log: '/logs/b.log < /data/b.log' }
    },
    { name: 'a log in /', settings: { logPath: hostPath('/audit.log') }, want: { refused: 'BAD_PATH' } },
    ...[
      '/etc/kubernetes/manifests/audit.log',
      '/etc/kubernetes/pki/audit.log',
      '/etc/audit.log',
      '/usr/local/bin/audit.log',
      '/etc/ssl/certs/a/audit.log',
      '/var/lib/etcd/audit.log'
    ].map(path => ({
      name: `a log at ${path}`,
      settings: { logPath: hostPath(path) },
      want: { refused: 'BAD_PATH' }
    })),
    {
      name: 'a policy among the manifests',
      settings: { policyPath: hostPath('/etc/kubernetes/manifests/policy.yaml') },
      want: { refused: 'BAD_PATH' }
    },
    {
      name: "a policy in the place of the webhook's kubeconfig",
      settings: { policyPath: hostPath('/a/b.yaml'), webhookPath: hostPath('/a/b.yaml') },
      want: { refused: 'BAD_PATH' }
    },
    {
      name: "a log in the place of the webhook's kubeconfig",
      settings: { logPath: hostPath('/a/b'), webhookPath: hostPath('/a/b') },
      want: { refused: 'BAD_PATH' }
    },
    {
      name: 'a log in the place of the policy, as the container sees it',
      settings: { policyPath: hostPath('/a/b'), containerPolicyPath: containerPath('/c/d'), logPath: hostPath('/c/d') },
      want: { refused: 'BAD_PATH' }
    },
    {
      name: 'a log in /dev',
      settings: {},
      now: current({ 'audit-log-path': '/dev/stdout' }),
      want: { refused: 'BAD_PATH' }
    },
    {
      name: 'a relative path',
      settings: {},
      now: current({ 'audit-policy-file': 'p.yaml' }),
      want: { refused: 'BAD_PATH' }
    },
    {
      name: 'a variable',
      settings: {},
      now: current({ 'audit-log-path': '/a/$(X).log' }),
      want: { refused: 'BAD_PATH' }
    },
    {
      name: 'a flag that is gone',
      settings: { logPath: '-' },
      now: current({ 'audit-dynamic-configuration': 'true' }),
      want: { 'policy-file': P, 'log-path': '-', 'dynamic-configuration': 'gone', policy: P }
    },
    {
      name: 'a flag that is gone, asked for',
      settings: { logPath: '-', flags: new Map([['audit-dynamic-configuration', 'false']]) },
      now: current({ 'audit-dynamic-configuration': 'true' }),
      want: { 'policy-file': P, 'log-path': '-', 'dynamic-configuration': 'false', policy: P }
    }
  ]
  for (const { name, settings, now, want } of rows) t.same(wish(settings, now), want, name)
})

t.test('no flag is wanted twice', async () => {
  const name = fc.constantFrom(
    ...auditFlags.filter(flag => flag.type !== 'path').map(flag => flag.aliasOf ?? flag.name)
  )
  const settings = fc.record({
    logPath: fc.constantFrom<AuditSettings['logPath'][]>('-', 'none', hostPath('/a/b.log')),
    installWebhook: fc.boolean(),
    flags: fc
      .dictionary(name, fc.constant('1'))
      .map(flags => new Map(Object.entries(flags) as [AuditFlagName, string][]))
  })
  fc.assert(
    fc.property(settings, fc.dictionary(name, fc.constant('2')), (given, now) => {
      try {
        const { flags } = wantedAudit(given as AuditSettings, current(now), NEWEST)
        return new Set(flags.map(flag => flag.name)).size === flags.length
      } catch (error) {
        return error instanceof AuditError && error.code === 'BAD_SETTINGS'
      }
    }),
    { numRuns: Number(process.env.AUDITPATCH_FUZZ_RUNS ?? 150), seed: 11 }
  )
})
