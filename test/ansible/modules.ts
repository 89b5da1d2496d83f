import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { makeNode, type FakeNode } from '../e2e/fake-node.ts'
import { isTidy, read, treeOf } from '../e2e/fake-run.ts'
import { POLICY, POLICY_PATH } from '../e2e/fake-setup.ts'
import { type Ansible, ANSIBLES, copyCollection, directoryOf, noAnsible, play, PROGRAM } from './fake-ansible.ts'

t.setTimeout(1_800_000)
process.umask(0o022)

const SECRET = 'b3BlbiBzZXNhbWU'
const KUBECONFIG = `apiVersion: v1
kind: Config
clusters: [{name: a, cluster: {server: 'https://127.0.0.1:9/x'}}]
contexts: [{name: a, context: {cluster: a, user: a}}]
users: [{name: a, user: {token: ${SECRET}}}]
current-context: a
`

type Params = Readonly<Record<string, unknown>>

/** Runs a module once for each set of options, and gives what each gave, with all that was printed. */
const runModule = async (
  ansible: Ansible,
  node: FakeNode,
  directory: string,
  runs: readonly Params[],
  ...words: string[]
) => {
  const playbook = join(directory, 'module.yml')
  const tasks = runs.map(({ module = 'audit', ...params }, index) => ({
    name: `run ${index}`,
    [`auditpatch.kubernetes.${String(module)}`]: { root: node.dir, executable: PROGRAM, ...params },
    ignore_errors: true
  }))
  writeFileSync(playbook, JSON.stringify([{ name: 'Module', hosts: 'all', gather_facts: false, tasks }]))
  const inventory = { all: { hosts: { node: { ansible_connection: 'local' } } } }
  const played = await play(ansible, { directory, inventory }, playbook, ...words)
  const results = played.tasks.map(({ outcome, result }): Params => ({ ...result, failed: outcome === 'failed' }))
  return { ...played, results }
}

