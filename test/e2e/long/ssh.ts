import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { COMMANDS } from '../../../src/cli/commands.ts'
import { RUNNING } from '../../../src/cli/options.ts'
import { AUDITED, holdNewServer, inFront, one, onTerminal, setUpLaptop, WAITING } from '../fake-laptop.ts'
import { setFaults } from '../fake-node.ts'
import { auditFlags, isAlive, isTidy, MANIFEST, read, runLog, treeOf } from '../fake-run.ts'
import { POLICY, POLICY_PATH } from '../fake-setup.ts'
import { end, lacking, noSsh, programDirectory, startScript, startSsh, sumOf } from '../fake-ssh.ts'

t.jobs = 2
t.setTimeout(1_800_000)

const SCRIPTS = fileURLToPath(new URL('../../../examples/ssh', import.meta.url))
const FAILING = { readyMs: 60, when: AUDITED, failWith: 'no luck' }
// what a run that changes nothing may leave
const OWN = /^var\/(lib|log)(\/auditpatch.*)?$/

t.test('one node: there, again, and back', { skip: noSsh }, async t => {
  const laptop = await setUpLaptop(t, 1)
  const { node, kubelet } = one(laptop)
  const good = read(node, MANIFEST)
  const policy = join(laptop.directory, 'policy of mine.yaml')
  writeFileSync(policy, POLICY)

  const before = treeOf(node, OWN)
  const planned = await laptop.start(['plan', '--policy', policy]).done
  t.match(planned, { code: 0, out: /\+ {4}- --audit-policy-file=[\s\S]*\nnode1 {2}to change\n$/ })
  t.match(await laptop.start(['apply']).done, { code: 2, err: /no terminal to ask on/ })
  t.same(treeOf(node, OWN), before, 'nothing was changed')

  const changed = await laptop.start(['apply', '--yes', '--policy', policy]).done
  t.match(changed, { code: 0, out: /\nnode1 {2}changed\n/, err: /^ {2}wrote /m })
  t.equal(read(node, POLICY_PATH), POLICY, 'the policy of this machine')
  t.ok(auditFlags(kubelet).length > 0)
  const program = join(laptop.remote, 'auditpatch')
  t.equal(sumOf(program), readFileSync(join(laptop.programs, 'SHA256SUMS'), 'utf8').split(' ')[0])
  t.equal(statSync(program).mode & 0o777, 0o755)
  t.same(readdirSync(laptop.remote).sort(), ['auditpatch', 'policy.yaml'], 'nothing else is left there')

  const written = statSync(program).mtimeMs
  t.match(await laptop.start(['apply', '--yes']).done, { code: 0, out: /^\nnode1 {2}nothing to do\n$/ })
  t.equal(statSync(program).mtimeMs, written, 'what is there is not copied again')
  t.equal(kubelet.restarts(), 2)
  t.match(await laptop.start(['status']).done, {
    code: 0,
    out: /^node1:\n[\s\S]*\/etc\/kubernetes\/audit\/policy\.yaml/
  })

  const removed = await laptop.start(['remove', '--yes', '--', '--log-maxage=9']).done
  t.match(removed, { code: 0, out: /\nnode1 {2}changed\n/ })
  t.equal(read(node, MANIFEST), good)
  t.same(auditFlags(kubelet), [])
  isTidy(t, node)
})

