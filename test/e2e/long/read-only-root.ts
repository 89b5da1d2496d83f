import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { perform } from '../fake-clean-root.ts'
import { freePort } from '../fake-client.ts'
import { containerIn } from '../fake-container-pod.ts'
import { noContainer, runInRoot, type Outcome } from '../fake-container-root.ts'
import { makeDebianTree } from '../fake-debian-tree.ts'
import * as images from '../fake-images.ts'
import { PROGRAM } from '../fake-run.ts'

// Whether a patched pod works, tried with the programs themselves: in the mounts that a runtime makes, without one

const directory = mkdtempSync(join(tmpdir(), 'auditpatch-images-'))
t.teardown(() => rmSync(directory, { recursive: true, force: true }))
const debian = join(directory, 'debian')
t.before(() => {
  if (noContainer === false) makeDebianTree(debian, images.PACKAGES)
})

/** Runs an image as a pod's manifest says. */
const runPod = (manifest: string, image: images.Image, layer: string, trace?: string): Promise<Outcome> => {
  const { command, env, uid = 0, ...container } = containerIn(manifest)
  return runInRoot({
    ...container,
    layers: [debian, layer],
    command: command.length > 0 ? command : image.command,
    env: { ...image.env, ...env },
    uid,
    ready: image.answers,
    ...(trace === undefined ? {} : { trace })
  })
}

const block = (key: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`${key}:`, ...lines.map(line => `  ${line}`)]

/** A pod's manifest with fields of its securityContext, variables, and emptyDirs on paths. */
const podOf = (
  image: images.Image,
  context: readonly string[] = [],
  writable: readonly string[] = [],
  env: readonly string[] = []
): string => {
  const container = [
    `image: ${image.image}`,
    ...block('env', env),
    ...block('securityContext', context),
    ...block(
      'volumeMounts',
      writable.flatMap((path, at) => [`- name: writable-${at}`, `  mountPath: ${path}`])
    )
  ]
  const spec = [
    ...block('containers', ['- name: program', ...container.map(line => `  ${line}`)]),
    ...block(
      'volumes',
      writable.flatMap((_, at) => [`- name: writable-${at}`, '  emptyDir: {}'])
    )
  ]
  return ['apiVersion: v1', 'kind: Pod', 'metadata:', '  name: program', ...block('spec', spec), ''].join('\n')
}

const sorted = (lines: readonly string[]): string[] => lines.filter(line => line !== '').toSorted()

const READ_ONLY = 'readOnlyRootFilesystem: true'
const WITHOUT_RIGHTS = ['allowPrivilegeEscalation: false', 'capabilities: {drop: [ALL]}'] as const
const AS_A_USER = ['runAsUser: 101', 'runAsNonRoot: true', ...WITHOUT_RIGHTS] as const

const PLACES = '/ /etc /tmp /usr /var/tmp /run /var/run/a /srv /srv/b /sys/kernel /dev /dev/shm'
const PROBE = `ls -A /var/run/a /srv/b
for at in ${PLACES}; do (echo >$at/file) 2>/dev/null && stat -c '%n %a' $at; done
(echo 60 >/proc/sys/vm/swappiness) 2>/dev/null && echo /proc/sys
(echo 500 >/proc/self/oom_score_adj) && echo /proc
while read key value; do case $key in Uid:|Gid:|CapBnd:|NoNewPrivs:) echo $key $value;; esac; done </proc/self/status`

