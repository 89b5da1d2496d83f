import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { arm64Libraries, cleanRoot, perform } from '../fake-clean-root.ts'
import { MANIFEST } from '../fake-run.ts'
import { until } from '../fake-setup.ts'
import { end, lacking, noSsh, startScript, startSsh, sumOf } from '../fake-ssh.ts'

t.setTimeout(1_800_000)

const TOP = fileURLToPath(new URL('../../..', import.meta.url))
const DIST = join(TOP, 'dist')
const EXAMPLE = join(TOP, 'examples/manifests/kube-apiserver.yaml')
const binary = (name: 'x64' | 'arm64'): string => join(DIST, `auditpatch-linux-${name}`)

// what is not built is a failure where everything has to be tested
const noBinary = (name: 'x64' | 'arm64'): string | false =>
  !existsSync(binary(name)) && process.env.CI === undefined && `NEEDS ${binary(name)}: npm run build:binary`

const good = readFileSync(EXAMPLE, 'utf8')
const AUDITED =
  /--audit-policy-file=\/etc\/kubernetes\/audit\/policy\.yaml[\s\S]*mountPath: \/var\/log\/kubernetes\/audit\n/

/** A clean Debian with the manifest of a control plane in it, its users, and an sshd that runs in there. */
const setUp = async (t: Test, mount: string) => {
  const root = cleanRoot(t)
  const manifest = join(root, MANIFEST)
  mkdirSync(join(manifest, '..'), { recursive: true })
  copyFileSync(EXAMPLE, manifest)
  for (const user of ['admin', 'plain']) {
    perform('chroot', root, 'useradd', '--create-home', '--shell', '/bin/sh', '--password', '*', user)
  }
  writeFileSync(join(root, 'etc/sudoers.d/admin'), 'admin ALL=(ALL) NOPASSWD: ALL\n', { mode: 0o440 })
  // processes and mounts of its own: it sees no kubelet of another test, and nothing stays mounted
  const enter = [
    'unshare',
    '--mount',
    '--pid',
    '--fork',
    '--kill-child',
    'sh',
    '-c',
    `${mount} && exec chroot "$0" "$@"`,
    root
  ]
  const server = await startSsh(t, join(root, '../laptop'), { inside: { root, enter } })
  const ssh = (command: string) =>
    spawnSync('ssh', ['-F', server.config, '-o', 'BatchMode=yes', 'node1', command], { encoding: 'utf8' })
  const script = (...args: readonly string[]) => startScript([...args, '-F', server.config, '--program-dir', DIST]).done
  return { root, server, ssh, script, read: () => readFileSync(manifest, 'utf8') }
}

const PROC = 'mount -t proc proc "$0/proc"'
const skip = noSsh || lacking('debootstrap', 'unshare', 'chroot') || noBinary('x64')

t.test('a clean Debian, by hand', { skip }, async t => {
  const { root, server, ssh, read } = await setUp(t, PROC)
  const found = ssh('command -v node nodejs bun deno npm; ls -d /usr/lib/node_modules /usr/local/lib/node_modules')
  t.equal(found.stdout, '', 'no Node is there')
  t.equal(ssh('command -v kubelet crictl kubectl').stdout, '')

  const copied = spawnSync('scp', ['-q', '-F', server.config, binary('x64'), 'node1:auditpatch'], { encoding: 'utf8' })
  t.match(copied, { status: 0, stderr: '' })
  t.equal(ssh('sha256sum auditpatch').stdout.split(' ')[0], sumOf(binary('x64')))
  t.match(ssh('./auditpatch plan --exit-code'), { status: 1, stdout: /\+ {4}- --audit-policy-file=/ })
  t.equal(read(), good)

  const applied = ssh('./auditpatch apply --yes')
  t.match(applied, { status: 0, stdout: /not waited for kube-apiserver: no kubelet is running on this host/ })
  t.match(read(), AUDITED)
  t.ok(existsSync(join(root, 'etc/kubernetes/audit/policy.yaml')))
  t.match(ssh('./auditpatch apply --yes -o json'), { status: 0, stdout: /"changed":false/ })
  t.match(ssh('./auditpatch status'), { status: 0, stdout: /configured +yes/ })
  t.match(ssh('./auditpatch remove --yes'), { status: 0 })
  t.equal(read(), good, 'byte for byte')
})