t.test('several nodes: the first that fails is the last', { skip: noSsh }, async t => {
  const laptop = await setUpLaptop(t, 3)
  const [first, second, third] = laptop.nodes
  if (!first || !second || !third) throw new Error('three nodes were wanted')
  const [good, untouched] = [read(second.node, MANIFEST), treeOf(third.node, OWN)]
  setFaults(second.node.dir, FAILING)
  const failed = await laptop.start().done
  t.match(failed, {
    code: 4,
    out: /\nnode1 {2}changed\nnode2 {2}rolled back\nnode3 {2}not tried\n/,
    err: /^node2: apply\n[\s\S]*^ {2}auditpatch: .*no luck/m
  })
  t.match(failed.out, /^node1:\n[^]*^node2: the same changes as on node1\nnode3: the same changes as on node1\n/m)
  t.equal(read(second.node, MANIFEST), good)
  t.ok(await isAlive(second.node))
  t.same(treeOf(third.node, OWN), untouched)
  t.equal(third.kubelet.restarts(), 1)

  setFaults(second.node.dir, { readyMs: 60 })
  const again = await laptop.start().done
  t.match(again, { code: 0, out: /\nnode1 {2}nothing to do\nnode2 {2}changed\nnode3 {2}changed\n/ })
  t.match(again.err, /^node2: plan\n {2}the last run, of \S+: rolled back$/m)
  t.equal(first.kubelet.restarts(), 2)
  for (const { node, kubelet } of laptop.nodes) {
    isTidy(t, node)
    t.ok(auditFlags(kubelet).length > 0)
  }
})

t.test('one that refuses, or is not there, keeps all from being changed', { skip: noSsh }, async t => {
  const laptop = await setUpLaptop(t, 2)
  const [first, second] = laptop.nodes
  if (!first || !second) throw new Error('two nodes were wanted')
  writeFileSync(second.node.manifest, '{{ a template }}\n')
  const before = laptop.nodes.map(({ node }) => treeOf(node, OWN))
  const refused = await laptop.start(['--yes', 'gone']).done
  t.match(refused, {
    code: 3,
    out: /\nnode1 {2,}to change\nnode2 {2,}refused, not changed\ngone {2,}not reached, not changed\n/,
    err: /nothing was changed on any node/
  })
  t.same(
    laptop.nodes.map(({ node }) => treeOf(node, OWN)),
    before
  )
  t.equal(first.kubelet.restarts(), 1)
})

t.test('the connection is lost in the middle', { skip: noSsh }, async t => {
  const laptop = await setUpLaptop(t, 1)
  const { node, kubelet } = one(laptop)
  const held = holdNewServer(t, one(laptop))
  const running = laptop.start()
  await held.server()
  const sessions = laptop.server.sessions()
  t.ok(sessions.length > 0, 'there is a connection')
  for (const session of sessions) end(session)
  await running.said('the connection is lost')
  held.release()
  t.match(await running.done, { code: 0, out: /\nnode1 {2}changed\n/ }, 'the script finds the node again')
  t.match(runLog(node), [{ command: 'apply', exit: 0, changed: true }])
  t.ok(auditFlags(kubelet).length > 0)
  t.ok(await isAlive(node))
  isTidy(t, node)
  t.match(await laptop.start().done, { code: 0, out: /^\nnode1 {2}nothing to do\n$/ })
  t.equal(kubelet.restarts(), 2)
})

t.test('the laptop is gone in the middle, and comes back while the node is at work', { skip: noSsh }, async t => {
  const laptop = await setUpLaptop(t, 1)
  const { node, kubelet } = one(laptop)
  const held = holdNewServer(t, one(laptop))
  const first = laptop.start()
  await held.server()
  end(-first.pid)
  await first.done
  const second = laptop.start(['--yes', '--patience', '0900'])
  await second.said('auditpatch is at work there')
  held.release()
  t.match(await second.done, {
    code: 0,
    out: /^\nnode1 {2}nothing to do\n$/,
    err: /^ {2}the last run, of \S+: changed$/m
  })
  t.match(runLog(node)[0], { command: 'apply', exit: 0, changed: true })
  t.equal(kubelet.restarts(), 2, 'no second one was started')
  isTidy(t, node)
})

