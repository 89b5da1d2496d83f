import fs from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { COMMANDS } from '../src/cli/commands.ts'
import { AuditError } from '../src/errors.ts'
import { EXAMPLE_MANIFEST } from '../src/manifest/example-manifest.generated.ts'
import type { Io } from '../src/cli/io.ts'
import { main } from '../src/cli/main.ts'
import { EVERYWHERE } from '../src/cli/options.ts'
import { createBackup, BACKUP_DIRECTORY } from '../src/host/backup.ts'
import { JOURNAL_FILE, writeJournal } from '../src/host/journal.ts'
import { nodeHost } from '../src/host/node-host.ts'
import { hostPath } from '../src/paths.ts'
import { POLICY_TEMPLATES } from '../src/policy/templates.generated.ts'
import { sha256 } from '../src/sha256.ts'
import { everyKindWasTried, json, type Json, quietIo, run } from './fake-cli.ts'

const top = join(dirname(fileURLToPath(import.meta.url)), '..')
const isOfPolicy = (kind: string): boolean => kind.startsWith('Policy') || kind === 'Explanation'
const isOfKubeadm = (kind: string): boolean => kind.startsWith('Kubeadm')
const isOfLog = (kind: string): boolean => kind.startsWith('Log') || kind === 'Replay'
const isOfFalco = (kind: string): boolean => kind.startsWith('Falco')
const isOfDrill = (kind: string): boolean => kind.startsWith('Drill')
const needsRoot = { skip: process.geteuid?.() === 0 ? false : 'NEEDS ROOT: files get the owner of kube-apiserver' }
const MANIFEST = '/etc/kubernetes/manifests/kube-apiserver.yaml'
const POLICY = '/etc/kubernetes/audit/policy.yaml'

const rootOf = (t: Test, manifest: string = EXAMPLE_MANIFEST): string => {
  const root = fs.realpathSync(t.testdir({ var: { log: {} } }))
  put(root, MANIFEST, manifest)
  return root
}

const put = (root: string, path: string, text: string): string => {
  const file = join(root, path)
  fs.mkdirSync(dirname(file), { recursive: true })
  fs.writeFileSync(file, text, { mode: 0o600 })
  return file
}

const read = (root: string, path: string): string => fs.readFileSync(join(root, path), 'utf8')

const treeOf = (root: string): Record<string, string> =>
  Object.fromEntries(
    fs
      .readdirSync(root, { recursive: true, encoding: 'utf8' })
      .sort()
      // the log of runs tells of every run, also of one that changed nothing
      .filter(name => name !== 'var/log/auditpatch.log')
      .map(name => {
        const stat = fs.lstatSync(join(root, name))
        const text = stat.isFile() ? fs.readFileSync(join(root, name), 'latin1') : ''
        return [name, `${stat.mode.toString(8)} ${stat.uid}:${stat.gid} ${text}`]
      })
  )

const kubeconfig = (user: string, server = 'https://collector.example:9765/k8s-audit'): string => `apiVersion: v1
kind: Config
clusters:
- name: falco
  cluster: { server: "${server}", insecure-skip-tls-verify: true }
users:
- name: us
  user: ${user}
contexts:
- name: it
  context: { cluster: falco, user: us }
current-context: it
`
const KUBECONFIG = kubeconfig('{ token: S3cret-token-of-ours }')
const PASSWORD = kubeconfig('{ username: s3cret-user-name, password: pa55w0rd-of-ours }')
const KEY = kubeconfig('{ client-certificate-data: czNjcmV0LWNlcnQtZGF0YQ==, client-key-data: czNjcmV0LWtleS1kYXRh }')
const SECRETS = ['S3cret-token-of-ours', 'czNjcmV0LWtleS1kYXRh', 's3cret-key-data', 'pa55w0rd-of-ours']

t.test('help', async t => {
  const all = await run(['--help'])
  t.equal(all.code, 0)
  t.equal(all.err, '')
  for (const { name } of COMMANDS) t.match(all.out, new RegExp(`auditpatch ${name.split(' ')[0] ?? ''}\\b`), name)
  for (const command of COMMANDS) {
    for (const argv of [
      [...command.name.split(' '), '--help'],
      [...command.name.split(' '), '-h']
    ]) {
      const { code, out, err } = await run(argv)
      t.same([code, err], [0, ''], argv.join(' '))
      for (const option of [...command.options, ...EVERYWHERE])
        if (!new RegExp(`--${option}\\b`).test(out)) t.fail(`help of ${command.name} has no --${option}`)
    }
    t.ok([2, 3].includes(command.examples.length), `${command.name} has two or three examples`)
    const examples = (await run([...command.name.split(' '), '--help'])).out.split('Examples:')[1] ?? ''
    for (const [line] of command.examples) t.ok(examples.includes(line.replace('$0', 'auditpatch').slice(0, 12)), line)
  }
})

