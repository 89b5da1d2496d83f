import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { parse } from 'yaml'
import { openParams, setupFiles, setupFindings } from '../../src/falco/setup.ts'
import { POLICY_TEMPLATES } from '../../src/policy/templates.generated.ts'
import { everyKindWasTried, json, run } from '../fake-cli.ts'

const TLS = join(dirname(fileURLToPath(import.meta.url)), '../fixtures/tls')
const CA = join(TLS, 'apiserver.crt')
const POLICY = POLICY_TEMPLATES.falco.text
const NAMES = ['webhook.yaml', 'falco-k8saudit.yaml', 'policy.yaml']

const filesOf = (url: string, ca?: string): Record<string, string> =>
  Object.fromEntries(setupFiles({ url, ca, policy: POLICY }).map(({ name, content }) => [name, content]))

t.test('the part of Falco', async t => {
  const texts = filesOf('http://127.0.0.1:9765/k8s-audit')
  t.same(Object.keys(texts), NAMES)
  t.same(parse(texts['falco-k8saudit.yaml'] ?? ''), {
    load_plugins: ['k8saudit', 'json'],
    plugins: [
      {
        name: 'k8saudit',
        library_path: 'libk8saudit.so',
        init_config: { maxEventSize: 262144, webhookMaxBatchSize: 12582912, useAsync: true },
        open_params: 'http://127.0.0.1:9765/k8s-audit'
      },
      { name: 'json', library_path: 'libjson.so', init_config: '' }
    ],
    rules_files: ['/etc/falco/k8s_audit_rules.yaml']
  })
  const secure = parse(filesOf('https://10.96.7.7/audit')['falco-k8saudit.yaml'] ?? '')
  t.match(secure, {
    plugins: [{ init_config: { sslCertificate: '/etc/falco/falco.pem' }, open_params: 'https://:443/audit' }]
  })
  for (const text of Object.values(texts)) for (const line of text.split('\n')) t.ok(line.length <= 130, line)
})

t.test('where the plugin listens for what kube-apiserver sends', async t => {
  // prettier-ignore
  const rows = [
    ['http://127.0.0.1:9765/k8s-audit', 'http://127.0.0.1:9765/k8s-audit'],
    ['http://localhost:9765/k8s-audit/', 'http://localhost:9765/k8s-audit'],
    ['HTTP://[::1]:9765/k8s-audit', 'http://[::1]:9765/k8s-audit'],
    ['http://127.0.0.1:9765', 'http://127.0.0.1:9765/'],
    ['http://10.96.7.7:30007/k8s-audit?x=1', 'http://:30007/k8s-audit'],
    ['http://node1', 'http://:80/'],
    ['https://node1/', 'https://:443/'],
    ['https://[fd00::1]:9765/a/b', 'https://:9765/a/b']
  ] as const
  for (const [url, want] of rows) t.equal(openParams(new URL(url)), want, url)
})

t.test('the webhook of kube-apiserver', async t => {
  const pem = readFileSync(CA, 'utf8')
  const { clusters } = parse(filesOf('https://10.96.7.7:9765/k8s-audit', pem)['webhook.yaml'] ?? '') as {
    clusters: readonly { readonly cluster: Readonly<Record<string, string>> }[] // as it is asked for below
  }
  t.equal(clusters[0]?.cluster['server'], 'https://10.96.7.7:9765/k8s-audit')
  t.equal(Buffer.from(clusters[0]?.cluster['certificate-authority-data'] ?? '', 'base64').toString(), pem)
  t.throws(() => filesOf('http://10.96.7.7/', pem), { code: 'USAGE', message: /--ca goes with an https address/ })
})

t.test('what is said of an address', async t => {
  const rows: readonly (readonly [url: string, codes: readonly string[]])[] = [
    ['http://127.0.0.1:9765/k8s-audit', []],
    ['http://localhost:9765/k8s-audit', []],
    ['http://10.96.7.7:9765/k8s-audit', ['kubeconfig-plain-http']],
    ['https://10.96.7.7:9765/k8s-audit', ['kubeconfig-no-ca']],
    ['http://falco.falco.svc:9765/x', ['kubeconfig-plain-http', 'kubeconfig-cluster-dns']],
    ['http://falco.falco.svc.cluster.local/x', ['kubeconfig-plain-http', 'kubeconfig-cluster-dns']],
    ['http://127.0.0.1:8765/k8s-audit', ['falco-health-port']],
    ['http://127.0.0.1:9765/k8s-audit?token=x', ['webhook-query']]
  ]
  for (const [url, codes] of rows) {
    const findings = setupFindings(setupFiles({ url, policy: POLICY }), url)
    t.same(findings.map(({ code }) => code).sort(), [...codes].sort(), url)
  }
  const ca = readFileSync(CA, 'utf8')
  const url = 'https://10.96.7.7:9765/k8s-audit'
  t.same(setupFindings(setupFiles({ url, ca, policy: POLICY }), url), [], 'with --ca nothing is left to be said')
})

t.test('printed, as one text that is YAML, and nothing is written', async t => {
  const { code, out, err } = await run(['falco', 'setup'])
  t.equal(code, 0)
  const parts = out.split('---\n')
  const texts = filesOf('http://127.0.0.1:9765/k8s-audit')
  NAMES.forEach((name, index) => {
    t.match(parts[index] ?? '', `# ${name}: `)
    t.same(parse(parts[index] ?? ''), parse(texts[name] ?? ''), name)
  })
  t.match(err, /^next: auditpatch falco setup --dir DIR/m)
  t.match(err, /^next: auditpatch apply --webhook-config webhook\.yaml --policy template:falco$/m)
  t.equal((await run(['falco', 'setup', '-q'])).err, '')
})