t.test('the connection is lost while it fails', { skip: noSsh }, async t => {
  const laptop = await setUpLaptop(t, 1)
  const { node, kubelet } = one(laptop)
  const good = read(node, MANIFEST)
  const held = holdNewServer(t, one(laptop))
  const running = laptop.start()
  const server = await held.server()
  for (const session of laptop.server.sessions()) end(session)
  await running.said('the connection is lost')
  // the next start of it fails
  setFaults(node.dir, FAILING)
  end(server)
  t.match(await running.done, { code: 4, out: /\nnode1 {2}rolled back\n/, err: /^ {2}.*no luck/m })
  t.equal(read(node, MANIFEST), good)
  t.ok(await isAlive(node))
  t.same(auditFlags(kubelet), [])
  isTidy(t, node)
})

t.test('auditpatch is killed on the node', { skip: noSsh }, async t => {
  const laptop = await setUpLaptop(t, 1)
  const { node, kubelet } = one(laptop)
  const held = holdNewServer(t, one(laptop))
  const first = laptop.start()
  await held.server()
  const lock = JSON.parse(read(node, '/var/lib/auditpatch/lock') ?? '') as { pid: number } // as: the product's own file
  end(lock.pid)
  held.release()
  t.match(await first.done, { code: 137, out: /\nnode1 {2}ended with 137; run again to finish or undo it\n/ })
  const second = await laptop.start().done
  t.match(second, { code: 0, out: /\nnode1 {2}finished or undone: apply of \S+\n$/ })
  t.match(second.err, /^ {2}an interrupted apply of \S+ was finished/m)
  t.equal(kubelet.restarts(), 2)
  isTidy(t, node)
})

t.test('what is damaged on the way is not run', { skip: noSsh }, async t => {
  const laptop = await setUpLaptop(t, 1)
  const { node } = one(laptop)
  const before = treeOf(node)
  const bin = join(laptop.directory, 'bin')
  // other tests copy to the same home directory
  const isGone = (count: number): void => {
    const words = readFileSync(join(bin, 'words'), 'utf8')
    const names = [...words.matchAll(/cat >.* '(\.auditpatch\.\w{6})'$/gm)].map(([, name = '']) => name)
    t.equal(names.length, count)
    for (const name of names) t.notOk(existsSync(join(homedir(), name)), `${name} is removed`)
  }
  // what sends the file, and nothing else that is done by ssh
  const instead = (text: (ssh: string) => string) =>
    inFront(bin, 'ssh', ssh => `case "\${@: -1}" in *'cat >'*) ${text(ssh)} ;; *) exec '${ssh}' "$@" ;; esac\n`)
  const env = instead(ssh => `head -c -1 | '${ssh}' "$@"`)
  t.match(await laptop.start(['--yes'], env).done, {
    code: 3,
    out: /\nnode1 {2}refused, not changed\n/,
    err: /damaged on the way: sha256 found [0-9a-f]{64}, wanted [0-9a-f]{64}/
  })
  t.notOk(existsSync(laptop.remote), 'it did not get its place')
  isGone(1)

  const breaking = instead(ssh => `'${ssh}' "$@"; exit 1`)
  t.match(await laptop.start(['--yes'], breaking).done, { code: 3, err: /could not be copied/ }, 'broken off')
  t.notOk(existsSync(laptop.remote))
  isGone(2)

  const [name = ''] = readdirSync(laptop.programs).filter(each => each.startsWith('auditpatch'))
  chmodSync(join(laptop.programs, name), 0o755)
  writeFileSync(join(laptop.programs, name), '#!/bin/sh\nexit 0\n')
  t.match(await laptop.start().done, { code: 3, err: /wanted [0-9a-f]{64} as in SHA256SUMS/ }, 'damaged here')
  t.notOk(existsSync(laptop.remote))
  t.same(treeOf(node), before)
})

