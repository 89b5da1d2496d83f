import { chmodSync, copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join, relative } from 'node:path'
import t, { type Test } from 'tap'
import { makeNode, setFaults, startKubelet, type FakeNode, type Kubelet } from '../e2e/fake-node.ts'
import { isAlive, isTidy, KUBEADM_FILES, podFiles, read, treeOf } from '../e2e/fake-run.ts'
import { POLICY_PATH } from '../e2e/fake-setup.ts'
import {
  type Ansible,
  ANSIBLES,
  directoryOf,
  installCollection,
  noAnsible,
  play,
  PROGRAM,
  type Site
} from './fake-ansible.ts'

t.setTimeout(1_800_000)
process.umask(0o022)

const HOSTS = ['cp1', 'cp2', 'cp3'] as const
const STABLE = 700
// the log of runs, the audit log and the lock of a run are not what a node is set to
const EXCEPT = /^var\/log\/|^var\/lib\/auditpatch$|^var\/log$/

interface ControlPlane extends Site {
  readonly nodes: readonly {
    readonly host: string
    readonly node: FakeNode
    readonly kubelet: Kubelet
    readonly good: string
  }[]
  readonly trees: (except?: RegExp) => Readonly<Record<string, string>>[]
}

const setUp = async (t: Test, ansible: Ansible): Promise<ControlPlane> => {
  const running: Kubelet[] = []
  const directory = directoryOf(t, () => Promise.all(running.map(kubelet => kubelet.stop())))
  const installed = await installCollection(ansible, directory)
  t.equal(installed.code, 0, `the collection is built and installed: ${installed.out}`)
  const nodes: ControlPlane['nodes'][number][] = []
  for (const host of HOSTS) {
    const node = await makeNode(join(directory, host), { fileCheckFrequency: '200ms', faults: { readyMs: 60 } })
    const kubelet = await startKubelet(node.dir, { node: host })
    running.push(kubelet)
    nodes.push({ host, node, kubelet, good: readFileSync(node.manifest, 'utf8') })
  }
  const hosts = Object.fromEntries(nodes.map(({ host, node }) => [host, { kube_audit_root: node.dir }]))
  const vars = {
    ansible_connection: 'local',
    kube_audit_executable: PROGRAM,
    kube_audit_become: false,
    kube_audit_wait: true,
    kube_audit_wait_stable: `${STABLE}ms`,
    kube_audit_wait_timeout: '300s'
  }
  return {
    directory,
    inventory: { kube_control_plane: { hosts, vars } },
    nodes,
    trees: except => nodes.map(({ node }) => treeOf(node, except))
  }
}

const each = <V>(value: V): Record<string, V> => Object.fromEntries(HOSTS.map(host => [host, value]))
const restarts = (site: ControlPlane): number[] => site.nodes.map(({ kubelet }) => kubelet.restarts())
const manifests = (site: ControlPlane): (string | null)[] =>
  site.nodes.map(({ node }) => readFileSync(node.manifest, 'utf8'))
// what Ansible says of a playbook's place is no fault of the collection
const untold = (t: Test, out: string): void => {
  const rest = out.replace(/^\[WARNING\]: running playbook inside collection .*$/gm, '')
  t.notMatch(rest, /deprecat|Traceback|\[WARNING\]|\[ERROR\]/i, 'nothing that Ansible warns of')
}

/** No node's server went down before the one of the node before it was up and had been looked at for a while. */
const isOneByOne = (t: Test, site: ControlPlane): void => {
  const last = site.nodes.map(({ kubelet }) => {
    const entries = kubelet.journal()
    return {
      down: entries.findLast(entry => entry.event === 'exit')?.time ?? 0,
      up: entries.findLast(entry => entry.event === 'start')?.time ?? 0
    }
  })
  for (const [index, { down, up }] of last.entries()) {
    t.ok(down > 0 && down <= up, `${HOSTS[index] ?? ''} was restarted`)
    const before = last[index - 1]
    if (before) t.ok(down >= before.up + STABLE, `${HOSTS[index] ?? ''} after ${HOSTS[index - 1] ?? ''} was stable`)
  }
}