t.test('written, again, and never over something else', async t => {
  const directory = join(t.testdir({}), 'a directory')
  const argv = ['falco', 'setup', '--dir', directory]
  const files = NAMES.map(name => join(directory, name))
  const first = await json(t, argv)
  t.match(first.value, { kind: 'FalcoSetup', changed: true, files: files.map(path => ({ path })), findings: [] })
  t.match(
    (first.value['next'] as readonly string[]).at(-1),
    `--webhook-config '${directory}/webhook.yaml' --policy template:falco`
  )
  const texts = filesOf('http://127.0.0.1:9765/k8s-audit')
  t.same(
    files.map(file => readFileSync(file, 'utf8')),
    Object.values(texts)
  )

  const times = (): number[] => files.map(file => statSync(file).mtimeMs)
  const before = times()
  t.match((await json(t, argv)).value, { changed: false })
  t.match((await run(argv)).out, /^as it was: .*webhook\.yaml/)
  t.same(times(), before, 'the second run writes nothing')

  writeFileSync(files[1] ?? '', 'mine\n')
  const other = [...argv, '--webhook-url', 'http://127.0.0.1:1/x']
  const refused = await json(t, other)
  t.match(
    [refused.code, refused.value],
    [2, { code: 'NEEDS_CONFIRMATION', message: /falco-k8saudit|webhook/, next: /--force/ }]
  )
  t.equal(readFileSync(files[1] ?? '', 'utf8'), 'mine\n')
  t.equal(readFileSync(files[0] ?? '', 'utf8'), texts['webhook.yaml'], 'and the others stay too')
  t.match(await run([...other, '--force']), {
    code: 0,
    out: /^written: .*webhook[\s\S]*^written: .*falco-k8saudit[\s\S]*^as it was: .*policy/m
  })
  t.match(readFileSync(files[1] ?? '', 'utf8'), 'open_params: "http://127.0.0.1:1/x"')
})

t.test('where it is not written', async t => {
  const dir = t.testdir({ 'config.d': {}, manifests: {}, taken: { 'policy.yaml': {} }, linked: {}, file: '' })
  symlinkSync(join(dir, 'config.d'), join(dir, 'link'))
  symlinkSync(join(dir, 'nowhere'), join(dir, 'linked/webhook.yaml'))
  // prettier-ignore
  const rows: readonly { readonly argv: readonly string[]; readonly code: string; readonly message: RegExp }[] = [
    { argv: ['--dir', join(dir, 'config.d')], code: 'BAD_PATH', message: /Falco reads every file/ },
    { argv: ['--dir', join(dir, 'link')], code: 'BAD_PATH', message: /Falco reads every file/ },
    { argv: ['--dir', join(dir, 'manifests')], code: 'BAD_PATH', message: /as a pod/ },
    { argv: ['--dir', '/proc/x'], code: 'BAD_PATH', message: /./ },
    { argv: ['--dir', join(dir, 'file')], code: 'WRONG_KIND', message: /no directory/ },
    { argv: ['--dir', join(dir, 'taken'), '--force'], code: 'WRONG_KIND', message: /is a directory/ },
    { argv: ['--dir', join(dir, 'linked'), '--force'], code: 'SYMLINK', message: /symbolic link/ },
    { argv: ['--dir', ''], code: 'USAGE', message: /found nothing|a directory is wanted/ },
    { argv: ['--root', dir], code: 'USAGE', message: /on this machine/ },
    { argv: ['--webhook-url', 'ftp://x'], code: 'USAGE', message: /http/ },
    { argv: ['--webhook-url', 'https://u:hunter2@h/'], code: 'USAGE', message: /^(?!.*hunter2)/ },
    { argv: ['--ca', CA], code: 'USAGE', message: /--ca goes with/ },
    { argv: ['--webhook-url', 'https://h', '--ca', join(dir, 'file')], code: 'BAD_CERTIFICATE', message: /holds no certificate/ },
    { argv: ['--webhook-url', 'https://h', '--ca', join(dir, 'none')], code: 'NOT_FOUND', message: /none/ },
    { argv: ['--rules', 'x'], code: 'USAGE', message: /--rules is an option of other commands/ }
  ]
  for (const { argv, code, message } of rows) {
    const { value } = await json(t, ['falco', 'setup', ...argv])
    t.match(value, { kind: 'Error', code, message }, argv.join(' '))
  }
  t.notOk(existsSync(join(dir, 'taken/webhook.yaml')), 'all or none')
})

t.test('a key beside the certificate of --ca goes nowhere', async t => {
  const both = join(t.testdir({}), 'both.pem')
  writeFileSync(both, readFileSync(join(TLS, 'apiserver.key'), 'utf8') + readFileSync(CA, 'utf8'))
  const { value } = await json(t, ['falco', 'setup', '--webhook-url', 'https://h', '--ca', both])
  const [webhook] = value['files'] as readonly { readonly content: string }[] // the schema says so
  const data = /certificate-authority-data: (\S+)/.exec(webhook?.content ?? '')?.[1] ?? ''
  t.equal(Buffer.from(data, 'base64').toString(), readFileSync(CA, 'utf8'))
})

t.test('every kind of output was held against its schema', async t =>
  everyKindWasTried(t, kind => kind.startsWith('Falco'))
)