t.test('a clean Debian, by the script, through sudo', { skip }, async t => {
  const { root, server, script, read } = await setUp(t, PROC)
  const refused = await script('--yes', 'plain@node1')
  t.match(refused, { code: 3, err: /plain is not root here and sudo wants a password[\s\S]*next: .*NOPASSWD/ })
  t.equal(read(), good)
  t.notOk(existsSync(join(root, 'opt/auditpatch')))

  const changed = await script('--yes', 'admin@node1')
  t.match(changed, { code: 0, out: /\nadmin@node1 {2}changed, not waited for\n/ })
  t.match(changed.out, / {2}ssh -t -F \S+ admin@node1 sudo \/opt\/auditpatch\/auditpatch restore\n/)
  t.match(read(), AUDITED)
  t.equal(sumOf(join(root, 'opt/auditpatch/auditpatch')), sumOf(binary('x64')))
  t.same(
    readdirSync(join(root, 'home/admin')).filter(name => name.startsWith('.auditpatch')),
    []
  )
  t.match(await script('--yes', 'admin@node1'), { code: 0, out: /\nadmin@node1 {2}nothing to do\n/ })
  t.match(await script('remove', '--yes', 'admin@node1'), { code: 0 })
  t.equal(read(), good, 'byte for byte')

  // what sudo runs outlives the connection, as what root runs does (long/ssh.ts)
  const loop = 'until [ -e /tmp/go ]; do sleep 0.1; done; touch /tmp/went-on'
  const words = [
    '-F',
    server.config,
    '-o',
    'BatchMode=yes',
    '-T',
    'admin@node1',
    `touch /tmp/began; sudo -n sh -c '${loop}'`
  ]
  const lost = spawn('ssh', words, { stdio: 'ignore' })
  const ended = new Promise<number | null>(resolve => lost.once('close', resolve))
  await until('the loop', () => existsSync(join(root, 'tmp/began')))
  for (const session of server.sessions()) end(session)
  t.equal(await ended, 255, 'the connection is lost')
  writeFileSync(join(root, 'tmp/go'), '')
  await until('the end of the loop', () => existsSync(join(root, 'tmp/went-on')))

  // the same node under two names: the first is changed, and nobody saw whether it is healthy
  const careful = await script('--yes', 'admin@node1', 'root@node1')
  t.match(careful, { code: 1, out: /\nadmin@node1 {2}changed, not waited for\nroot@node1 {3}not tried\n/ })
  t.match(
    careful.err,
    /whether it is healthy was not seen, so the next node is not begun\nnext: .*put --no-wait behind --/
  )
})

t.test('without /proc the script says so, and nothing is run', { skip }, async t => {
  const { root, script, read } = await setUp(t, 'true')
  t.match(await script('--yes', 'node1'), { code: 3, err: /\/proc is not mounted here[\s\S]*next: mount -t proc/ })
  t.equal(read(), good)
  t.notOk(existsSync(join(root, 'opt/auditpatch')))
})

const newestGlibc = (file: string): number[] => {
  const versions = [...perform('readelf', '--version-info', '--wide', file).matchAll(/GLIBC_(\d+)\.(\d+)/g)]
  const numbers = versions.map(([, major = '', minor = '']) => [Number(major), Number(minor)])
  return numbers.sort(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d).at(-1) ?? []
}

for (const name of ['x64', 'arm64'] as const)
  t.test(`${name}: old C libraries do`, { skip: lacking('readelf') || noBinary(name) }, async t => {
    const [major = 99, minor = 99] = newestGlibc(binary(name))
    t.ok(major === 2 && minor <= 17, `glibc ${major}.${minor} is wanted, 2.17 at most`)
    const needed = perform('readelf', '--dynamic', binary(name)).match(/(?<=NEEDED.*\[)[^.\]]+/g)
    for (const library of needed ?? ['none found'])
      t.match(library, /^(libc|libm|libdl|libpthread|librt|ld-linux[-\w]*)$/)
  })

/** Puts the executable, under a processor that is played, through the main job. */
const works = (t: Test, words: readonly [string, ...string[]]): void => {
  const root = t.testdir({ etc: { kubernetes: { manifests: { 'kube-apiserver.yaml': good } } } })
  const run = (...args: readonly string[]) => {
    const [file, ...rest] = words
    return spawnSync(file, [...rest, ...args], { encoding: 'utf8', env: { PATH: process.env['PATH'] } })
  }
  const { version } = JSON.parse(readFileSync(join(TOP, 'package.json'), 'utf8')) as { version: string } // as: our own file
  t.match(run('--version'), { status: 0, stdout: `${version}\n` })
  t.match(run('plan', '--exit-code', '--root', root), { status: 1, stdout: /\+ {4}- --audit-policy-file=/ })
  t.match(run('apply', '--yes', '--root', root), { status: 0 })
  t.match(readFileSync(join(root, MANIFEST), 'utf8'), AUDITED)
  t.match(run('remove', '--yes', '--root', root), { status: 0 })
  t.equal(readFileSync(join(root, MANIFEST), 'utf8'), good)
}

const QEMU = 'qemu-x86_64-static'
t.test('a processor of 2008, without AVX', { skip: lacking(QEMU) || noBinary('x64') }, async t =>
  works(t, [QEMU, '-cpu', 'Nehalem', binary('x64')])
)

const QEMU_ARM = 'qemu-aarch64-static'
t.test('arm64', { skip: lacking('root', QEMU_ARM, 'debootstrap') || noBinary('arm64') }, async t =>
  works(t, [QEMU_ARM, '-cpu', 'cortex-a53', '-L', arm64Libraries(), binary('arm64')])
)