t.test('version and completion', async t => {
  const { version }: { version: string } = JSON.parse(fs.readFileSync(join(top, 'package.json'), 'utf8'))
  t.same(await run(['--version']), { code: 0, out: `${version}\n`, err: '' })
  t.same(await run(['plan', '--version']), { code: 0, out: `${version}\n`, err: '' })
  t.match((await run(['--version', '--verbose'])).out, new RegExp(`^auditpatch ${version}\nnode \\d.*, linux-`))
  t.match((await json(t, ['--version'])).value, { kind: 'Version', version, built: null, commit: null })
  t.match(await run(['completion', 'fish']), { code: 0, out: /complete .*auditpatch/ })
  const script = (await run(['completion'], { env: { SHELL: '/usr/bin/zsh' } })).out
  t.match(script, /^#compdef auditpatch/)
  t.match((await json(t, ['completion', 'zsh'])).value, { kind: 'CompletionScript', shell: 'zsh', script })
  t.match(await run(['completion', 'tcsh']), { code: 2, err: /one of bash, zsh, fish is wanted, found "tcsh"/ })
  t.match(await run(['completion'], { env: {} }), { code: 2, err: /wanted, \$SHELL is ""/ })
})

t.test('wrong usage: exit 2, told as an error, and with -o json as one object', async t => {
  const root = rootOf(t)
  const before = treeOf(root)
  const at = ['--root', root]
  let files = 0
  const settings = (text: string): string => put(root, `../${(files += 1)}-settings.yaml`, text)
  const rows: { argv: string[]; message: RegExp }[] = [
    { argv: ['plan', '--no-such-option', ...at], message: /no-such-option/ },
    { argv: ['plan', '--polcy', 'x', ...at], message: /polcy/ },
    { argv: ['frobnicate', ...at], message: /frobnicate/ },
    { argv: ['plna'], message: /plna|plan/ },
    { argv: ['plan', 'extra', ...at], message: /the word "extra" has no place here/ },
    { argv: ['plan', '--log-maxaeg', '3', ...at], message: /no option --log-maxaeg; is --log-maxage meant\?/ },
    { argv: ['plan', '-Z', ...at], message: /no option -Z/ },
    { argv: ['plan', '--root', ''], message: /--root: a directory is wanted, found nothing/ },
    { argv: ['plan', '--color', 'red', ...at], message: /--color: one of auto, always, never is wanted, found "red"/ },
    { argv: ['plan', '--kubernetes-version', '1.3', ...at], message: /1\.12 or newer is wanted.*found "1\.3"/ },
    { argv: ['plan', '--set', 'profiling=false', ...at], message: /only flags that begin with audit-.*"profiling"/ },
    { argv: ['plan', '--purge', ...at], message: /--purge goes with --remove/ },
    { argv: ['plan', '--remove', '--log-maxage', '9', ...at], message: /goes without --log-maxage/ },
    { argv: ['render', 'a', 'b'], message: /b/ },
    { argv: ['plan', '--manifest', 'relative.yaml', ...at], message: /--manifest: an absolute path.*"relative.yaml"/ },
    { argv: ['plan', '--policy-path', 'etc/policy.yaml', ...at], message: /--policy-path: an absolute path/ },
    { argv: ['plan', '--log-path', './audit.log', ...at], message: /--log-path: an absolute path/ },
    { argv: ['plan', '--webhook-path', 'w', ...at], message: /--webhook-path: an absolute path/ },
    { argv: ['plan', '--container-policy-path', 'w', ...at], message: /--container-policy-path/ },
    { argv: ['apply', '--backup-dir', 'w', ...at], message: /--backup-dir: an absolute path/ },
    { argv: ['plan', '--log-maxage', 'old', ...at], message: /--log-maxage: .*old/ },
    { argv: ['plan', '--log-maxsize', '', ...at], message: /--log-maxsize/ },
    { argv: ['plan', '--log-format', 'xml', ...at], message: /--log-format: .*xml/ },
    { argv: ['plan', '--log-mode', 'now', ...at], message: /--log-mode/ },
    { argv: ['plan', '--log-compress', 'perhaps', ...at], message: /--log-compress/ },
    { argv: ['plan', '--webhook-initial-backoff', 'soon', ...at], message: /--webhook-initial-backoff/ },
    { argv: ['plan', '--webhook-url', 'ftp://x', ...at], message: /ftp/ },
    {
      argv: ['plan', '--webhook-url', 'https://u:p@h/x?t=1', ...at],
      message: /"https:\/\/<redacted>@h\/x\?<redacted>"/
    },
    { argv: ['plan', '--webhook-url', 'http://x', '--webhook-config', 'y', ...at], message: /not both/ },
    { argv: ['plan', '--set', 'audit-nonsense=1', ...at], message: /no flag --audit-nonsense/ },
    { argv: ['plan', '--set', 'v=5', ...at], message: /only flags that begin with audit- are set, found "v"/ },
    { argv: ['plan', '--set', 'audit-log-maxage', ...at], message: /audit-FLAG=VALUE/ },
    { argv: ['plan', '--set', 'audit-log-path=/x', ...at], message: /use --log-path/ },
    { argv: ['plan', '--policy', 'template:none', ...at], message: /no template "none".*baseline/ },
    {
      argv: ['plan', '--policy', 'template:exam', '--policy=template:falco', ...at],
      message: /--policy: one is wanted, found "template:exam" and "template:falco"$/m
    },
    { argv: ['apply', '--backup-keep', '5', '--backup-keep', '6', '--yes', ...at], message: /--backup-keep: one is/ },
    { argv: ['plan', '--kubernetes-version', 'new', ...at], message: /--kubernetes-version/ },
    { argv: ['plan', '--color', 'pink', ...at], message: /color/ },
    { argv: ['plan', ...at, '--manifest'], message: /--manifest: a value is wanted, found nothing/ },
    { argv: ['apply', '--wait', '--no-wait', ...at], message: /not both/ },
    { argv: ['apply', '--yes', '--wait-timeout', 'long', ...at], message: /--wait-timeout: a time such as 300s/ },
    { argv: ['apply', '--yes', '--backup-keep', 'all', ...at], message: /--backup-keep: a whole number/ },
    { argv: ['apply', '--restart-kubelet', 'always', ...at], message: /restart-kubelet/ },
    { argv: ['apply', ...at], message: /no terminal/ },
    {
      argv: ['plan', '--settings', settings('log-maxage: 5\nlog-colour: red\n'), ...at],
      message: /-settings\.yaml:2:1: .*"log-colour"/
    },
    {
      argv: ['plan', '--settings', settings('log-maxage: [5]\n'), ...at],
      message: /-settings\.yaml:1:1: .*log-maxage/
    },
    { argv: ['plan', '--settings', settings('- 5\n'), ...at], message: /mapping/ },
    {
      argv: ['plan', '--settings', settings('---\nlog-maxage: 5\n---\nlog-maxage: 6\n'), ...at],
      message: /-settings\.yaml:3:1: one document/
    },
    {
      argv: ['plan', '--settings', settings('--- # one\nkubernetes-version: 1.10 # as written\n---\n'), ...at],
      message: /found "1\.10"/
    },
    { argv: ['plan', '--settings', settings('log-path: audit.log\n'), ...at], message: /--log-path: an absolute path/ }
  ]
  for (const { argv, message } of rows) {
    const human = await run(argv)
    t.equal(human.code, 2, argv.join(' '))
    if (argv[0] !== 'apply' || argv.length > 3) t.equal(human.out, '', `${argv.join(' ')}: nothing on stdout`)
    t.match(human.err, message)
    t.match(human.err, /\nnext: /)
    const { code, value } = await json(t, argv)
    t.equal(code, 2)
    t.match(value, { kind: 'Error', message })
  }
  for (const form of [['--output=json'], ['-ojson'], ['--output', 'json'], ['-qo', 'json']]) {
    const { out, code } = await run(['plan', '--log-maxage', 'old', ...at, ...form])
    t.equal(code, 2)
    t.match(out, /^\{.*"kind":"Error".*\}\n$/, form.join(' '))
  }
  t.same(treeOf(root), before, 'and nothing was changed')
})

t.test('refused: exit 3', async t => {
  const root = rootOf(t)
  const at = ['--root', root]
  const broken = put(root, 'broken.yaml', 'kind: [\n')
  const rows: { argv: string[]; code: string }[] = [
    { argv: ['plan', '--root', join(root, 'nowhere')], code: 'NOT_FOUND' },
    { argv: ['plan', '--manifest', '/nowhere.yaml', ...at], code: 'NOT_FOUND' },
    { argv: ['status', '--manifest', '/nowhere.yaml', ...at], code: 'NOT_FOUND' },
    { argv: ['plan', '--policy', join(root, 'nowhere.yaml'), ...at], code: 'NOT_FOUND' },
    { argv: ['plan', '--policy', root, ...at], code: 'CANNOT_READ' },
    { argv: ['plan', '--policy', broken, ...at], code: 'BAD_POLICY' },
    { argv: ['plan', '--settings', join(root, 'nowhere'), ...at], code: 'NOT_FOUND' },
    { argv: ['plan', '--webhook-config', broken, ...at], code: 'BAD_KUBECONFIG' },
    { argv: ['plan', '--log-path', 'none', ...at], code: 'BAD_SETTINGS' },
    { argv: ['plan', '--set', 'audit-log-batch-max-size=0', '--log-mode', 'batch', ...at], code: 'BAD_FLAG' },
    { argv: ['render', broken], code: 'BROKEN_YAML' },
    { argv: ['render', join(root, 'nowhere')], code: 'NOT_FOUND' },
    { argv: ['restore', '--yes', ...at], code: 'NO_BACKUP' },
    { argv: ['restore', 'rubbish', '--yes', ...at], code: 'NO_BACKUP' },
    { argv: ['restore', '../../x', '--yes', ...at], code: 'NO_BACKUP' },
    { argv: ['apply', '--yes', '--policy', broken, ...at], code: 'BAD_POLICY' }
  ]
  const before = treeOf(root)
  for (const { argv, code } of rows) {
    const output = await json(t, argv)
    t.same([output.code, output.value.code], [3, code], argv.join(' '))
    const human = await run(argv)
    t.same([human.code, human.out], [3, ''])
    t.match(human.err, /^auditpatch: .*\n[\s\S]*next: /)
  }
  t.same(treeOf(root), before, 'and nothing was changed')
})

t.test('plan', async t => {
  const root = rootOf(t)
  const at = ['--root', root]
  const before = treeOf(root)
  const plain = await run(['plan', ...at])
  t.equal(plain.code, 0)
  t.match(plain.out, /^--- .*\/etc\/kubernetes\/audit\/policy\.yaml|^--- \/dev\/null/m)
  t.match(plain.out, /^\+ +- --audit-policy-file=\/etc\/kubernetes\/audit\/policy\.yaml$/m)
  t.same(await run(at), plain, 'auditpatch alone is plan')
  t.same((await run([...at, '-o', 'json'])).out, (await run(['plan', ...at, '-o', 'json'])).out)
  t.equal((await run(['plan', '--exit-code', ...at])).code, 1)
  const { value, code } = await json(t, ['plan', '--exit-code', ...at])
  t.equal(code, 1)
  t.match(value, {
    kind: 'PlanResult',
    changed: true,
    backup: null,
    restarted: null,
    flags: { 'audit-log-maxage': '30' }
  })
  t.notMatch(JSON.stringify(value), root, 'paths are without the root')
  t.notMatch(plain.out, root)
  const near = relative(process.cwd(), root)
  t.same((await run(['plan', '--root', near])).out, plain.out, 'the root may be relative')
  t.same(treeOf(root), before, 'nothing is written')
})

t.test('settings', async t => {
  const root = rootOf(t)
  const at = ['--root', root]
  const flags = async (...argv: string[]): Promise<Json> => {
    const { value, code } = await json(t, ['plan', ...argv, ...at])
    t.equal(code, 0)
    return value.flags as Json // the schema says so
  }
  const settings = put(
    root,
    'settings.yaml',
    'log-maxage: 5\nlog-maxbackup: "6"\nlog-compress: true\nset:\n- audit-log-truncate-enabled=true\n- audit-log-batch-max-size=7\n'
  )
  t.match(await flags('--settings', settings), {
    'audit-log-maxage': '5',
    'audit-log-maxbackup': '6',
    'audit-log-compress': 'true',
    'audit-log-truncate-enabled': 'true',
    'audit-log-batch-max-size': '7'
  })
  const both = [
    '--log-maxage',
    '9',
    '--set',
    'audit-log-batch-max-size=8',
    '--set',
    'audit_log_version=audit.k8s.io/v1'
  ]
  t.match(
    await flags('--settings', settings, ...both),
    {
      'audit-log-maxage': '9',
      'audit-log-maxbackup': '6',
      'audit-log-batch-max-size': '8',
      'audit-log-version': 'audit.k8s.io/v1'
    },
    'the command line wins'
  )
  put(root, 'settings.yaml', 'set: [audit-log-maxage=5]\nwebhook-url: http://127.0.0.1:1/a\n')
  t.match(await flags('--settings', settings, '--log-maxage', '9'), { 'audit-log-maxage': '9' }, 'also over set')
  const webhook = put(root, 'webhook.yaml', KUBECONFIG)
  const { value } = await json(t, ['plan', '--settings', settings, '--webhook-config', webhook, ...at])
  t.match(JSON.stringify(value), 'collector.example', 'also over the other way to say the same')
  put(root, 'settings.yaml', '')
  t.match(await flags('--settings', settings), { 'audit-log-maxage': '30' }, 'an empty file')
  const template = await json(t, ['plan', '--policy', 'template:metadata-all', ...at])
  t.match(template.value, { files: [{ path: POLICY, after: POLICY_TEMPLATES['metadata-all'].text }] })
  t.match(await flags('--log-path', '-'), { 'audit-log-path': '-' })
  t.match(await flags('--log-path', 'none', '--webhook-url', 'http://127.0.0.1:9765/k8s-audit'), {
    'audit-webhook-config-file': '/etc/kubernetes/audit/webhook.yaml',
    'audit-log-path': undefined
  })
})

t.test('render', async t => {
  const root = rootOf(t)
  const policy = put(root, 'policy.yaml', POLICY_TEMPLATES['metadata-all'].text)
  const file = join(root, MANIFEST)
  const argv = ['--policy', policy, '--log-maxage', '9', '--set', 'audit-log-truncate-enabled=true']
  const rendered = await run(['render', file, ...argv])
  t.equal(rendered.code, 0)
  t.match(
    rendered.err,
    /^note: .*before \/etc\/kubernetes\/audit\/policy.yaml \(policy\) is there\n$/,
    'what else is needed is said'
  )
  const piped = await run(['render', '-', ...argv], { input: () => [Buffer.from(EXAMPLE_MANIFEST)] })
  t.same(piped, rendered, 'a file or standard input')
  t.same(await run(['render', ...argv], { input: () => [Buffer.from(EXAMPLE_MANIFEST)] }), rendered)
  const { value } = await json(t, ['plan', '--root', root, ...argv])
  const files = value.files as readonly Json[] // the schema says so
  t.equal(files.find(each => each.path === MANIFEST)?.after, rendered.out, 'the bytes of plan')
  const asJson = await json(t, ['render', file, ...argv])
  t.match(asJson.value, { kind: 'RenderResult', changed: true, manifest: rendered.out })
  t.notMatch((await run(['render', file])).out, /sha256|checksum/, 'no annotation without --policy')
  const back = await run(['render', '--remove', '-'], { input: () => [Buffer.from(rendered.out)] })
  t.same(back, { code: 0, out: EXAMPLE_MANIFEST, err: '' }, 'and back')
  const again = await run(['render', '-', ...argv], { input: () => [Buffer.from(rendered.out)] })
  t.equal(again.out, rendered.out, 'twice is once')
})

t.test('apply, status, backups, restore, remove', needsRoot, async t => {
  const root = rootOf(t)
  const at = ['--root', root]
  const original = treeOf(root)
  t.match((await json(t, ['status', ...at])).value, { kind: 'Status', configured: false, log: null, backups: 0 })
  t.same((await json(t, ['backups', ...at])).value.backups, [])
  t.match((await run(['backups', ...at])).out, /^no backups$/m)

  for (const more of [{}, { isInTerminal: true }, { isOutTerminal: true }]) {
    const refused = await run(['apply', ...at], more)
    t.equal(refused.code, 2)
    t.match(refused.err, /--yes/)
  }
  t.equal((await json(t, ['apply', ...at], { isInTerminal: true, isOutTerminal: true })).code, 2)
  t.same(treeOf(root), original, 'nothing is written')
  const terminal = { isInTerminal: true, isOutTerminal: true }
  const no = await run(['apply', ...at], { ...terminal, ask: () => Promise.resolve(false) })
  t.equal(no.code, 130)

  const applied = await json(t, ['apply', '--yes', '--policy', 'template:metadata-all', ...at])
  t.equal(applied.code, 0)
  t.match(applied.value, {
    kind: 'ApplyResult',
    changed: true,
    restarted: null,
    healthy: null,
    proven: null,
    rolledBack: false,
    backup: { directory: /^\/var\/lib\/auditpatch\/backups\/\d/ }
  })
  t.ok((applied.value.findings as readonly Json[]).some(each => each.code === 'not-waited'))
  t.equal(read(root, POLICY), POLICY_TEMPLATES['metadata-all'].text)
  const log = read(root, '/var/log/auditpatch.log').trim().split('\n').at(-1) ?? ''
  t.match(JSON.parse(log), { command: 'apply', exit: 0, changed: true })
  const done = treeOf(root)
  const again = await json(t, ['apply', '--yes', ...at])
  t.match([again.code, again.value.changed, again.value.changes], [0, false, []])
  t.match((await json(t, ['plan', '--exit-code', ...at])).value, { changed: false, files: [] })
  t.match((await run(['plan', ...at])).out, /nothing to do/)
  t.same(treeOf(root), done, 'the second run writes nothing')

  const status = await json(t, ['status', ...at])
  t.match(status.value, {
    configured: true,
    policy: { path: POLICY, host: POLICY, rules: 1 },
    log: { host: '/var/log/kubernetes/audit/audit.log', size: null },
    backups: 1,
    interrupted: null
  })
  t.match((await run(['status', ...at])).out, /^configured +yes$/m)
  const list = await json(t, ['backups', ...at])
  const [first] = list.value.backups as readonly Json[]
  t.match(first, { command: 'apply', files: [{ role: 'policy', before: null }, { role: 'manifest' }] })

  const confirmed = await run(['remove', ...at], { ...terminal, ask: () => Promise.resolve(true) })
  t.equal(confirmed.code, 0)
  t.match(confirmed.out, /to go back: auditpatch restore \d{8}T/)
  t.equal(read(root, MANIFEST), EXAMPLE_MANIFEST)
  t.ok(fs.existsSync(join(root, POLICY)), 'the policy stays without --purge')
  const restored = await json(t, ['restore', '--yes', ...at])
  t.match(restored.value, { kind: 'ApplyResult', changed: true })
  t.match(read(root, MANIFEST), /--audit-policy-file/)
  const { value: foreseen } = await json(t, ['plan', '--remove', '--purge', ...at])
  t.match(await run(['plan', '--remove', '--exit-code', ...at]), { code: 1, out: /auditpatch remove does it/ })
  t.ok(fs.existsSync(join(root, POLICY)), 'plan --remove writes nothing')
  const purged = await json(t, ['remove', '--yes', '--purge', ...at])
  t.match(purged.value.changes, [{ kind: 'remove-flag' }])
  t.same(
    [foreseen.changes, foreseen.files],
    [purged.value.changes, purged.value.files],
    'and foresees what remove does'
  )
  t.match(await run(['plan', '--remove', '--exit-code', ...at]), { code: 0, out: /nothing to do: there are no audit/ })
  t.notOk(fs.existsSync(join(root, POLICY)))

  fs.rmSync(join(root, '/etc/kubernetes/audit'), { recursive: true })
  t.equal((await run(['restore', '--yes', ...at])).code, 0, 'restore makes the directory again')
  t.equal(read(root, POLICY), POLICY_TEMPLATES['metadata-all'].text)
  const oldest = await run(['restore', String(first?.id), '--yes', ...at])
  t.equal(oldest.code, 0, oldest.err)
  t.equal(read(root, MANIFEST), EXAMPLE_MANIFEST)
  t.match(await run(['restore', String(first?.id), '--yes', ...at]), { code: 0, out: /nothing to do/ })
  t.equal((await json(t, ['backups', ...at])).value.findings instanceof Array, true)

  const elsewhere = await json(t, ['apply', '--yes', '--backup-dir', '/srv/backups', '--backup-keep', '1', ...at])
  t.match(elsewhere.value.backup, { directory: /^\/srv\/backups\/\d/ })
  t.equal((await run(['remove', '--yes', '--backup-dir', '/srv/backups', '--backup-keep', '1', ...at])).code, 0)
  t.equal(fs.readdirSync(join(root, 'srv/backups')).length, 1, 'old ones go')
  t.same(fs.readdirSync(join(root, dirname(MANIFEST))), ['kube-apiserver.yaml'], 'nothing else for the kubelet to read')
  const damaged = join(root, 'srv/backups', fs.readdirSync(join(root, 'srv/backups'))[0] ?? '')
  fs.writeFileSync(join(damaged, 'metadata.json'), '{}')
  t.match((await json(t, ['backups', '--backup-dir', '/srv/backups', ...at])).value, {
    backups: [],
    findings: [{ code: 'damaged-backup' }]
  })
})

t.test('recover', needsRoot, async t => {
  const root = rootOf(t)
  const at = ['--root', root]
  const before = treeOf(root)
  t.match(await run(['recover', ...at]), { code: 0, out: 'nothing to recover\n' })
  t.same((await json(t, ['recover', ...at])).value, {
    apiVersion: 'auditpatch/v1',
    kind: 'RecoverResult',
    changed: false,
    findings: []
  })
  t.same(treeOf(root), before)
  const host = nodeHost({ root })
  const cut = (manifest: string): void => {
    const owner = { mode: 0o600, uid: 0, gid: 0 }
    const old = Buffer.from(EXAMPLE_MANIFEST)
    const next = Buffer.from(`${EXAMPLE_MANIFEST}# new\n`)
    const set = createBackup(host, BACKUP_DIRECTORY, {
      command: 'apply',
      version: '0.1.0',
      manifests: hostPath(dirname(MANIFEST)),
      files: [{ role: 'manifest', path: hostPath(MANIFEST), before: { bytes: old, ownership: owner }, after: next }]
    })
    const state = (bytes: Buffer) => ({ sha256: sha256(bytes), ...owner })
    writeJournal(host, {
      id: set.id,
      command: 'apply',
      phase: 'writing',
      started: new Date().toISOString(),
      version: '0.1.0',
      backup: { id: set.id, directory: BACKUP_DIRECTORY },
      manifest: hostPath(MANIFEST),
      files: [{ role: 'manifest', path: hostPath(MANIFEST), before: state(old), after: state(next) }],
      directories: [],
      processes: [],
      lock: { pid: 1, start: 1, bootId: 'before' }
    })
    put(root, MANIFEST, manifest)
  }
  for (const [manifest, what] of [
    [EXAMPLE_MANIFEST, 'undone'],
    [`${EXAMPLE_MANIFEST}# new\n`, 'finished'],
    [`${EXAMPLE_MANIFEST}# theirs\n`, 'left']
  ] as const) {
    cut(manifest)
    t.match((await run(['plan', ...at])).err, /was interrupted; auditpatch recover/, 'other commands report it')
    t.match((await json(t, ['status', ...at])).value.interrupted, /^apply of /)
    t.match((await json(t, ['recover', ...at])).value, { changed: true, command: 'apply', what })
    t.notOk(fs.existsSync(join(root, JOURNAL_FILE)))
    t.match(read(root, '/var/log/auditpatch.log').trim().split('\n').at(-1), /"command":"recover"/)
  }
  cut(EXAMPLE_MANIFEST)
  const applied = await json(t, ['apply', '--yes', ...at])
  t.match(applied.value, { kind: 'ApplyResult', changed: true })
  t.match(applied.err, /an interrupted apply of .* was undone/, 'apply recovers first')
})

t.test('demo', async t => {
  const { code, out, err } = await run(['demo'])
  t.equal(code, 0, err)
  t.match(out, /byte for byte/)
  t.match((await json(t, ['demo'])).value, { kind: 'ApplyResult', changed: true })
})

t.test('colours', async t => {
  const root = rootOf(t)
  const has = async (argv: string[], more: Partial<Io> = {}): Promise<boolean> =>
    (await run(['plan', '--root', root, ...argv], more)).out.includes('\u001b[')
  const terminal = { isOutTerminal: true, isErrTerminal: true }
  t.equal(await has([]), false, 'no terminal')
  t.equal(await has([], terminal), true)
  t.equal(await has([], { ...terminal, env: { NO_COLOR: '1' } }), false)
  t.equal(await has([], { ...terminal, env: { NO_COLOR: '' } }), true, 'empty counts as not set')
  t.equal(await has([], { ...terminal, env: { TERM: 'dumb' } }), false)
  t.equal(await has(['--color', 'never'], terminal), false)
  t.equal(await has(['--color', 'always']), true)
  t.equal(await has(['--color=always'], { env: { NO_COLOR: '1' } }), true, 'what is asked for wins')
  t.equal((await run(['plan', '--root', root, '--color', 'always', '-o', 'json'])).out.includes('\u001b'), false)
})

t.test('quiet', needsRoot, async t => {
  const root = rootOf(t)
  const { code, err, out } = await run(['apply', '--yes', '-q', '--root', root])
  t.same([code, err], [0, ''], 'no talk')
  t.match(
    out,
    /^done in .*\nto go back: auditpatch restore \S+ --root /m,
    'the result stays, and the way back finds the node'
  )
  t.notMatch(out, /audit-policy-file/, 'the diff goes')
  const wrong = await run(['plan', '-q', '--manifest', '/nowhere', '--root', root])
  t.match(wrong.err, /NOT|no manifest/, 'errors stay')
})

t.test('secrets', needsRoot, async t => {
  const root = rootOf(t)
  const at = ['--root', root]
  const config = put(t.testdirName, '../given.yaml', KUBECONFIG)
  let shown = ''
  const see = async (argv: string[], more: Partial<Io> = {}): Promise<void> => {
    for (const form of [argv, [...argv, '-v'], [...argv, '-o', 'json']]) {
      const { out, err } = await run(form, more)
      shown += out + err
    }
  }
  const given = (name: string, text: string): string => put(t.testdirName, `../${name}.yaml`, text)
  for (const text of [PASSWORD, KEY, `${KUBECONFIG}  token: pa55w0rd-of-ours: x\n`])
    await see(['plan', '--webhook-config', given('other', text), ...at])
  const inUrl = kubeconfig('{}', 'https://me:pa55w0rd-of-ours@collector.example/x')
  await see(['plan', '--webhook-config', given('url', inUrl), ...at])
  await see(['plan', '--webhook-url', 'http://me:pa55w0rd-of-ours@host/x', ...at])
  await see(['plan', '--webhook-config', config, ...at])
  const plan = await json(t, ['plan', '--webhook-config', config, ...at])
  const file = (value: Json): Json | undefined =>
    (value.files as readonly Json[]).find(each => String(each.path).endsWith('webhook.yaml'))
  t.match(file(plan.value), {
    sensitive: true,
    before: null,
    after: null,
    sha256: { before: null, after: sha256(Buffer.from(KUBECONFIG)) },
    unified: /<redacted>/
  })
  await see(['apply', '--yes', '--webhook-config', config, ...at])
  t.equal(read(root, '/etc/kubernetes/audit/webhook.yaml'), KUBECONFIG)
  t.equal(fs.statSync(join(root, '/etc/kubernetes/audit/webhook.yaml')).mode & 0o777, 0o600)
  const other = KUBECONFIG.replace('S3cret-token-of-ours', 'S3cret-token-of-ours-2')
  const second = given('second', other)
  const change = await json(t, ['plan', '--webhook-config', second, ...at])
  t.match(file(change.value)?.sha256, { before: sha256(Buffer.from(KUBECONFIG)), after: sha256(Buffer.from(other)) })
  await see(['apply', '--webhook-config', second, ...at])
  await see(['status', ...at])
  await see(['backups', ...at])
  put(root, '/etc/kubernetes/audit/webhook.yaml', inUrl)
  await see(['status', ...at])
  await see(['remove', '--yes', '--purge', ...at])
  await see(['restore', '--yes', ...at])
  shown += read(root, '/var/log/auditpatch.log')
  for (const secret of SECRETS) {
    const line = shown.split('\n').find(each => each.includes(secret))
    t.equal(line, undefined, `${secret} is never shown`)
  }
  t.match(shown, '<redacted>')
})

t.test('what could rewrite the screen is shown as text', async t => {
  const evil = 'x\\e[2J\\e]0;title\\a\\u202e\\x9b31m'
  const manifest = EXAMPLE_MANIFEST.replace(
    '    - --allow-privileged=true',
    `    - "--audit-log-version=${evil}"\n    - "--audit-log-maxage=7"\n    - "--audit-log-maxage=8"`
  ).replace(
    '  name: kube-apiserver\n  namespace',
    '  annotations: {note: "\\e[31m"}\n  name: kube-apiserver\n  namespace'
  )
  const root = rootOf(
    t,
    manifest.replace(
      '  annotations:\n    kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint: 192.0.2.10:6443\n',
      ''
    )
  )
  const raw = put(root, 'raw.yaml', `# \u001b[2J \u009b31m\n${EXAMPLE_MANIFEST}`)
  put(root, '/etc/kubernetes/raw/kube-apiserver.yaml', `# \u0085\u202e\u200b\u2028\u007f\n${EXAMPLE_MANIFEST}`)
  for (const argv of [
    ['plan', '--root', root],
    ['status', '--root', root],
    ['plan', '--root', root, '--manifest', '/etc/kubernetes/raw/kube-apiserver.yaml'],
    ['plan', '--root', root, '--manifest', '/\u001b[2Jx'],
    ['plan', '--root', root, '--policy', raw],
    ['plan', '--root', root, '--policy', '\u001b[2J.yaml'],
    ['plan', '--root', root, '--\u001b[2J'],
    ['\u001b[2J'],
    ['restore', '\u001b[2J', '--yes', '--root', root]
  ]) {
    const { out, err } = await run(argv)
    // eslint-disable-next-line no-control-regex
    t.notMatch(out + err, /[\0-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2066-\u2069]/, JSON.stringify(argv))
    t.not(out + err, '')
  }
})

t.test('errors of ours', async t => {
  const commands = [
    { ...COMMANDS[0], run: () => Promise.reject(new TypeError('x is not a function')) } as (typeof COMMANDS)[number] // all but run
  ]
  let [out, err] = ['', '']
  const io = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
    width: 80,
    env: {}
  }
  const code = await main(['plan', '-o', 'json'], io as Io, commands) // what main itself uses
  t.equal(code, 3)
  t.match(JSON.parse(out), { kind: 'Error', code: 'IMPOSSIBLE', message: /x is not a function/ })
  t.match(err, /bug of auditpatch/)
})