const program = (directory: string, name: string, script: string): string => {
  const path = join(directory, name)
  writeFileSync(path, `#!/bin/sh\n[ "$1" = --version ] && echo 1.2.3 && exit\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}

const setUp = async (t: Test) => {
  const directory = directoryOf(t)
  copyCollection(directory)
  return { directory, node: await makeNode(join(directory, 'node')) }
}

const brokenPrograms = async (t: Test, ansible: Ansible): Promise<void> => {
  const { directory, node } = await setUp(t)
  const before = treeOf(node)
  const notHere = join(directory, 'not-here')
  writeFileSync(join(directory, 'foreign'), 'not a program\n', { mode: 0o755 })
  chmodSync(join(directory, 'foreign'), 0o755)
  const error = {
    apiVersion: 'auditpatch/v1',
    kind: 'Error',
    code: 'INTERRUPTED',
    message: 'stopped',
    next: 'again',
    findings: []
  }
  const { results } = await runModule(ansible, node, directory, [
    { executable: notHere },
    { executable: directory },
    { executable: '/bin/true' },
    { executable: join(directory, 'foreign') },
    { executable: program(directory, 'chatty', 'yes talk | head -c 100000; exit 0') },
    { executable: program(directory, 'other', 'echo \'{"apiVersion":"auditpatch/v2","kind":"ApplyResult"}\'') },
    { executable: program(directory, 'interrupted', `echo '${JSON.stringify(error)}'; exit 130`) },
    { executable: program(directory, 'killed', 'kill -9 $$') },
    { module: 'audit_info', executable: notHere },
    { module: 'audit_info', executable: program(directory, 'list', 'echo "[]"') }
  ])
  const wanted = [
    { msg: /not-here: a program is wanted, found none\. Next: / },
    { msg: /a program is wanted, found what cannot be executed/ },
    { msg: /^\/bin\/true --version: the version of auditpatch is wanted, found exit code 0/ },
    { msg: /foreign cannot be run: .*Exec format error.*architecture/ },
    {
      msg: /auditpatch apply: an object ApplyResult of auditpatch\/v1 is wanted on stdout, found exit code 0/,
      rc: 0,
      changed: true
    },
    { msg: /an object ApplyResult of auditpatch\/v1 is wanted/ },
    {
      msg: /^stopped \[INTERRUPTED, exit code 130: interrupted before anything was changed\] Next: again/,
      rc: 130,
      changed: false
    },
    { msg: /found exit code -9 .*auditpatch recover/, rc: -9, changed: true },
    { msg: /not-here: a program is wanted/ },
    { msg: /auditpatch status: an object Status/ }
  ]
  t.equal(results.length, wanted.length)
  for (const [index, want] of wanted.entries()) {
    t.match(results[index], { failed: true, ...want }, `run ${index}`)
    t.ok(String(results[index]?.['msg']).length < 3000, 'the message is short')
  }
  t.same(treeOf(node), before)
}

const wrongOptions = async (t: Test, ansible: Ansible): Promise<void> => {
  const { directory, node } = await setUp(t)
  const before = treeOf(node, /^var\/log/)
  const runs = [
    { policy: 'template:exam', policy_content: POLICY },
    { purge: true },
    { log_maxage: 'abc' },
    { webhook_mode: 'nonsense' },
    { set: { 'audit-nonsense': 1 } },
    { state: 'absent', log_maxage: 3 },
    { policy_content: 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Nonsense\n' },
    { policy_content: 17 },
    { root: join(directory, 'nowhere') }
  ]
  const wanted = [
    { msg: /mutually exclusive/ },
    { msg: 'purge goes with state=absent, found state=present.' },
    { msg: /log_maxage/ },
    { rc: 2, changed: false, code: 'USAGE', msg: /--webhook-mode/ },
    { rc: 2, code: 'USAGE', msg: /--audit-nonsense/ },
    { rc: 2, code: 'USAGE' },
    { rc: 3, changed: false, code: 'BAD_POLICY', msg: /policy_content:4:\d+.*Nonsense/ },
    { msg: /policy_content: a mapping or YAML text is wanted, found int/ },
    { rc: 3, changed: false, code: 'NOT_FOUND', next: /\S/ }
  ]
  const { results } = await runModule(ansible, node, directory, runs)
  t.equal(results.length, wanted.length)
  for (const [index, want] of wanted.entries()) t.match(results[index], { failed: true, ...want }, `run ${index}`)
  const asked = [3, 4, 5, 6] // those that the program refuses by what plan takes too
  const checked = await runModule(
    ansible,
    node,
    directory,
    asked.map(index => runs[index] ?? {}),
    '--check'
  )
  for (const [index, run] of asked.entries())
    t.match(checked.results[index], { failed: true, ...wanted[run] }, `run ${run} in check mode`)
  t.same(treeOf(node, /^var\/log/), before)
}

const passedOn = async (t: Test, ansible: Ansible): Promise<void> => {
  const { directory, node } = await setUp(t)
  const good = readFileSync(node.manifest, 'utf8')
  const content = { apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules: [{ level: 'Metadata' }] }
  const flags = {
    'audit-log-batch-max-size': 200,
    'audit-log-batch-throttle-enable': true,
    'audit-log-batch-throttle-qps': 1.5
  }
  const options = { log_maxage: 7, log_compress: false, log_path: '-', set: flags, wait: false }
  const first = await runModule(ansible, node, directory, [{ ...options, policy_content: content }], '-vvv')
  t.match(first.results[0], {
    changed: true,
    restarted: null,
    healthy: null,
    flags: {
      'audit-log-maxage': '7',
      'audit-log-compress': 'false',
      'audit-log-path': '-',
      'audit-log-batch-max-size': '200',
      'audit-log-batch-throttle-enable': 'true',
      'audit-log-batch-throttle-qps': '1.5'
    },
    mounts: [{ containerPath: POLICY_PATH }],
    msg: /^made \d+ changes in 2 files; auditpatch restore \S+ undoes it$/
  })
  t.same(JSON.parse(read(node, POLICY_PATH) ?? ''), content)
  t.notMatch(JSON.stringify(first.results[0]?.['findings']), 'policy_content-')
  t.match((await runModule(ansible, node, directory, [{ ...options, policy_content: content }])).results, [
    { changed: false }
  ])
  const text = await runModule(ansible, node, directory, [{ policy_content: POLICY.trim() }], '--diff')
  t.match(text.results[0], { changed: true, diff: [{ before_header: String, after: POLICY }, {}] })
  t.equal(read(node, POLICY_PATH), POLICY, 'a policy as text stays as it is')

  const hook = join(directory, 'hook.yaml')
  writeFileSync(hook, KUBECONFIG)
  for (const words of [['--check'], []]) {
    const secret = await runModule(ansible, node, directory, [{ webhook_config: hook }], '--diff', '-vvv', ...words)
    t.match(secret.results[0], { changed: true }, { out: secret.out })
    t.match(secret.out, '<redacted>', 'the diff of a kubeconfig is without its values')
    t.notMatch(secret.out + JSON.stringify(secret.results), SECRET, 'and they stand nowhere else')
  }
  const info = await runModule(ansible, node, directory, [
    { module: 'audit_info' },
    { module: 'audit_info', fail_on: 'info' }
  ])
  t.match(info.results[0], {
    changed: false,
    passed: Boolean,
    status: { configured: true },
    checks: [{ id: String }],
    cli_version: /^\d/
  })
  t.match(info.results[1], { failed: true, rc: 1, passed: false, findings: [{ code: String, severity: String }] })

  const off = await runModule(ansible, node, directory, [{ state: 'absent', purge: true }, { state: 'absent' }])
  t.match(off.results, [{ changed: true }, { changed: false }])
  t.equal(readFileSync(node.manifest, 'utf8'), good)
  isTidy(t, node)
  const leftovers = ['home', 'remote'].flatMap(name => {
    mkdirSync(join(directory, name), { recursive: true })
    return readdirSync(join(directory, name), { recursive: true, encoding: 'utf8' }).filter(path =>
      /policy_content/.test(path)
    )
  })
  t.same(leftovers, [], 'the temporary policy is gone')
}

const warnings = async (t: Test, ansible: Ansible): Promise<void> => {
  const { directory, node } = await setUp(t)
  const policy = `${POLICY.replace('Metadata', 'RequestResponse')}`
  const { results, out } = await runModule(ansible, node, directory, [{ policy_content: policy, wait: false }])
  const findings = results[0]?.['findings'] as { severity: string; code: string }[] // as: the schema of the program's findings
  const loud = findings.filter(finding => finding.severity !== 'info')
  t.ok(loud.length > 0, 'a policy that logs the bodies of secrets is warned of')
  for (const { code } of loud) t.match(out.replace(/\s+/g, ''), `[${code}]`, `${code} is a warning of the task`)
  for (const { code } of findings.filter(finding => finding.severity === 'info')) t.notMatch(out, `[${code}]`)
}

const failOn = async (t: Test, ansible: Ansible): Promise<void> => {
  const { directory, node } = await setUp(t)
  const finding = (severity: string, code: string) => ({
    severity,
    code,
    message: `about ${code}`,
    file: '/a',
    line: 7
  })
  const status = { apiVersion: 'auditpatch/v1', kind: 'Status', findings: [] }
  const findings = ['i1', 'w1', 'w2', 'w3', 'e1'].map(code =>
    finding({ i: 'info', w: 'warning', e: 'error' }[code.charAt(0)] ?? '', code)
  )
  const check = { apiVersion: 'auditpatch/v1', kind: 'CheckResult', findings, checks: [] }
  const script = `case $1 in status) echo '${JSON.stringify(status)}';; *) echo '${JSON.stringify(check)}'; exit 1;; esac`
  const executable = program(directory, 'finder', script)
  const info = { module: 'audit_info', executable }
  const { results } = await runModule(ansible, node, directory, [
    { ...info, fail_on: 'error' },
    { ...info, fail_on: 'warning' },
    { ...info, fail_on: 'info' },
    info
  ])
  const next = 'Next: auditpatch check --fix shows what repairs it.'
  const first = '/a:7: about e1 [e1]'
  const three = `${first}; /a:7: about w1 [w1]; /a:7: about w2 [w2]`
  t.match(results, [
    { failed: true, msg: `found ${first}. ${next}` },
    { failed: true, msg: `found ${three}; and 1 more. ${next}` },
    { failed: true, msg: `found ${three}; and 2 more. ${next}` },
    { failed: false, passed: false, msg: 'found i1, w1, w2, w3, e1' }
  ])
}

const notWaited = async (t: Test, ansible: Ansible): Promise<void> => {
  const { directory, node } = await setUp(t)
  const unseen = /not waited for kube-apiserver: /
  const would = await runModule(ansible, node, directory, [{}], '--check')
  t.match(would.results, [{ changed: true }])
  t.notMatch(would.out, unseen, 'check mode changed nothing')
  const made = await runModule(ansible, node, directory, [{}, {}])
  t.match(made.results, [{ changed: true, healthy: null, warnings: [unseen] }, { changed: false }])
  t.match(made.out, unseen, 'a change that nobody watched is warned of')
  t.notMatch(JSON.stringify(made.results[1]?.['warnings'] ?? []), unseen, 'no change is not')
  const asked = await runModule(ansible, node, directory, [{ state: 'absent', wait: false }])
  t.match(asked.results, [{ changed: true, healthy: null }])
  t.notMatch(JSON.stringify(asked.results[0]?.['warnings'] ?? []), unseen, 'nor one that was not to be waited for')
}

for (const ansible of ANSIBLES)
  t.test(`the modules, with ansible-core (${ansible.name})`, { skip: noAnsible }, async t => {
    await t.test('programs that are not there, or are none', t => brokenPrograms(t, ansible))
    await t.test('options that are refused', t => wrongOptions(t, ansible))
    await t.test('options that are passed on', t => passedOn(t, ansible))
    await t.test('findings', t => warnings(t, ansible))
    await t.test('findings that make a run fail', t => failOn(t, ansible))
    await t.test('a change that is not waited for', t => notWaited(t, ansible))
  })
