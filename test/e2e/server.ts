import { chownSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { belongsToRoot } from '../../src/host/belongs-to-root.ts'
import { readProcess } from '../../src/host/processes.ts'
import { withFlags, withMount } from './fake-edit.ts'
import { ask } from './fake-node.ts'
import { runBehind, setUpReal, type RealNode } from './fake-real.ts'
import { noRealServer } from './fake-real-server.ts'
import { auditFlags, findingsOf, isAlive, isTidy, MANIFEST, modeOf, read, type Run } from './fake-run.ts'
import { eventsOf, listenForEvents, LOG_PATH, POLICY, POLICY_PATH, put, until, withPolicy } from './fake-setup.ts'

t.jobs = 3
process.umask(0o022)
t.setTimeout(600_000)

const skip = await noRealServer()
const DONE = { kind: 'ApplyResult', changed: true, restarted: true, healthy: true, proven: true, rolledBack: false }
const BACK = { code: 4, json: { code: 'ROLLED_BACK', changed: false, rolledBack: true } }
const only = (url: string): string =>
  `apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n  nonResourceURLs: [${url}]\n`

const saw = ({ err }: Run, { kubelet }: RealNode) => ({ err, log: kubelet.podLog(), kubelet: kubelet.kubeletLog() })
const uris = ({ node }: RealNode): string[] => eventsOf(node).map(event => String(event['requestURI']))

const LOG_MOUNT = `mkdir -p "$ROOT${dirname(LOG_PATH)}" && mount -t tmpfs`

t.test('a full disk', { skip }, async t => {
  const directory = `"$ROOT${dirname(LOG_PATH)}"`
  const fill = `{ head -c 70000 /dev/zero >${directory}/other || true; } 2>/dev/null`
  const real = await setUpReal(t, { mounts: `${LOG_MOUNT} -o size=64k log ${directory} && ${fill}` })
  const failed = await real.run('apply', '--log-maxsize=0')
  t.match(failed, BACK, saw(failed, real))
  t.match(
    failed.json['message'],
    /no event was recorded: .*Error in audit plugin 'log' .*: no space left on device .*healthy again/
  )
  t.equal(read(real.node, MANIFEST), real.good)
  t.ok(await isAlive(real.node))
  isTidy(t, real.node)
})

t.test('a container of its own, which ends with its kubelet', { skip }, async t => {
  const context = '    securityContext:\n      readOnlyRootFilesystem: true\n'
  const real = await setUpReal(t, {
    edit: manifest => manifest.replace('    resources:\n', `${context}    resources:\n`)
  })
  const { node, kubelet } = real
  const pid = kubelet.serverPid() ?? 0
  const words = kubelet.journal().findLast(entry => entry.event === 'start')?.argv
  t.same(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1), words, 'the words of the manifest')
  const mounts = readFileSync(`/proc/${pid}/mountinfo`, 'utf8').split('\n')
  const optionsAt = (path: string): string | undefined =>
    mounts.find(line => line.split(' ')[4] === path)?.split(' ')[5]
  t.match(optionsAt('/etc/kubernetes/pki'), /^ro/, 'mounted as the manifest says')
  t.match(optionsAt('/'), /^ro/)
  t.notMatch(mounts.join('\n'), /\.machine/, 'nothing else of this machine')

  // a /proc without the kubelet, whose command line names the directory of the node
  const proc = join(node.dir, 'proc')
  mkdirSync(proc)
  for (const name of ['self', String(pid)]) symlinkSync(`/proc/${name}`, join(proc, name))
  const server = readProcess(pid, proc)
  if (server === null) throw new Error('no such process')
  t.equal(belongsToRoot(node.dir, server, proc), true, 'its mounts tell whose it is')
  t.equal(belongsToRoot(`${node.dir}/etc/kubernetes/manifests`, server, proc), false)

  process.kill(kubelet.pid, 'SIGKILL')
  await until('the end of the server', () => readProcess(pid) === null)
  t.notMatch(readFileSync('/proc/self/mountinfo', 'utf8'), node.dir, 'no mount is left')
})