const enableAndRemove = async (t: Test, ansible: Ansible, site: ControlPlane): Promise<void> => {
  const ENABLE = 'auditpatch.kubernetes.enable'
  const good = site.nodes.map(each => each.good)
  const before = site.trees()
  const check = await play(ansible, site, ENABLE, '--check', '--diff')
  t.equal(check.code, 0, { out: check.out })
  t.same(check.changed, each(1), 'check mode says what would change')
  t.same(site.trees(), before, 'and writes nothing')
  t.same(restarts(site), [1, 1, 1])
  t.match(check.out, /^\+\+\+ after: \/etc\/kubernetes\/manifests\/kube-apiserver\.yaml$/m)
  t.match(check.out, /^\+    - --audit-policy-file=\/etc\/kubernetes\/audit\/policy\.yaml$/m, 'the unified change')
  t.match(check.out, /^--- before: \/etc\/kubernetes\/audit\/policy\.yaml \(absent\)$/m)
  untold(t, check.out)

  const first = await play(ansible, site, ENABLE)
  t.equal(first.code, 0, { out: first.out })
  t.same(first.changed, each(1))
  t.same(Object.keys(first.audits), HOSTS, 'one after the other')
  for (const host of HOSTS) {
    const { result } = first.audits[host] ?? {}
    t.match(result, { changed: true, restarted: true, healthy: true, proven: true, rolled_back: false })
    t.match(result, {
      backup: { id: /^\d{8}T/, directory: /^\/var\/lib\/auditpatch/ },
      cli_version: /^\d/,
      seconds: Number
    })
    t.same(result?.['files'], check.audits[host]?.result['files'], 'the files that check mode named')
    t.same(result?.['changes'], check.audits[host]?.result['changes'], 'and its changes')
    t.same(result?.['flags'], check.audits[host]?.result['flags'])
    t.notOk(result && 'diff' in result, 'a diff is given only when asked for')
  }
  t.same(restarts(site), [2, 2, 2])
  isOneByOne(t, site)
  untold(t, first.out)
  for (const { node } of site.nodes) isTidy(t, node)

  const audited = site.trees(EXCEPT)
  const second = await play(ansible, site, ENABLE)
  t.match(second, { code: 0, changed: each(0) }, { out: second.out })
  t.match(second.audits['cp3']?.result, { changed: false, changes: [], backup: null, msg: 'nothing to do' })
  t.same(site.trees(EXCEPT), audited, 'the second run leaves every byte and time')
  const again = site.trees()
  t.match(await play(ansible, site, ENABLE, '--check', '--limit', 'cp1'), { code: 0, changed: { cp1: 0 } })
  t.match(await play(ansible, site, 'auditpatch.kubernetes.verify'), { code: 0, changed: each(0) })
  t.same(site.trees(), again, 'check mode and verify write nothing')
  t.same(restarts(site), [2, 2, 2])

  const REMOVE = ['auditpatch.kubernetes.remove', '-e', '{"kube_audit_purge": true}'] as const
  const would = await play(ansible, site, ...REMOVE, '--check', '--diff', '--limit', 'cp1')
  t.match(would, { code: 0, changed: { cp1: 1 } }, { out: would.out })
  t.match(would.out, /^-    - --audit-policy-file=/m)
  t.same(site.trees(), again)
  const removed = await play(ansible, site, ...REMOVE)
  t.match(removed, { code: 0, changed: each(1) }, { out: removed.out })
  t.same(removed.audits['cp1']?.result['changes'], would.audits['cp1']?.result['changes'])
  t.same(manifests(site), good, 'the bytes that kubeadm wrote')
  t.same(
    site.nodes.map(({ node }) => read(node, POLICY_PATH)),
    [null, null, null]
  )
  t.same(restarts(site), [3, 3, 3])
  isOneByOne(t, site)
  t.match(await play(ansible, site, ...REMOVE, '--limit', 'cp1'), { code: 0, changed: { cp1: 0 } })
  const off = await play(ansible, site, 'auditpatch.kubernetes.verify')
  t.match(off, { code: 2, changed: each(0) }, { out: off.out })
  const bad = off.tasks.filter(task => task.outcome === 'failed').map(task => task.host)
  t.same(bad.sort(), HOSTS, 'verify fails where auditing is off, and looks at every node')
  for (const { node } of site.nodes) isTidy(t, node)
}

const stopAtFailure = async (t: Test, ansible: Ansible, site: ControlPlane): Promise<void> => {
  const [, second, third] = site.nodes
  if (!second || !third) throw new Error('three nodes are wanted')
  setFaults(second.node.dir, { readyMs: 60, failWith: 'no more', when: '--audit-policy-file' })
  const [untouched, started] = [treeOf(third.node), third.kubelet.restarts()]
  const failed = await play(ansible, site, 'auditpatch.kubernetes.enable')
  t.equal(failed.code, 2, { out: failed.out })
  t.match(failed.changed, { cp1: 1, cp2: 0 })
  t.same(Object.keys(failed.audits), ['cp1', 'cp2'], 'the roll-out stops')
  const { outcome, result } = failed.audits['cp2'] ?? {}
  t.equal(outcome, 'failed')
  t.match(result, { rc: 4, changed: false, code: 'ROLLED_BACK', rolled_back: true, stderr: String, next: String })
  t.match(result?.['msg'], /\[ROLLED_BACK, exit code 4: failed and rolled back\] Next: \S/)
  t.equal(readFileSync(second.node.manifest, 'utf8'), second.good, 'the failed node is as it was')
  t.ok(await isAlive(second.node), 'and runs')
  t.same(treeOf(third.node), untouched, 'the third is untouched')
  t.equal(third.kubelet.restarts(), started)

  const left = await play(
    ansible,
    site,
    'auditpatch.kubernetes.enable',
    '--limit',
    'cp2',
    '-e',
    '{"kube_audit_rollback": false}'
  )
  t.equal(left.code, 2, { out: left.out })
  t.match(left.audits['cp2'], {
    outcome: 'failed',
    result: { rc: 5, changed: true, rolled_back: false, backup: { id: String } }
  })
  t.not(readFileSync(second.node.manifest, 'utf8'), second.good, 'the change stays')
  writeFileSync(second.node.manifest, second.good)
}