t.test('of a message of more than 4000 characters both ends are told', async t => {
  const half = (letter: string, length: number): string => letter.repeat(length)
  for (const [name, message, want] of [
    ['the longest', half('a', 2000) + half('b', 2000), half('a', 2000) + half('b', 2000)],
    ['a longer one', `${half('a', 2000)}x${half('b', 2000)}`, `${half('a', 2000)} ... ${half('b', 2000)}`]
  ] as const) {
    let [out, err] = ['', '']
    const io: Io = {
      ...quietIo,
      out: text => void (out += Buffer.from(text).toString()),
      err: text => void (err += text)
    }
    const refuse = () => Promise.reject(new AuditError('BAD_FLAG', message))
    await main(
      ['status', '-o', 'json'],
      io,
      COMMANDS.map(each => ({ ...each, run: refuse }))
    )
    t.match(JSON.parse(out), { kind: 'Error', code: 'BAD_FLAG', message: want }, name)
    t.equal(err.split('\n')[0], `auditpatch: ${want}`, name)
  }
})

t.test('check judges a node, and shows the plan that repairs it', needsRoot, async t => {
  const root = rootOf(t)
  const at = ['--root', root]
  fs.chmodSync(join(root, MANIFEST), 0o600)
  const off = await json(t, ['check', '--fix', ...at])
  t.match(off, { code: 0, value: { kind: 'CheckResult', findings: [{ code: 'audit-off' }], fix: { changed: true } } })
  t.equal((await run(['check', '--fail-on', 'info', ...at])).code, 1)
  t.equal((await run(['apply', '--yes', ...at])).code, 0)
  t.match(await run(['check', '--fail-on', 'info', ...at]), { code: 0, out: /nothing is wrong with this node/ })
  put(root, MANIFEST, read(root, MANIFEST).replace('- mountPath: /var/log/kubernetes/audit\n', '- mountPath: /other\n'))
  const broken = await run(['check', '--fix', ...at])
  t.equal(broken.code, 1)
  t.match(broken.out, /\[mount-path-mismatch\]/)
  t.match(broken.out, /What auditpatch apply would repair:[\s\S]*\+ {4}- mountPath: \/var\/log\/kubernetes\/audit/)
  t.match(
    (await run(['check', ...at])).out,
    /^\d+ errors?(, \d+ warnings?)?; nothing was written; auditpatch check --fix /m
  )
  put(root, `${MANIFEST}.bak`, read(root, MANIFEST))
  const stray = await json(t, ['check', '--fix', ...at])
  t.match(stray, { code: 1, value: { fix: { kind: 'Error', code: 'STRAY_POD' } } })
  const sarif = JSON.parse((await run(['check', '-o', 'sarif', ...at])).out)
  t.ok(sarif.runs[0].results.some((each: { ruleId: string }) => each.ruleId === 'stray-pod'))
  fs.rmSync(join(root, MANIFEST))
  t.match(await json(t, ['check', ...at]), { code: 1, value: { findings: [{ code: 'manifest-missing' }] } })
  fs.rmSync(join(root, '/etc/kubernetes'), { recursive: true })
  t.match(await json(t, ['check', ...at]), { code: 3, value: { kind: 'Error', code: 'NOT_FOUND' } })
})