t.test('on, again, another policy, and off', { skip }, async t => {
  const real = await setUpReal(t)
  const { node, kubelet, good, run } = real
  const first = await run('apply')
  t.match(first, { code: 0, json: DONE }, saw(first, real))
  t.equal(kubelet.restarts(), 2, 'one restart')
  t.match(eventsOf(node)[0], {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    auditID: /^[0-9a-f-]{36}$/,
    stage: String
  })
  t.equal(modeOf(node, LOG_PATH), 0o600)
  isTidy(t, node)
  t.match(await run('apply'), { code: 0, json: { changed: false, changes: [], backup: null } }, 'again: nothing to do')
  t.equal(kubelet.restarts(), 2)

  const policy = join(node.dir, 'given.yaml')
  writeFileSync(policy, only('/version'))
  const other = await run('apply', '--policy', policy)
  t.match(other, { code: 0, json: DONE }, saw(other, real))
  t.equal(kubelet.restarts(), 3)
  const before = uris(real).length
  await ask(node.port, '/healthz?unwanted')
  await ask(node.port, '/version?wanted')
  await until('an event by the new policy', () => uris(real).includes('/version?wanted'))
  t.same([...new Set(uris(real).slice(before))], ['/version?wanted'], 'and none by the old one')

  const removed = await run('remove', '--purge')
  t.match(removed, { code: 0, json: { changed: true, restarted: true, healthy: true } }, saw(removed, real))
  t.equal(read(node, MANIFEST), good, 'the manifest as kubeadm wrote it')
  t.same(auditFlags(kubelet), [])
  isTidy(t, node)
})