t.test('the mounts, /dev and /proc can be written, and nothing else', { skip: noContainer }, async t => {
  const image = { image: 'probe', command: ['sh', '-c', PROBE], files: {}, answers: async () => false, failure: /^/ }
  const layer = images.writeLayer(join(directory, 'probe'), image)
  const found = async (...context: string[]) =>
    (await runPod(podOf(image, context, ['/var/run/a', '/srv/b']), image, layer)).output.trimEnd().split('\n')

  const empty = ['/srv/b:', '/var/run/a:']
  const writable = ['/var/run/a 777', '/srv/b 777', '/dev/shm 1777', '/proc']
  // the rights that a runtime leaves to root: chown, dac_override, fowner, fsetid, kill, setgid, setuid, setpcap,
  // net_bind_service, net_raw, sys_chroot, mknod, audit_write, setfcap
  const asRoot = ['Uid: 0 0 0 0', 'Gid: 0 0 0 0', 'CapBnd: 00000000a80425fb', 'NoNewPrivs: 0']
  const asUser = ['Uid: 101 101 101 101', 'Gid: 101 101 101 101', 'CapBnd: 0000000000000000', 'NoNewPrivs: 1']
  t.same(sorted(await found(READ_ONLY)), sorted([...empty, ...writable, '/dev 755', ...asRoot]))
  t.same(sorted(await found(READ_ONLY, ...AS_A_USER)), sorted([...empty, ...writable, ...asUser]))
  const open = ['/ 755', '/etc 755', '/tmp 1777', '/usr 755', '/var/tmp 1777', '/run 755', '/srv 755', '/dev 755']
  t.same(sorted(await found()), sorted([...empty, ...writable, ...open, ...asRoot]))
})

/** A manifest as `immutable patch --write` leaves it. */
const patch = (t: Test, manifest: string, ...options: readonly string[]): string => {
  const file = join(t.testdir({ 'pod.yaml': manifest }), 'pod.yaml')
  const [program = '', ...words] = PROGRAM
  perform(program, ...words, 'immutable', 'patch', file, '--write', ...options)
  return readFileSync(file, 'utf8')
}

// a program's own image, of which nothing is known
const UNKNOWN = 'registry.example/shop/program:1.0.3'

const ROWS = [
  { name: 'nginx', make: images.nginx, isKnown: true, isTraceable: true, writable: ['/var/cache/nginx', '/var/run'] },
  {
    name: 'nginx of Debian',
    make: images.debianNginx,
    isKnown: false,
    isTraceable: true,
    writable: ['/run', '/var/lib/nginx', '/var/log/nginx']
  },
  { name: 'redis', make: images.redis, isKnown: true, isTraceable: true, writable: ['/data'] },
  // an empty directory below /usr may hide programs, unless somebody says that it does not
  { name: 'httpd', make: images.httpd, isKnown: true, isTraceable: false, writable: ['/usr/local/apache2/logs'] },
  { name: 'gunicorn', make: images.gunicorn, isKnown: false, isTraceable: true, writable: ['/tmp'] }
] as const

for (const { name, make, isKnown, isTraceable, writable } of ROWS)
  t.test(name, { skip: noContainer }, async t => {
    const image = make(await freePort())
    const layer = images.writeLayer(join(directory, name.replaceAll(' ', '-')), image)
    const trace = join(directory, 'trace')
    const pod = podOf(image)
    const unknown = podOf({ ...image, image: UNKNOWN })

    const open = await runPod(pod, image, layer, trace)
    t.ok(open.started, `a root that can be written: ${open.output}`)
    const closed = await runPod(podOf(image, [READ_ONLY]), image, layer)
    t.match(closed, { started: false, output: image.failure }, 'a read-only root')

    const traced = patch(t, unknown, '--from-strace', trace)
    const patches = [
      ...(isKnown ? [patch(t, pod), patch(t, pod, '--run-as-user', '101')] : []),
      ...(isTraceable ? [traced, patch(t, unknown, '--from-strace', trace, '--run-as-user', '101')] : []),
      patch(t, unknown, ...writable.flatMap(path => ['--writable', path]))
    ]
    for (const manifest of patches) {
      const { isReadOnly, writable: mounted } = containerIn(manifest)
      t.same({ isReadOnly, writable: mounted.toSorted() }, { isReadOnly: true, writable }, manifest)
      const patched = await runPod(manifest, image, layer)
      t.ok(patched.started, `with the mounts: ${patched.output}`)
    }
    if (!isTraceable) t.match(containerIn(traced), { isReadOnly: false, writable: [] }, 'left as it was')
    for (const path of writable) {
      const others = writable.filter(each => each !== path)
      const lacking = await runPod(podOf(image, [READ_ONLY], others), image, layer)
      t.notOk(lacking.started, `${path} is needed`)
    }
  })