t.test('every published schema was tried', async t => {
  everyKindWasTried(
    t,
    kind =>
      !['Finding', 'FailureExplanation', 'ImmutableResult'].includes(kind) &&
      ![isOfPolicy, isOfKubeadm, isOfDrill, isOfFalco, isOfLog].some(isOf => isOf(kind))
  )
})

t.test('a policy that was edited stays at remove --purge, and is told of', needsRoot, async t => {
  const root = rootOf(t)
  const at = ['--root', root]
  t.equal((await run(['apply', '--yes', ...at])).code, 0)
  const policy = '/etc/kubernetes/audit/policy.yaml'
  put(root, policy, `${read(root, policy)}# of ours\n`)
  const { value } = await json(t, ['remove', '--yes', '--purge', ...at])
  t.match(value.findings, [{ code: 'edited-file', file: policy }])
  t.match(read(root, policy), /# of ours/)
  t.equal(read(root, MANIFEST), EXAMPLE_MANIFEST)
})

t.test('restore warns of what was changed since', needsRoot, async t => {
  const root = rootOf(t)
  const at = ['--root', root]
  t.equal((await run(['apply', '--yes', ...at])).code, 0)
  put(root, MANIFEST, read(root, MANIFEST).replace('v1.36.0', 'v1.36.1'))
  const { value } = await json(t, ['restore', '--yes', ...at])
  t.match(value.findings, [{ code: 'changed-since-backup', severity: 'warning', file: MANIFEST }])
  t.equal(read(root, MANIFEST), EXAMPLE_MANIFEST)
})

t.test('status tells what would keep the server from starting again', needsRoot, async t => {
  const root = rootOf(t)
  const at = ['--root', root]
  t.equal((await run(['apply', '--yes', ...at])).code, 0)
  const policy = '/etc/kubernetes/audit/policy.yaml'
  t.same((await json(t, ['status', ...at])).value.findings, [])
  put(root, policy, 'rules: 7\n')
  t.match((await json(t, ['status', ...at])).value.findings, [{ severity: 'error', file: policy }])
  fs.rmSync(join(root, policy))
  t.match((await json(t, ['status', ...at])).value.findings, [{ code: 'policy-missing', severity: 'error' }])
  fs.mkdirSync(join(root, policy))
  t.match((await json(t, ['status', ...at])).value.findings, [{ code: 'hostpath-wrong-kind', severity: 'error' }])
})

t.test('a command that is misspelt', async t => {
  const typo = await run(['aply'])
  t.match([typo.code, typo.err], [2, /no such command.*apply/])
})