t.test('a change that the server does not take is rolled back', { skip }, async t => {
  const real = await setUpReal(t)
  const { node, kubelet, good, run } = real
  const isBack = async (t: Test, failed: Run, message: RegExp): Promise<void> => {
    t.match(failed, BACK, saw(failed, real))
    t.match(failed.json['message'], message)
    t.match(failed.json['message'], /kube-apiserver is healthy again/)
    t.equal(read(node, MANIFEST), good)
    t.ok(await isAlive(node))
    isTidy(t, node)
  }

  await t.test('a flag that its release no longer has', async t => {
    const failed = await run('apply', '--kubernetes-version=1.18', '--set', 'audit-dynamic-configuration=true')
    await isBack(t, failed, /ended: Error: unknown flag: --audit-dynamic-configuration/)
    t.equal(read(node, POLICY_PATH), null)
  })

  await t.test('a policy that somebody spoils behind our back', async t => {
    const spoil = (): void => put(node, POLICY_PATH, POLICY.replace('Metadata', 'Everything'))
    const failed = await runBehind(real, spoil, 'apply')
    await isBack(t, failed, /"command failed" err="loading audit policy file: .*Unsupported value: \\"Everything\\"/)
    t.match(failed.json['message'], `${POLICY_PATH} was changed by someone else`)
  })

  await t.test('a directory in the place of the log', async t => {
    put(node, POLICY_PATH, POLICY)
    const failed = await runBehind(real, () => mkdirSync(join(node.dir, LOG_PATH), { recursive: true }), 'apply')
    await isBack(t, failed, /ensureLogFile: open \S+audit\.log: is a directory/)
  })

  t.ok(kubelet.restarts() >= 7)
})

t.test('a log that cannot be opened', { skip }, async t => {
  const real = await setUpReal(t, { mounts: `${LOG_MOUNT} -o ro log "$ROOT${dirname(LOG_PATH)}"` })
  const failed = await real.run('apply')
  t.match(failed, BACK, saw(failed, real))
  t.match(failed.json['message'], /ensureLogFile: open \S+audit\.log: read-only file system.*healthy again/)
  t.equal(read(real.node, MANIFEST), real.good)
  t.ok(await isAlive(real.node))
  isTidy(t, real.node)
})

/** Makes the log grow, by some 100 KiB. */
const grow = async ({ node }: RealNode): Promise<unknown> =>
  Promise.all(Array.from({ length: 20 }, () => ask(node.port, `/version?${'x'.repeat(4000)}`)))

const logFiles = ({ node }: RealNode): string[] => readdirSync(join(node.dir, dirname(LOG_PATH))).sort()
const holdsEvents = ({ node }: RealNode, name: string): boolean =>
  eventsOf(node, join(dirname(LOG_PATH), name)).length > 0
const ROTATED = /^audit-\d{4}-\d\d-\d\dT[\d-]+\.\d+\.log$/

t.test('a log that rotates, and one that is mounted as a file and cannot', { skip }, async t => {
  const asFile = (manifest: string): string =>
    withMount(withFlags(withPolicy(manifest), `--audit-log-path=${LOG_PATH}`, '--audit-log-maxsize=1'), {
      name: 'audit-log',
      path: LOG_PATH,
      type: 'FileOrCreate'
    })
  const real = await setUpReal(t, {
    edit: (manifest, node) => {
      put(node, POLICY_PATH, POLICY)
      put(node, LOG_PATH, '')
      return asFile(manifest)
    }
  })
  const { node, kubelet, run } = real
  const growing = (holds: () => boolean) => () => grow(real).then(holds)
  await until(
    'the complaint',
    growing(() => /device or resource busy/.test(kubelet.podLog()))
  )
  t.same(logFiles(real), ['audit.log'], 'no rotated file')
  t.ok(statSync(join(node.dir, LOG_PATH)).size <= 1024 * 1024, 'and it grows no more')

  const done = await run('apply', '--log-maxsize=1', '--log-maxbackup=2')
  t.match(done, { code: 0, json: DONE }, saw(done, real))
  await until(
    'a rotated file',
    growing(() => logFiles(real).some(name => ROTATED.test(name)))
  )
  await until('events in every file', () => logFiles(real).every(name => holdsEvents(real, name)))
  isTidy(t, node)
})

t.test('webhook', { skip }, async t => {
  const real = await setUpReal(t)
  const { node, kubelet, run } = real
  const { origin, bodies } = await listenForEvents(t)
  const url = `${origin}/k8s-audit`
  const soon = ['--set', 'audit-webhook-batch-max-wait=300ms', '--policy', 'template:metadata-all']
  const done = await run('apply', '--webhook-url', url, ...soon)
  t.match(done, { code: 0, json: DONE }, saw(done, real))
  await ask(node.port, '/version?marked')
  await until('a batch', () => bodies.join('').includes('/version?marked'))
  const batch = bodies.find(body => body.includes('/version?marked'))
  t.match(JSON.parse(batch ?? '{}'), { kind: 'EventList', apiVersion: 'audit.k8s.io/v1', items: [{ auditID: String }] })

  const alone = await run('apply', '--log-path', 'none', '--webhook-url', url)
  t.match(alone, { code: 0, json: { ...DONE, proven: null } }, saw(alone, real))
  t.match(findingsOf(alone).at(-1), { code: 'not-proven' })
  await ask(node.port, '/version?alone')
  await until('its event', () => bodies.join('').includes('/version?alone'))
  t.notOk(uris(real).includes('/version?alone'), 'in no log')
  t.equal(kubelet.restarts(), 3)
  isTidy(t, node)
})

t.test('a server that is not root', { skip }, async t => {
  const [user, group] = [65534, 65533]
  const real = await setUpReal(t, {
    edit: (manifest, node) => {
      const keys = readdirSync(join(node.dir, 'etc/kubernetes/pki'), { recursive: true, encoding: 'utf8' })
      for (const name of keys) chownSync(join(node.dir, 'etc/kubernetes/pki', name), user, group)
      return manifest.replace(
        '  securityContext:\n',
        `  securityContext:\n    runAsUser: ${user}\n    runAsGroup: ${group}\n`
      )
    }
  })
  const { node, kubelet, run } = real
  const status = readFileSync(`/proc/${kubelet.serverPid() ?? 0}/status`, 'utf8')
  t.match(status, new RegExp(`Uid:\\t${user}\\t${user}.*\\nGid:\\t${group}\\t`))
  const done = await run('apply')
  t.match(done, { code: 0, json: DONE }, saw(done, real))
  const { uid, gid, mode } = statSync(join(node.dir, LOG_PATH))
  t.same([uid, gid, mode & 0o777], [user, group, 0o600])
  t.equal(kubelet.restarts(), 2)
  isTidy(t, node)
})