const install = async (t: Test, ansible: Ansible, site: ControlPlane): Promise<void> => {
  const third = site.nodes[2]
  if (!third) throw new Error('three nodes are wanted')
  const dist = join(site.directory, 'dist')
  const name = `auditpatch-linux-${process.arch === 'arm64' ? 'arm64' : 'x64'}`
  const [source, target] = [join(dist, name), join(third.node.dir, 'usr/local/bin/auditpatch')]
  mkdirSync(dist)
  rmSync(join(target, '..'), { recursive: true, force: true })
  if (PROGRAM.endsWith('.js')) writeFileSync(source, `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`)
  else copyFileSync(PROGRAM, source)
  chmodSync(source, 0o755)
  const sums = (text: string | Buffer): string =>
    `${'0'.repeat(64)}  ${name}.txt\n${createHash('sha256').update(text).digest('hex')}  ${name}\n`
  const hosts = { cp3: { kube_audit_root: third.node.dir } }
  const vars = {
    ansible_connection: 'local',
    kube_audit_become: false,
    kube_audit_binary_dir: dist,
    kube_audit_install_dir: join(target, '..'),
    kube_audit_wait: true,
    kube_audit_wait_stable: `${STABLE}ms`
  }
  const copying = { directory: site.directory, inventory: { kube_control_plane: { hosts, vars } } }
  const enable = (...words: string[]) => play(ansible, copying, 'auditpatch.kubernetes.enable', ...words)
  const before = treeOf(third.node)
  const refused = async (wanted: RegExp): Promise<void> => {
    const { code, tasks, out } = await enable()
    t.equal(code, 2)
    const [failed, ...more] = tasks.filter(task => task.outcome === 'failed')
    t.match(failed?.result['msg'], wanted, { out })
    t.notMatch(failed?.result['msg'], /template|lookup|undefined|Error/i, 'nothing of how it was found out')
    t.same(more, [])
  }

  writeFileSync(join(dist, 'SHA256SUMS'), 'nothing\n')
  await refused(/SHA256SUMS: one line with the sha256 of auditpatch-linux-\w+ is wanted, found 0\. Next: \S/)
  rmSync(join(dist, 'SHA256SUMS'))
  await refused(/^kube_audit_binary_dir: \S+dist\/SHA256SUMS is wanted on the controller, found nothing .* Next: \S/)
  renameSync(dist, `${dist}.away`)
  await refused(/^kube_audit_binary_dir: \S+dist is wanted on the controller, found nothing/)
  renameSync(`${dist}.away`, dist)
  renameSync(source, `${source}.away`)
  writeFileSync(join(dist, 'SHA256SUMS'), sums('a program'))
  await refused(/^kube_audit_binary_dir: \S+auditpatch-linux-\w+ is wanted on the controller, found nothing/)
  renameSync(`${source}.away`, source)

  writeFileSync(join(dist, 'SHA256SUMS'), sums('another program'))
  const wrong = await enable()
  t.equal(wrong.code, 2)
  t.match(
    wrong.out.replace(/\s+/g, ' '),
    /sha256 [0-9a-f]{64} is wanted, as SHA256SUMS beside it says, found [0-9a-f]{64}/
  )
  t.same(treeOf(third.node), before, 'a program with another checksum is not copied')

  writeFileSync(join(dist, 'SHA256SUMS'), sums(readFileSync(source)))
  const check = await enable('--check')
  t.match(check, { code: 0, changed: { cp3: 2 } }, 'the directory and the program', { out: check.out })
  t.match(check.out.replace(/\s+/g, ' '), /is not on this node yet.* run the playbook auditpatch\.kubernetes\.install/)
  t.same(treeOf(third.node), before, 'check mode copies nothing')
  const taken = await enable('--check', '-e', `kube_audit_install_dir=${source}`)
  t.equal(taken.code, 2, 'nor does it promise what cannot be done')

  const unknown = await play(ansible, copying, 'auditpatch.kubernetes.verify')
  t.equal(unknown.code, 2)
  t.match(unknown.out.replace(/\s+/g, ' '), /the program is wanted, found none on this node\. Next: .*install/)
  const [good, started] = [readFileSync(third.node.manifest, 'utf8'), third.kubelet.restarts()]
  const copied = await play(ansible, copying, 'auditpatch.kubernetes.install')
  t.match(copied, { code: 0, changed: { cp3: 2 } }, { out: copied.out })
  t.equal(statSync(join(target, '..')).mode & 0o777, 0o755, 'the directory is made')
  t.equal(readFileSync(third.node.manifest, 'utf8'), good, 'the playbook install copies, and does nothing else')
  t.equal(third.kubelet.restarts(), started)
  const shown = await enable('--check', '--diff')
  t.match(shown, { code: 0, changed: { cp3: 1 } }, { out: shown.out })
  t.match(shown.out, /^\+    - --audit-policy-file=/m, 'now check mode shows the change')

  chmodSync(join(target, '..'), 0o750)
  const first = await enable()
  t.match(first, { code: 0, changed: { cp3: 1 } }, { out: first.out })
  t.equal(statSync(join(target, '..')).mode & 0o777, 0o750, 'a directory that is there stays as it is')
  t.same(readFileSync(target), readFileSync(source))
  t.equal(statSync(target).mode & 0o777, 0o755)
  const { mtimeMs } = statSync(target)
  t.match(await enable('-e', `kube_audit_binary_dir=${relative(site.directory, dist)}`), {
    code: 0,
    changed: { cp3: 0 }
  })
  t.equal(statSync(target).mtimeMs, mtimeMs)
  rmSync(dist, { recursive: true })
}