t.test('a program that others can change is not run', { skip: noSsh }, async t => {
  const laptop = await setUpLaptop(t, 1)
  const program = join(laptop.remote, 'auditpatch')
  const copied = { code: 0, err: /^ {2}copying auditpatch-linux-/m }
  t.match(await laptop.start(['plan']).done, copied)
  t.equal(statSync(laptop.remote).mode & 0o777, 0o755)
  chmodSync(program, 0o775)
  t.match(await laptop.start(['plan']).done, copied, 'of a group')
  chownSync(program, 65534, 0)
  t.match(await laptop.start(['status']).done, { code: 3, err: /not root alone can change it, so it was not run/ })
  t.match(await laptop.start(['plan']).done, copied, 'of a user')
  renameSync(program, `${program}.real`)
  symlinkSync(`${program}.real`, program)
  t.match(await laptop.start(['plan']).done, copied, 'a link')
  t.match(statSync(program), { mode: 0o100755, uid: 0 })
  t.ok(lstatSync(program).isFile())
  for (const mode of [0o1777, 0o775]) {
    chmodSync(laptop.remote, mode)
    t.match(await laptop.start(['plan']).done, {
      code: 3,
      err: /on the node: found drwx\S+ of root, wanted a directory of root/
    })
  }
})

t.test('an open umask of the node opens nothing', { skip: lacking('root') }, async t => {
  const directory = t.testdir({ upload: 'x' })
  const [upload, file] = [join(directory, 'upload'), join(directory, 'opt/auditpatch')]
  const words = ['-c', 'umask 000; exec sh -s -- put "$0" "$1" "$2" 0755', upload, file, sumOf(upload)]
  const input = readFileSync(join(SCRIPTS, 'on-node.sh'))
  t.match(spawnSync('sh', words, { input, encoding: 'utf8' }), { status: 0, stderr: '' })
  t.equal(statSync(join(directory, 'opt')).mode & 0o777, 0o755)
  t.same(readdirSync(join(directory, 'opt')), ['auditpatch'])
})

t.test('the program gets nothing of the login', { skip: lacking('root') }, async t => {
  const directory = t.testdir({ gone: {}, opt: {} })
  const program = join(directory, 'opt/auditpatch')
  writeFileSync(program, '#!/bin/sh\npwd; env | grep ^BUN_\nexit 0\n', { mode: 0o755 })
  chmodSync(join(directory, 'opt'), 0o755)
  const words = ['-c', 'cd "$0" && rmdir "$0" && exec sh -s -- run "$1"', join(directory, 'gone'), program]
  const input = readFileSync(join(SCRIPTS, 'on-node.sh'))
  const env = { PATH: process.env['PATH'], BUN_OPTIONS: '--version', BUN_BE_BUN: '1' }
  t.match(spawnSync('sh', words, { input, encoding: 'utf8', env }), { status: 0, stdout: /^\/\n$/ })
})

t.test('a host key that is not known, or another one, is not taken', { skip: noSsh }, async t => {
  const laptop = await setUpLaptop(t, 1)
  const { node } = one(laptop)
  const [before, known] = [treeOf(node), readFileSync(laptop.server.knownHosts, 'utf8')]
  const other = (readFileSync(join(laptop.directory, 'ssh/id.pub'), 'utf8').split(' ')[1] ?? '').trim()
  for (const text of ['', known.replace(/(ed25519) \S+/, `$1 ${other}`)]) {
    writeFileSync(laptop.server.knownHosts, text)
    const refused = await laptop.start().done
    t.match(refused, { code: 3, out: /\nnode1 {2}not reached, not changed\n/, err: /Host key verification failed/ })
    t.equal(readFileSync(laptop.server.knownHosts, 'utf8'), text)
  }
  t.same(treeOf(node), before)
  t.notOk(existsSync(laptop.remote))
})