t.test('a pod that is read-only already, patched by what failed until it works', { skip: noContainer }, async t => {
  const image = images.debianNginx(await freePort())
  const layer = images.writeLayer(join(directory, 'failing'), image)
  const trace = join(directory, 'trace')
  const pods = [podOf({ ...image, image: UNKNOWN }, [READ_ONLY])]
  for (const pod of pods) {
    const { started } = await runPod(pod, image, layer, trace)
    if (!started && pods.length < 10) pods.push(patch(t, pod, '--from-strace', trace))
  }
  t.ok(pods.length > 1, 'it failed at first')
  const [last = ''] = pods.slice(-1)
  const done = await runPod(last, image, layer)
  t.ok(done.started, done.output)
})

// it goes on where it cannot write them: https://docs.python.org/3/using/cmdline.html#envvar-PYTHONDONTWRITEBYTECODE
t.test('what Python compiles lies beside its programs, which are not hidden', { skip: noContainer }, async t => {
  const image = { ...images.gunicorn(await freePort()), env: {} }
  const layer = images.writeLayer(join(directory, 'compiled'), image)
  const trace = join(directory, 'trace')
  await runPod(podOf(image), image, layer, trace)
  t.match(readFileSync(trace, 'utf8'), /openat\(.*"\/srv\/__pycache__\/api\.\S+\.pyc\.\d+", O_WRONLY/)
  const manifest = patch(t, podOf(image), '--from-strace', trace)
  const patched = await runPod(manifest, image, layer)
  t.ok(patched.started, `${manifest}${patched.output}`)
})

for (const make of [images.memcached, images.haproxy])
  t.test(`${make.name} needs no mount`, { skip: noContainer }, async t => {
    const image = make(await freePort())
    const layer = images.writeLayer(join(directory, make.name), image)
    const manifest = patch(t, podOf(image))
    t.match(containerIn(manifest), { isReadOnly: true, writable: [], capabilities: [] }, manifest)
    const patched = await runPod(manifest, image, layer)
    t.ok(patched.started, patched.output)
  })

// the server refuses a data directory that it does not own, and the root of a volume is root's
t.test('postgres', { skip: noContainer }, async t => {
  const image = images.postgres(await freePort())
  const layer = images.writeLayer(join(directory, 'postgres'), image)
  const writable = ['/var/lib/postgresql/data', '/var/run/postgresql', '/tmp']

  const open = await runPod(podOf(image), image, layer)
  t.ok(open.started, `a root that can be written: ${open.output}`)
  const closed = await runPod(podOf(image, [READ_ONLY]), image, layer)
  t.match(closed, { started: false, output: image.failure }, 'a read-only root')
  const asRoot = patch(t, podOf(image))
  t.same(containerIn(asRoot).writable, writable)
  const owned = await runPod(asRoot, image, layer)
  t.ok(owned.started, `root gives it the directory: ${owned.output}`)

  const asUser = [READ_ONLY, 'runAsUser: 999', ...WITHOUT_RIGHTS]
  const own = await runPod(podOf(image, asUser, writable), image, layer)
  const output = /could not change permissions of directory "\/var\/lib\/postgresql\/data": Operation not permitted/
  t.match(own, { started: false, output }, 'its own user cannot')
  const env = ['- name: PGDATA', '  value: /var/lib/postgresql/data/pgdata']
  const below = await runPod(patch(t, podOf(image, [], [], env), '--run-as-user', '999'), image, layer)
  t.ok(below.started, `a directory of its own in the volume: ${below.output}`)
})

t.test('nginx as root needs its rights, to run its workers as another user', { skip: noContainer }, async t => {
  const image = images.nginx(await freePort())
  const layer = images.writeLayer(join(directory, 'workers'), image)
  const run = (...context: string[]) => runPod(podOf(image, context), image, layer)
  t.match(await run('capabilities: {drop: [ALL]}'), {
    started: false,
    output: /chown\("\/var\/cache\/nginx\/client_temp", 33\) failed \(1: Operation not permitted\)/
  })
  t.ok((await run('capabilities: {drop: [ALL], add: [CHOWN, SETUID, SETGID]}')).started)
})