const refuse = async (t: Test, ansible: Ansible, site: ControlPlane): Promise<void> => {
  const playbook = join(site.directory, 'at-once.yml')
  const role = { name: 'auditpatch.kubernetes.kube_audit' }
  const tasks = [{ name: 'All at once', 'ansible.builtin.import_role': role }]
  writeFileSync(playbook, JSON.stringify([{ name: 'All', hosts: 'all', gather_facts: false, tasks }]))
  const before = site.trees()
  const refused = await play(ansible, site, playbook)
  t.equal(refused.code, 2)
  t.match(refused.out.replace(/\s+/g, ' '), /would restart 3 kube-apiservers at once/)
  t.same(refused.audits, {})
  t.same(site.trees(), before)
  const allowed = await play(ansible, site, playbook, '--check', '-e', '{"kube_audit_allow_parallel": true}')
  t.match(allowed, { code: 0 }, { out: allowed.out })
  const nowhere = await play(ansible, site, 'auditpatch.kubernetes.enable', '-e', '{"kube_audit_state": "on"}')
  t.equal(nowhere.code, 2, 'the role knows its arguments')
  for (const [name, variables, wanted] of [
    [
      'enable',
      { kube_audit_log_maxaeg: 3, kube_audit_wiat: 1 },
      /named kube_audit_log_maxaeg, kube_audit_wiat\. Next: /
    ],
    ['verify', { kube_audit_fail_onn: 'info' }, /named kube_audit_fail_onn\. Next: /],
    ['install', { kube_audit_binary: '/srv' }, /named kube_audit_binary\. Next: /],
    ['install', {}, /kube_audit_executable says that the program is on the node already.* Next: /],
    ['remove', { kube_audit_state: 'present' }, /for kube_audit_state absent, found present\. Next: .*playbook enable/],
    ['enable', { kube_audit_state: 'absent' }, /for kube_audit_state present, found absent\. Next: .*playbook remove/]
  ] as const) {
    const wrong = await play(ansible, site, `auditpatch.kubernetes.${name}`, '-e', JSON.stringify(variables))
    t.equal(wrong.code, 2, { out: wrong.out })
    t.match(wrong.tasks.find(task => task.outcome === 'failed')?.result['msg'], wanted)
    t.same(wrong.audits, {})
  }
  t.same(site.trees(), before)
  t.same(
    site.nodes.map(({ node }) => podFiles(node)),
    [KUBEADM_FILES, KUBEADM_FILES, KUBEADM_FILES]
  )
}

for (const ansible of ANSIBLES)
  t.test(`a control plane of three nodes, with ansible-core (${ansible.name})`, { skip: noAnsible }, async t => {
    const site = await setUp(t, ansible)
    await t.test('on, again, and off', t => enableAndRemove(t, ansible, site))
    await t.test('several at once', t => refuse(t, ansible, site))
    await t.test('a node that fails', t => stopAtFailure(t, ansible, site))
    await t.test('the program is copied', t => install(t, ansible, site))
  })