t.test('the question', { skip: noSsh }, async t => {
  const laptop = await setUpLaptop(t, 1)
  const { node, kubelet } = one(laptop)
  const program = `bash ${SCRIPTS}/audit-nodes.sh -F ${laptop.server.config} --program-dir ${laptop.programs}`
  const command = `${program} --remote-dir '${laptop.remote}' node1 -- --root ${node.dir} ${WAITING.join(' ')}`
  t.match(await onTerminal(command, 'n\n'), { code: 130, out: /Do this on node1\? \[y\/N\][\s\S]*nothing was changed/ })
  t.equal(kubelet.restarts(), 1)
  t.match(await onTerminal(command, 'y\n'), { code: 0, out: /node1 {2}changed/ })
  t.equal(kubelet.restarts(), 2)
})

// the commands below `The way back`, as they stand there
const wayBack = (out: string): string[] =>
  [
    ...out
      .replaceAll('\r', '')
      .replace(/^[^]*\nThe way back/, '')
      .matchAll(/^ {2}(.+)$/gm)
  ].map(([, line = '']) => line)

t.test('the way back can be pasted', { skip: noSsh }, async t => {
  const laptop = await setUpLaptop(t, 1)
  const { node } = one(laptop)
  const good = read(node, MANIFEST)
  const backups = "/var/backups/it's here"
  const apply = ['apply', '--yes', '--', '--log-maxage=9', `--manifest=${MANIFEST}`, '--backup-dir', backups]

  const [, restore = 'none', ...more] = wayBack((await laptop.start(apply).done).out)
  t.same(more, [])
  t.match(restore, /^ssh -t -F \S+ node1 '/, 'root needs no sudo')
  t.match(await onTerminal(restore, 'y\n'), { code: 0 })
  t.equal(read(node, MANIFEST), good)

  const [remove = 'none'] = wayBack((await laptop.start(apply).done).out)
  t.match(read(node, MANIFEST), AUDITED)
  const removed = await onTerminal(remove, 'y\n')
  t.match(removed, { code: 0, out: /node1 {2}changed/ })
  t.equal(read(node, MANIFEST), good)

  const [again = 'none', ...none] = wayBack(removed.out)
  t.same(none, [])
  t.match(await onTerminal(again, 'y\n'), { code: 0 })
  t.match(read(node, MANIFEST), AUDITED)
  t.ok(existsSync(join(node.dir, backups)))
  t.notOk(existsSync(join(node.dir, 'var/lib/auditpatch/backups')), 'there are no others')
})

t.test('a command that the script does not have is no node', { skip: lacking('bash') }, async t => {
  const own = ['plan', 'apply', 'remove', 'status']
  const others = [...new Set(COMMANDS.map(({ name }) => name.split(' ')[0] ?? ''))].filter(name => !own.includes(name))
  t.ok(others.includes('check'))
  const refused = async (args: readonly string[], err: RegExp) =>
    t.match(await startScript(args).done, { code: 2, out: /^$/, err }, args.join(' '))
  for (const name of others)
    await refused([name, 'gone'], new RegExp(`${name} is a command of auditpatch that this script`))
  const wrong = { statsu: 'status', aply: 'apply', Plan: 'plan', STATUS: 'status', plann: 'plan', remuve: 'remove' }
  for (const [word, wanted] of Object.entries(wrong))
    await refused([word, 'gone'], new RegExp(`${word} is no command, wanted ${wanted}, or a node`))
  await refused(['--yes', 'plan', 'gone'], /plan stands behind an option, and a command stands first/)
})

t.test('where no executable is, this is told once', { skip: lacking('bash') }, async t => {
  const directory = t.testdir({ empty: {}, sums: { SHA256SUMS: '' } })
  const found = { none: 'no such directory', empty: 'no SHA256SUMS', sums: 'neither executable' }
  for (const [name, text] of Object.entries(found)) {
    const { code, out, err } = await startScript(['a', 'b', '--program-dir', join(directory, name)]).done
    t.match({ code, out }, { code: 2, out: /^$/ })
    t.match(err, new RegExp(`^audit-nodes.sh: ${join(directory, name)}: found ${text}, wanted .*\nnext: .*\n$`))
  }
})

t.test('a node is given once', { skip: lacking('bash') }, async t => {
  const hosts = join(t.testdir({ hosts: 'a --root /x\nb\n' }), 'hosts')
  for (const args of [
    ['a', 'a'],
    ['--hosts', hosts, 'b'],
    ['--hosts', hosts, '--hosts', hosts]
  ])
    t.match(await startScript(args).done, { code: 2, out: /^$/, err: /[ab] is given twice, wanted each node once/ })
})

t.test('an address with a slash is no node', { skip: lacking('bash') }, async t => {
  const hosts = join(t.testdir({ hosts: 'ssh://b --root /x\n' }), 'hosts')
  for (const args of [['ssh://a:22'], ['a/b'], ['--hosts', hosts]])
    t.match(await startScript(args).done, {
      code: 2,
      out: /^$/,
      err: /is no name of a node, wanted a host, .*ssh:\/\//
    })
})

t.test('the output of auditpatch is not for choice', { skip: lacking('bash') }, async t => {
  const hosts = join(t.testdir({ hosts: 'a --no-wait --output=json\n' }), 'hosts')
  for (const args of [
    ['a', '--', '-o', 'json'],
    ['status', 'a', '--', '--output', 'json'],
    ['a', '--', '-vo', 'json'],
    ['--hosts', hosts]
  ])
    t.match(await startScript(args).done, { code: 2, out: /^$/, err: /^audit-nodes.sh: -\S+ is not for this script/ })
})

t.test('practising as the README says', { skip: noSsh }, async t => {
  const directory = t.testdir()
  const server = await startSsh(t, join(directory, 'ssh'), { hosts: ['box', '::1'] })
  const programs = programDirectory(join(directory, 'programs'))
  const manifest = readFileSync(join(SCRIPTS, '../manifests/kube-apiserver.yaml'), 'utf8')
  const lines = ['box', '::1'].map(name => {
    mkdirSync(join(directory, name, MANIFEST, '..'), { recursive: true })
    writeFileSync(join(directory, name, MANIFEST), manifest)
    return `root@${name} --root ${directory}/${name} --no-wait\n`
  })
  writeFileSync(join(directory, 'practice.txt'), lines.join(''))
  const options = ['-F', server.config, '--program-dir', programs, '--remote-dir', join(directory, 'opt')]
  const changed = await startScript(['--yes', '--hosts', join(directory, 'practice.txt'), ...options]).done
  t.match(changed, { code: 0, out: /\nroot@box {2}changed, not waited for\nroot@::1 {2}changed, not waited for\n/ })
  const back = wayBack(changed.out)
  t.equal(back.length, 4, 'roots of their own want lines of their own')
  for (const line of back.slice(0, 2)) t.match(await onTerminal(line, 'y\n'), { code: 0 })
  for (const name of ['box', '::1']) t.equal(readFileSync(join(directory, name, MANIFEST), 'utf8'), manifest)
})

t.test('the scripts', { skip: lacking('shellcheck') }, async t => {
  const files = readdirSync(SCRIPTS).filter(name => name.endsWith('.sh'))
  t.ok(files.length > 1)
  const checked = spawnSync('shellcheck', ['-x', ...files], { cwd: SCRIPTS, encoding: 'utf8' })
  t.match(checked, { status: 0, stdout: '' })
  const texts = files.map(name => readFileSync(join(SCRIPTS, name), 'utf8'))
  for (const text of texts) t.notMatch(text, /StrictHostKeyChecking|UserKnownHostsFile/)
  const known = texts.join('\n')
  const running = /kind=running/.exec(known)?.index ?? 0
  const table = known.slice(known.lastIndexOf('kind=place', running), running)
  for (const name of RUNNING.filter(each => !['yes', 'backup-dir'].includes(each))) t.match(table, `--${name}`)
})
