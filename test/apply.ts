import t, { type Test } from 'tap'
import { applyPlan } from '../src/apply/apply.ts'
import type { ApplyOptions } from '../src/apply/options.ts'
import type { Progress, Watcher } from '../src/apply/progress.ts'
import type { Receipt } from '../src/apply/receipt.ts'
import { recoverRun, type Recovery } from '../src/apply/recover.ts'
import { EXAMPLE_MANIFEST } from '../src/manifest/example-manifest.generated.ts'
import { EXPLANATIONS } from '../src/cli/explain.ts'
import { AuditError } from '../src/errors.ts'
import { BACKUP_DIRECTORY, listBackups } from '../src/host/backup.ts'
import { sha256 } from '../src/sha256.ts'
import type { Host, HttpAnswer } from '../src/host/host.ts'
import { JOURNAL_FILE, readJournal } from '../src/host/journal.ts'
import { acquireLock, LOCK_FILE } from '../src/host/lock.ts'
import { planEnableOn } from '../src/inspect/plan-node.ts'
import { planDisableOn, planRestoreOn } from '../src/inspect/plan-way-back.ts'
import { covers, type HostPath, hostPath, join, parentOf } from '../src/paths.ts'
import { isEmpty, type Plan } from '../src/plan/change.ts'
import type { EnableInput } from '../src/plan/enable.ts'
import { planRestore } from '../src/plan/restore.ts'
import { locatePod, type Pod } from '../src/pod/pod.ts'
import { POLICY_TEMPLATES } from '../src/policy/templates.generated.ts'
import { parseSource } from '../src/text/source.ts'
import { type FakeEntry, type FakeHost, fakeHost } from './fake-host.ts'

// it computes all the time, and the machine may be busy
t.setTimeout(600_000)

const MANIFEST = hostPath('/etc/kubernetes/manifests/kube-apiserver.yaml')
const MANIFESTS = parentOf(MANIFEST)
const POLICY = hostPath('/etc/kubernetes/audit/policy.yaml')
const WEBHOOK = hostPath('/etc/kubernetes/audit/webhook.yaml')
const LOG = hostPath('/var/log/kubernetes/audit/audit.log')
const POD_LOG = hostPath('/var/log/pods/kube-system_kube-apiserver-node1_0123/kube-apiserver/0.log')
const ERRNOS = ['ENOSPC', 'EIO', 'EROFS', 'EACCES', 'EDQUOT'] as const

const OPTIONS: ApplyOptions = {
  version: '0.1.0',
  backupDirectory: BACKUP_DIRECTORY,
  backupKeep: 10,
  wait: undefined,
  waitTimeout: 60_000,
  waitStable: 3000,
  rollback: true,
  restartKubelet: false
}

const KUBECONFIG = (token: string): string =>
  `apiVersion: v1
kind: Config
clusters:
- name: falco
  cluster: { server: "http://127.0.0.1:9765/k8s-audit" }
users:
- name: us
  user: { token: ${token} }
contexts:
- name: it
  context: { cluster: falco, user: us }
current-context: it
`

const METADATA = { name: 'metadata.yaml', text: POLICY_TEMPLATES['metadata-all'].text }
const BASELINE = { name: 'template:baseline', text: POLICY_TEMPLATES.baseline.text }

const enabling = (more: Partial<EnableInput> = {}): EnableInput => ({
  settings: { installWebhook: more.webhook !== undefined, flags: new Map() },
  version: undefined,
  policy: METADATA,
  fallbackPolicy: BASELINE,
  webhook: undefined,
  ...more
})

const BASE: Readonly<Record<string, FakeEntry>> = {
  [MANIFEST]: { bytes: EXAMPLE_MANIFEST, mode: 0o600 },
  [`${MANIFESTS}/etcd.yaml`]: {
    bytes: 'apiVersion: v1\nkind: Pod\nmetadata: {name: etcd, namespace: kube-system}\n',
    mode: 0o600
  },
  [`${MANIFESTS}/.kubelet-keep`]: {},
  '/var/lib/kubelet/config.yaml': { bytes: `staticPodPath: ${MANIFESTS}\nfileCheckFrequency: 20s\n` },
  [POD_LOG]: { bytes: '2026-11-22T01:00:00Z stderr F I1122 01:00:00.000000 1 server.go:1] started\n' }
}

const parsed = new Map<string, Pod | undefined>()

const podOf = (text: string | null): Pod | undefined => {
  if (text === null) return undefined
  if (!parsed.has(text)) parsed.set(text, parse(text))
  return parsed.get(text)
}

const parse = (text: string): Pod | undefined => {
  try {
    return locatePod(parseSource(text, MANIFEST, 'kubernetes'))
  } catch {
    return undefined
  }
}

// What kube-apiserver reads at its start: when one of them is not there it ends at once.
const readAtStart = (pod: Pod): string[] =>
  pod.command.flags
    .filter(flag => ['audit-policy-file', 'audit-webhook-config-file'].includes(flag.name))
    .flatMap(flag => flag.value ?? [])

const append = (fake: FakeHost, path: string, line: string): void =>
  fake.put(path, { bytes: `${fake.text(path) ?? ''}${line}\n`, mode: 0o600 })

interface Behaviour {
  /** Health by the age of a server; `isNew` is one whose manifest is not the first one. */
  readonly health?: (age: number, isNew: boolean) => number
  /** After how long the n-th new server (1 is the first) ends by itself. */
  readonly life?: (n: number, isNew: boolean) => number | undefined
  readonly lastWords?: string
  /** What the old server writes to its own log when it is told to end. */
  readonly farewell?: string
  /** How long the old server takes to end. */
  readonly grace?: number
  readonly isMute?: boolean
  /** What a mute server writes to its container's log. */
  readonly complaint?: string
  readonly probeStatus?: number
  /** How long after the change the kubelet looks. */
  readonly period?: number
}

const usualHealth = (age: number): number => (age < 1000 ? 0 : age < 1500 ? 403 : age < 2000 ? 500 : 200)

/** As much of a kubelet as a run can notice: it sees the manifest change, ends the old server and starts the new one. */
const kubeletOn = (fake: FakeHost, behaviour: Behaviour = {}) => {
  const first = fake.text(MANIFEST)
  let seen = first
  let server: { pid: number; since: number; pod: Pod; isNew: boolean; logs: string } | undefined
  let started = 0
  const time = (): number => fake.host.monotonic()
  const start = (): void => {
    const pod = podOf(seen)
    if (server || !pod) return
    const isNew = seen !== first
    if (isNew) started += 1
    const argv = pod.command.words.map(word => word.text)
    // a static pod is known by a hash of its manifest
    const uid = isNew ? sha256(Buffer.from(seen ?? '')) : '0123'
    const logs = `/var/log/pods/kube-system_kube-apiserver-node1_${uid}/kube-apiserver`
    if (isNew) fake.put(`${logs}/`, {})
    const own = { pid: fake.start({ argv }).pid, since: time(), pod, isNew, logs }
    server = own
    const isBroken = readAtStart(pod).some(path => fake.text(path) === null)
    const life = isBroken ? 500 : behaviour.life?.(started, isNew)
    if (life !== undefined) fake.at(life, () => end(own.pid))
  }
  const end = (pid: number): void => {
    if (server?.pid !== pid) return
    const { logs } = server
    fake.end(pid)
    server = undefined
    if (behaviour.lastWords !== undefined) append(fake, `${logs}/1.log`, behaviour.lastWords)
    fake.at(2000, start)
  }
  const look = (): void => {
    const now = fake.text(MANIFEST)
    if (now !== seen) {
      seen = now
      const old = server
      fake.at(behaviour.grace ?? 1000, () => {
        if (old && server === old) {
          if (behaviour.farewell !== undefined) append(fake, POD_LOG, behaviour.farewell)
          fake.end(old.pid)
          server = undefined
        }
        fake.at(500, start)
      })
    }
    fake.at(behaviour.period ?? 1000, look)
  }
  const statusOf = (): number => {
    if (!server) return 0
    const age = time() - server.since
    return behaviour.health?.(age, server.isNew) ?? usualHealth(age)
  }
  fake.answerWith((request): HttpAnswer => {
    const status = statusOf()
    if (status === 0 || !server) return { status: 0, body: '', error: 'ECONNREFUSED' }
    if (/\/(readyz|livez)$/.test(request.url)) return { status, body: '' }
    const log = server.pod.command.flags.find(flag => flag.name === 'audit-log-path')?.value
    if (log && behaviour.isMute !== true)
      fake.at(100, () => append(fake, log, `{"kind":"Event","auditID":"1","requestURI":"${request.url}"}`))
    if (server.isNew && behaviour.complaint !== undefined) append(fake, `${server.logs}/0.log`, behaviour.complaint)
    return { status: behaviour.probeStatus ?? 403, body: '' }
  })
  const boot = (): void => {
    fake.start({ argv: ['/usr/bin/kubelet', '--config=/var/lib/kubelet/config.yaml'] })
    server = undefined
    seen = fake.text(MANIFEST)
    start()
  }
  boot()
  look()
  fake.advance(5000)
  return { boot, isHealthy: (): boolean => statusOf() === 200, pid: (): number | undefined => server?.pid }
}

const quiet: Watcher = { report: () => undefined, interrupts: () => 0 }

interface Ran {
  readonly receipt?: Receipt
  readonly error?: unknown
}

const ran = async (run: () => Promise<Receipt>): Promise<Ran> => {
  try {
    return { receipt: await run() }
  } catch (error) {
    return { error }
  }
}

// Everything on a disk as entries for another fake host.
const dump = (fake: FakeHost, path = hostPath('/')): Record<string, FakeEntry> => {
  const stat = fake.host.lstat(path)
  if (!stat) return {}
  const own = { mode: stat.mode, uid: stat.uid, gid: stat.gid }
  if (stat.kind === 'file') return { [path]: { bytes: fake.host.readFrom(path, 0, 1e9), ...own } }
  const inner = (fake.host.list(path) ?? []).map(name => dump(fake, join(path, name)))
  return Object.assign({ [`${path}/`]: { kind: 'directory', ...own } satisfies FakeEntry }, ...inner) as Record<
    string,
    FakeEntry
  > // Object.assign of a spread is any
}

/** The disk without what a run may leave there: its state, its log, the server's logs. */
const treeOf = (fake: FakeHost, isLogKept = true): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fake.snapshot()).filter(
      ([path]) =>
        !covers('/var/lib/auditpatch', path) &&
        !covers('/var/log/pods', path) &&
        path !== '/var/log/auditpatch.log' &&
        (isLogKept || (!covers('/var/log/kubernetes', path) && path !== '/var/log'))
    )
  )

/** The long run takes every step of a run, npm test every second one. */
const STRIDE = process.env.AUDITPATCH_LONG ? 1 : 2

interface Scenario {
  readonly name: string
  readonly disk: Readonly<Record<string, FakeEntry>>
  readonly plan: Plan
  /** The plan as it would be made on a disk as it is then. */
  readonly again: (host: Host) => Plan
  readonly options: ApplyOptions
}

const settle = async (fake: FakeHost, plan: Plan): Promise<void> => {
  const receipt = await applyPlan(fake.host, plan, OPTIONS, quiet)
  if (receipt.failure) throw new Error(receipt.failure.message)
  fake.advance(1000)
}

const scenarios = async (): Promise<Scenario[]> => {
  const made: Scenario[] = []
  const add = (name: string, fake: FakeHost, again: Scenario['again'], options: ApplyOptions = OPTIONS): void => {
    const plan = again(fake.host)
    if (isEmpty(plan)) throw new Error(`${name} does nothing`)
    made.push({ name, disk: dump(fake), plan, again, options })
  }
  const fresh = fakeHost(BASE)
  kubeletOn(fresh)
  const enable = (host: Host): Plan => planEnableOn(host, MANIFEST, enabling())
  add('apply on a fresh node', fresh, enable)
  add('apply --no-wait', fresh, enable, { ...OPTIONS, wait: false })
  await settle(fresh, enable(fresh.host))
  await settle(fresh, planEnableOn(fresh.host, MANIFEST, enabling({ webhook: { name: 'w', text: KUBECONFIG('old') } })))
  add('remove --purge', fresh, host => planDisableOn(host, MANIFEST, true, BACKUP_DIRECTORY))
  add('restore', fresh, host =>
    planRestoreOn(host, BACKUP_DIRECTORY, listBackups(host, BACKUP_DIRECTORY).sets.at(-1)?.id)
  )

  const other = fakeHost({
    ...BASE,
    [MANIFEST]: {
      bytes: EXAMPLE_MANIFEST.replace(
        '    seccompProfile:',
        '    runAsGroup: 1001\n    runAsUser: 1001\n    seccompProfile:'
      ),
      mode: 0o600
    },
    [POLICY]: { bytes: BASELINE.text, mode: 0o600, uid: 1001, gid: 1001 },
    [WEBHOOK]: { bytes: KUBECONFIG('old'), mode: 0o600, uid: 1001, gid: 1001 },
    '/var/log/kubernetes/audit/': { kind: 'directory', mode: 0o700 },
    [LOG]: { bytes: '{"auditID":"0"}\n', mode: 0o600 }
  })
  kubeletOn(other)
  add('apply over other files, as a user that is not root', other, host =>
    planEnableOn(host, MANIFEST, enabling({ webhook: { name: 'w', text: KUBECONFIG('new') } }))
  )
  return made
}

const all = await scenarios()

const exitOf = (error: unknown): string =>
  error instanceof AuditError ? EXPLANATIONS[error.code].exit : `not an AuditError: ${String(error)}`

const newNode = (scenario: Scenario, behaviour: Behaviour = {}) => {
  const fake = fakeHost(scenario.disk)
  const kubelet = kubeletOn(fake, behaviour)
  return { fake, kubelet, before: treeOf(fake) }
}

const changedFiles = (plan: Plan): { path: HostPath; before: string | null; after: string | null }[] =>
  plan.files.map(({ path, before, after }) => ({
    path,
    before: before && Buffer.from(before.bytes).toString(),
    after: after && Buffer.from(after.bytes).toString()
  }))

const isAllNew = (fake: FakeHost, plan: Plan): boolean =>
  changedFiles(plan).every(({ path, after }) => fake.text(path) === after)
const isAllOld = (fake: FakeHost, plan: Plan): boolean =>
  changedFiles(plan).every(({ path, before }) => fake.text(path) === before)

/** What must hold at every moment: whole files, a manifest whose files are there, nothing new for the kubelet to read. */
const faultsNow = (fake: FakeHost, plan: Plan, names: readonly string[]): string[] => {
  const torn = changedFiles(plan)
    .filter(({ path, before, after }) => ![before, after].includes(fake.text(path)))
    .map(({ path }) => `${path} is neither old nor new`)
  const stray = (fake.host.list(MANIFESTS) ?? [])
    .filter(name => !name.startsWith('.') && !names.includes(name))
    .map(name => `the kubelet would read ${name}`)
  const pod = podOf(fake.text(MANIFEST))
  const missing = (pod ? readAtStart(pod) : [])
    .filter(path => fake.text(path) === null)
    .map(path => `the manifest names ${path}, which is not there`)
  return [...torn, ...stray, ...missing]
}

const checked =
  <A extends unknown[], R>(run: (...args: A) => R, check: () => void) =>
  (...args: A): R => {
    const result = run(...args)
    check()
    return result
  }

// A host that looks at the disk after each of its own writes.
const watched = (host: Host, check: () => void): Host => ({
  ...host,
  writeAtomic: checked(host.writeAtomic, check),
  makeDirectory: checked(host.makeDirectory, check),
  setOwnership: checked(host.setOwnership, check),
  rename: checked(host.rename, check),
  link: checked(host.link, check),
  removeFile: checked(host.removeFile, check),
  removeDirectory: checked(host.removeDirectory, check),
  appendLine: checked(host.appendLine, check)
})

const same = (t: Test, found: Record<string, string>, wanted: Record<string, string>, name: string): void => {
  const paths = [...new Set([...Object.keys(found), ...Object.keys(wanted)])]
  const differing = paths.filter(path => found[path] !== wanted[path])
  if (differing.length > 0)
    t.same(
      differing.map(path => [path, found[path]?.slice(0, 60)]),
      differing.map(path => [path, wanted[path]?.slice(0, 60)]),
      name
    )
}

const judgeFault = (
  t: Test,
  scenario: Scenario,
  node: ReturnType<typeof newNode>,
  result: Ran,
  name: string,
  isDone: boolean
): void => {
  const { fake, before } = node
  const { receipt, error } = result
  if (!receipt) {
    if (exitOf(error) !== 'refused') t.equal(exitOf(error), 'refused', name)
    const message = error instanceof Error ? error.message : ''
    if (!/\/\S+: (ENOSPC|EIO|EROFS|EACCES|EDQUOT)\b/.test(message)) t.fail(`${name}: no path and errno in "${message}"`)
    same(t, treeOf(fake), before, `${name}: everything is as before`)
  } else if (receipt.failure) {
    if (receipt.failure.code !== 'ROLLED_BACK' || !receipt.rolledBack || receipt.changed)
      t.same(receipt, { failure: { code: 'ROLLED_BACK' } }, name)
    if (!/\/\S+: (ENOSPC|EIO|EROFS|EACCES|EDQUOT)\b/.test(receipt.failure.message))
      t.fail(`${name}: no path and errno in "${receipt.failure.message}"`)
    same(
      t,
      treeOf(fake, false),
      Object.fromEntries(Object.entries(before).filter(([path]) => !covers('/var/log', path))),
      name
    )
    if (scenario.options.wait !== false && !node.kubelet.isHealthy()) t.fail(`${name}: the server is not back`)
  } else {
    const fine =
      receipt.changed && isAllNew(fake, scenario.plan) && (scenario.options.wait === false || receipt.healthy === true)
    if (!fine) t.same(receipt, 'changed and whole', name)
    if (scenario.plan.command === 'apply' && scenario.options.wait !== false && receipt.proven !== true)
      t.fail(`${name}: not proven`)
    if (receipt.findings.some(finding => finding.severity === 'error')) t.same(receipt.findings, [], name)
    if (!isDone && !receipt.findings.some(finding => /E[A-Z]+/.test(finding.message)))
      t.fail(`${name}: the failure is not told`)
  }
}

t.test('a write that fails', async t => {
  let points = 0
  for (const scenario of all) {
    let steps = 0
    for (const done of [false, true]) {
      for (let n = 1; n < 100; n += STRIDE) {
        const isMain = scenario === all[0]
        const errnos = isMain ? ERRNOS : [ERRNOS[n % ERRNOS.length] ?? 'EIO']
        let reached = true
        for (const errno of errnos) {
          const node = newNode(scenario)
          node.fake.failAt(n, errno, { done })
          const result = await ran(() => applyPlan(node.fake.host, scenario.plan, scenario.options, quiet))
          reached = node.fake.steps() >= n
          if (!reached) break
          points += 1
          judgeFault(t, scenario, node, result, `${scenario.name}, ${errno} ${done ? 'after' : 'at'} step ${n}`, done)
          if (errno === errnos[0]) await judgeNextRun(t, scenario, node.fake, `${scenario.name} again after step ${n}`)
        }
        if (!reached) break
        steps = n
      }
    }
    t.comment(`${scenario.name}: ${steps} steps`)
  }
  t.comment(`${points} fault points`)
})

// Whatever a run left, the next one gets through and ends in the new state.
const judgeNextRun = async (
  t: Test,
  scenario: Scenario,
  fake: FakeHost,
  name: string
): Promise<Recovery | undefined> => {
  fake.revive()
  const recovery = await recoverRun(fake.host, scenario.options, quiet)
  if (readJournal(fake.host)) t.fail(`${name}: the journal is still there`)
  if (!isAllOld(fake, scenario.plan) && !isAllNew(fake, scenario.plan))
    t.same(
      changedFiles(scenario.plan).map(({ path }) => [path, fake.text(path)?.slice(0, 30)]),
      recovery,
      `${name}: neither old nor new`
    )
  if (isAllOld(fake, scenario.plan)) {
    const receipt = await applyPlan(fake.host, scenario.plan, scenario.options, quiet)
    if (receipt.failure || !receipt.changed) t.same(receipt, { changed: true }, name)
  }
  if (!isAllNew(fake, scenario.plan)) t.fail(`${name}: not in the new state`)
  const left = (fake.host.list(MANIFESTS) ?? []).filter(each => /auditpatch/.test(each))
  if (left.length > 0) t.same(left, [], name)
  acquireLock(fake.host, 'test').release()
  if (fake.host.lstat(LOCK_FILE) || fake.host.lstat(JOURNAL_FILE)) t.fail(`${name}: lock or journal are left`)
  const { damaged, sets } = listBackups(fake.host, BACKUP_DIRECTORY)
  if (damaged.length > 0 || sets.length === 0) t.same([damaged, sets.length], [[], 1], name)
  return recovery
}

t.test('a disk that takes nothing from some moment on', async t => {
  let points = 0
  for (const scenario of all) {
    for (let n = 1; n < 100; n += STRIDE) {
      const node = newNode(scenario)
      const last = node.fake.steps() + 200
      for (let each = n; each < last; each += 1) node.fake.failAt(each, 'EROFS')
      const { receipt, error } = await ran(() => applyPlan(node.fake.host, scenario.plan, scenario.options, quiet))
      if (node.fake.steps() < n) break
      points += 1
      const name = `${scenario.name}, read-only from step ${n}`
      const exit = receipt ? (receipt.failure ? EXPLANATIONS[receipt.failure.code].exit : 'done') : exitOf(error)
      const isNew = isAllNew(node.fake, scenario.plan)
      if (exit === 'refused') same(t, treeOf(node.fake), node.before, `${name}: refused, so as before`)
      else if (exit === 'done') t.ok(isNew, `${name}: done`)
      else if (exit !== 'notRolledBack') t.equal(exit, 'notRolledBack', name)
      node.fake.revive()
      await judgeNextRun(t, scenario, node.fake, `${name}, mended`)
    }
  }
  t.comment(`${points} points`)
})

t.test('killed', async t => {
  let points = 0
  const came = new Map<string, number>()
  for (const scenario of all) {
    for (const done of [false, true]) {
      for (const reboot of [false, true]) {
        for (let n = 1; n < 100; n += STRIDE) {
          const { fake, kubelet } = newNode(scenario)
          const names = fake.host.list(MANIFESTS) ?? []
          const name = `${scenario.name}, killed ${done ? 'after' : 'before'} step ${n}${reboot ? ', rebooted' : ''}`
          const check = (): void => {
            const faults = faultsNow(fake, scenario.plan, names)
            if (faults.length > 0) t.same(faults, [], name)
          }
          fake.killAt(n, { done })
          await ran(() => applyPlan(watched(fake.host, check), scenario.plan, scenario.options, quiet))
          if (fake.steps() < n) break
          points += 1
          fake.revive({ reboot })
          check()
          if (reboot) kubelet.boot()
          fake.advance(n % 2 === 0 ? 10_000 : 0)
          const recovery = await judgeNextRun(t, scenario, fake, name)
          const what = recovery?.what ?? 'nothing to recover'
          came.set(what, (came.get(what) ?? 0) + 1)
          fake.advance(10_000)
          if (!kubelet.isHealthy()) t.fail(`${name}: the server is not healthy at the end`)
        }
      }
    }
  }
  t.comment(`${points} kill points; ${[...came].map(([what, count]) => `${count} ${what}`).join(', ')}`)
})

t.test('killed while it rolls back, or recovers', async t => {
  let points = 0
  const [fresh] = all
  const options = { ...OPTIONS, waitTimeout: 8000 }
  if (!fresh) return
  const failing: Behaviour = { health: (age, isNew) => (isNew ? 500 : usualHealth(age)) }
  for (let n = 8; n < 100; n += STRIDE) {
    let isOver = false
    for (let m = 1; m < 100; m += 1) {
      const { fake, kubelet } = newNode(fresh, failing)
      const names = fake.host.list(MANIFESTS) ?? []
      fake.killAt(n, { done: m % 2 === 0 })
      await ran(() => applyPlan(fake.host, fresh.plan, options, quiet))
      isOver = fake.steps() < n
      if (isOver) break
      fake.revive()
      const start = fake.steps()
      fake.killAt(m, { done: n % 2 === 0 })
      await recoverRun(fake.host, options, quiet).catch(() => undefined)
      if (fake.steps() - start < m) break
      points += 1
      const name = `killed around step ${n} of a run that fails, then around step ${m} of the recovery`
      fake.revive()
      const faults = faultsNow(fake, fresh.plan, names)
      if (faults.length > 0) t.same(faults, [], name)
      await recoverRun(fake.host, options, quiet)
      if (!isAllOld(fake, fresh.plan)) t.fail(`${name}: not undone`)
      fake.advance(10_000)
      if (!kubelet.isHealthy() || readJournal(fake.host)) t.fail(`${name}: not as before`)
    }
    if (isOver) break
  }
  t.comment(`${points} pairs of kill points`)
})

const wholeRun = async (
  behaviour: Behaviour,
  more: {
    readonly options?: Partial<ApplyOptions>
    readonly watcher?: (fake: FakeHost) => Watcher
    readonly prepare?: (fake: FakeHost) => void
    readonly input?: EnableInput
    readonly host?: (fake: FakeHost) => Host
  } = {}
) => {
  const fake = fakeHost(BASE)
  more.prepare?.(fake)
  const kubelet = kubeletOn(fake, behaviour)
  const before = treeOf(fake, false)
  const plan = planEnableOn(fake.host, MANIFEST, more.input ?? enabling())
  const started = fake.host.monotonic()
  const result = await ran(() =>
    applyPlan(more.host?.(fake) ?? fake.host, plan, { ...OPTIONS, ...more.options }, more.watcher?.(fake) ?? quiet)
  )
  return { fake, kubelet, before, plan, ...result, took: fake.host.monotonic() - started }
}

t.test('a run that goes well', async t => {
  const steps: Progress[] = []
  const { receipt, fake, kubelet, plan, took } = await wholeRun(
    {},
    { watcher: () => ({ report: progress => void steps.push(progress), interrupts: () => 0 }) }
  )
  t.match(receipt, { changed: true, restarted: true, healthy: true, proven: true, rolledBack: false, findings: [] })
  t.notOk(receipt?.failure)
  t.ok(isAllNew(fake, plan) && kubelet.isHealthy())
  t.ok(took >= 3000, 'it watched for the window')
  t.same(readJournal(fake.host), null)
  t.ok(steps.some(step => step.kind === 'waiting' && step.limit === 60))
  const again = await applyPlan(fake.host, planEnableOn(fake.host, MANIFEST, enabling()), OPTIONS, quiet)
  t.match(again, { changed: false, backup: null, restarted: null }, 'a second run has nothing to do')
})

t.test('what the second name of an old file left is gone when the run ends', async t => {
  const beside = (path: HostPath): HostPath => hostPath(path.replace(/[^/]*$/, '.$&.auditpatch-0123456789ab'))
  const { receipt, fake } = await wholeRun(
    {},
    { prepare: made => made.at(9000, () => made.put(beside(MANIFEST), { bytes: 'old' })) }
  )
  t.match(receipt, { changed: true, findings: [] })
  t.equal(fake.text(beside(MANIFEST)), null)
})

t.test('servers that behave otherwise', async t => {
  const before = (age: number, isNew: boolean, then: (age: number) => number): number =>
    isNew ? then(age) : usualHealth(age)
  const rows: { name: string; behaviour: Behaviour; want: object; message?: RegExp }[] = [
    {
      name: 'the old process stays for 30 s',
      behaviour: { grace: 30_000 },
      want: { changed: true, restarted: true, healthy: true, proven: true }
    },
    {
      name: 'the kubelet looks late',
      behaviour: { period: 20_000 },
      want: { changed: true, restarted: true, healthy: true, proven: true }
    },
    {
      name: 'ends once, then stays',
      behaviour: { life: (n, isNew) => (isNew && n === 1 ? 1500 : undefined) },
      want: { changed: true, healthy: true, proven: true }
    },
    {
      name: 'ends twice',
      behaviour: { life: (_, isNew) => (isNew ? 1500 : undefined) },
      want: { changed: false, healthy: false, rolledBack: true, failure: { code: 'ROLLED_BACK' } },
      message: /ended 2 times.*healthy again/
    },
    {
      name: 'ends once before it was healthy and once after',
      behaviour: { life: (n, isNew) => (!isNew ? undefined : n === 1 ? 1500 : n === 2 ? 4000 : undefined) },
      want: { changed: false, rolledBack: true },
      message: /ended 2 times/
    },
    {
      name: 'ends with last words',
      behaviour: {
        life: (_, isNew) => (isNew ? 1500 : undefined),
        lastWords: '2026-11-22T01:15:09Z stderr F Error: loading audit policy file: no rules'
      },
      want: { rolledBack: true },
      message: /Error: loading audit policy file: no rules \(\/var\/log\/pods\/.*1\.log\)/
    },
    {
      name: 'lives for a moment only, between two looks',
      behaviour: {
        life: (_, isNew) => (isNew ? 50 : undefined),
        lastWords: '2026-11-22T01:15:09Z stderr F Error: no luck'
      },
      want: { restarted: true, healthy: false, rolledBack: true },
      message: /the new kube-apiserver ended: Error: no luck/
    },
    {
      name: 'never healthy',
      behaviour: { health: (age, isNew) => before(age, isNew, () => 500) },
      want: { changed: false, restarted: true, healthy: false, proven: null, rolledBack: true },
      message: /not healthy after 60 s/
    },
    {
      name: 'never started',
      behaviour: { period: 10_000_000 },
      want: { restarted: false, healthy: false, rolledBack: true },
      message: /no new kube-apiserver was started/
    },
    {
      name: 'writes no event',
      behaviour: { isMute: true },
      want: { restarted: true, healthy: true, proven: false, rolledBack: true },
      message: /no event was recorded: the policy records GET \/api\S+, but no event came into \S+audit\.log; /
    },
    {
      name: 'writes no event, and says why',
      behaviour: {
        isMute: true,
        complaint:
          "2026-11-22T01:15:09Z stderr F E1122 metrics.go:110] Error in audit plugin 'log' affecting 1 audit events"
      },
      want: { proven: false, rolledBack: true },
      message: /no event was recorded: .*: E1122 metrics.go:110\] Error in audit plugin 'log' affecting .*healthy again/
    },
    {
      name: 'healthy, then 500 for ever',
      behaviour: { health: (age, isNew) => before(age, isNew, own => (own > 4000 ? 500 : usualHealth(own))) },
      want: { healthy: false, rolledBack: true },
      message: /not healthy/
    }
  ]
  for (const row of rows) {
    await t.test(row.name, async t => {
      const { receipt, error, fake, kubelet, before, plan } = await wholeRun(row.behaviour)
      t.equal(error, undefined)
      t.match(receipt, row.want)
      if (row.message) t.match(receipt?.failure?.message, row.message)
      else t.equal(receipt?.failure, undefined)
      t.ok(kubelet.isHealthy())
      if (receipt?.rolledBack) same(t, treeOf(fake, false), before, row.name)
      else t.ok(isAllNew(fake, plan))
      t.equal(readJournal(fake.host), null)
    })
  }
})

t.test('healthy, then 500 for a moment: the window begins anew', async t => {
  const flap = (age: number): number => (age > 3000 && age < 3600 ? 500 : usualHealth(age))
  const calm = await wholeRun({})
  const flapping = await wholeRun({ health: (age, isNew) => (isNew ? flap(age) : usualHealth(age)) })
  t.match(flapping.receipt, { changed: true, healthy: true, proven: true })
  t.ok(flapping.took >= calm.took + 1000, `${flapping.took} against ${calm.took}`)
})

t.test('a machine that stands still after an answer: the server was not watched meanwhile', async t => {
  let [age, hasStood] = [0, false]
  const behaviour: Behaviour = {
    health: (now, isNew) => usualHealth(isNew ? (age = now) : now),
    life: (_, isNew) => (isNew ? 4500 : undefined)
  }
  const standing = (fake: FakeHost): Host => ({
    ...fake.host,
    http: async request => {
      const answer = await fake.host.http(request)
      if (age > 4000 && !hasStood) {
        hasStood = true
        fake.advance(2000)
      }
      return answer
    }
  })
  const { receipt } = await wholeRun(behaviour, { host: standing })
  t.ok(hasStood)
  t.match(receipt, { restarted: true, healthy: false, rolledBack: true, failure: { message: /ended 2 times/ } })
})

t.test('a server that is replaced while the event is looked for is watched from its own start', async t => {
  const events = { isMute: true } as { isMute: boolean }
  const behaviour: Behaviour = {
    get isMute() {
      return events.isMute
    },
    life: (n, isNew) => (isNew && n === 1 ? 3500 : undefined)
  }
  let second = 0
  const { receipt, fake } = await wholeRun(behaviour, {
    options: { waitStable: 6000 },
    prepare: fake => {
      fake.at(12_000, () => (events.isMute = false))
    }
  })
  second = fake.host.processes().find(process => process.argv[0] === 'kube-apiserver')?.start ?? 0
  const age = fake.host.monotonic() - (second - 1000) * 10
  t.match(receipt, { changed: true, healthy: true, proven: true })
  t.ok(age >= 6000, `${age} ms`)
})

t.test('a machine that stands still while the event is looked for: it is looked for once more', async t => {
  const standing = (fake: FakeHost): Host => ({
    ...fake.host,
    // only the look for the event sleeps so
    sleep: milliseconds => fake.host.sleep(milliseconds === 300 ? 60_000 : milliseconds)
  })
  const found = await wholeRun({}, { host: standing })
  t.match(found.receipt, { changed: true, healthy: true, proven: true })
  const none = await wholeRun({ isMute: true }, { host: standing })
  t.match(none.receipt, { rolledBack: true, proven: false }, 'what is not there is not found')
})

t.test('anonymous requests are refused: 401 is an answer', async t => {
  const prepare = (fake: FakeHost): void =>
    fake.put(MANIFEST, {
      bytes: EXAMPLE_MANIFEST.replace('    - --allow-', '    - --anonymous-auth=false\n    - --allow-'),
      mode: 0o600
    })
  const health = (age: number): number => (age < 1000 ? 0 : 401)
  const off = await wholeRun({ health, probeStatus: 401 }, { prepare })
  t.match(off.receipt, { changed: true, restarted: true, healthy: true, proven: true })
  const on = await wholeRun({ health: (age, isNew) => (isNew ? health(age) : usualHealth(age)) })
  t.match(on.receipt, { healthy: false, rolledBack: true }, 'where they are not refused it is none')
})

t.test('the wall clock steps back by a day', async t => {
  const { receipt, fake } = await wholeRun(
    {},
    { prepare: fake => [6000, 7500, 9000].forEach(time => fake.at(time, () => fake.stepClock(-86_400_000))) }
  )
  t.match(receipt, { changed: true, healthy: true, proven: true })
  const second = await applyPlan(fake.host, planDisableOn(fake.host, MANIFEST, false, BACKUP_DIRECTORY), OPTIONS, quiet)
  t.match(second, { changed: true, restarted: true, healthy: true })
  t.equal(listBackups(fake.host, BACKUP_DIRECTORY).sets[0]?.command, 'remove', 'the newest backup is the last made')
})

t.test('the newest backup is another one by the time the lock is taken', async t => {
  const { fake } = await wholeRun({})
  const planAgain = (): Plan => planRestoreOn(fake.host, BACKUP_DIRECTORY, undefined)
  const plan = planAgain()
  // the files of the plan are as they were read: only which backup is the newest has changed
  await settle(fake, planEnableOn(fake.host, MANIFEST, enabling({ policy: BASELINE })))
  await settle(fake, planEnableOn(fake.host, MANIFEST, enabling()))
  const before = treeOf(fake)
  const { error } = await ran(() => applyPlan(fake.host, plan, OPTIONS, quiet, planAgain))
  t.match(error, { code: 'CHANGED_SINCE_READ' })
  t.same(treeOf(fake), before, 'nothing is written, and the lock is given back')
  t.match(await applyPlan(fake.host, planAgain(), OPTIONS, quiet, planAgain), { changed: true, healthy: true })
})

t.test('only the policy changed: the command line stays, the annotation tells', async t => {
  const { fake, kubelet, plan } = await wholeRun({})
  const old = kubelet.pid()
  const next = planEnableOn(fake.host, MANIFEST, enabling({ policy: BASELINE }))
  t.same(
    next.changes.map(change => change.kind),
    ['write-file', 'set-annotation']
  )
  const receipt = await applyPlan(fake.host, next, OPTIONS, quiet)
  t.match(receipt, { changed: true, restarted: true, healthy: true, proven: true })
  t.not(kubelet.pid(), old)
  t.notOk(isAllNew(fake, plan))
})

t.test(
  'only the policy changed, and the server ends with it: its last words do not count against the old one',
  async t => {
    let isBad = false
    const behaviour: Behaviour = {
      life: (_, isNew) => (isNew && isBad ? 1500 : undefined),
      lastWords: '2026-11-22T01:15:09Z stderr F Error: no such rule',
      period: 5000
    }
    const { fake } = await wholeRun(behaviour)
    const good = treeOf(fake, false)
    const next = planEnableOn(fake.host, MANIFEST, enabling({ policy: BASELINE }))
    const manifest = fake.text(MANIFEST)
    const watcher: Watcher = {
      report: () => (isBad = fake.text(MANIFEST) !== manifest || isBad),
      interrupts: () => 0
    }
    const result = applyPlan(fake.host, next, OPTIONS, {
      ...watcher,
      report: progress => {
        watcher.report(progress)
        if (progress.kind === 'step' && progress.text.includes('putting everything back'))
          fake.at(5500, () => (isBad = false))
      }
    })
    t.match(await result, {
      rolledBack: true,
      failure: { code: 'ROLLED_BACK', message: /no such rule.*healthy again/ }
    })
    same(t, treeOf(fake, false), good, 'everything is as before')
  }
)

t.test('the API server of another cluster runs on the node', async t => {
  const argv = ['kube-apiserver', '--advertise-address=10.0.0.9', '--etcd-servers=https://10.0.0.9:2379']
  const { receipt, fake } = await wholeRun({}, { prepare: fake => void fake.start({ argv }) })
  t.match(receipt, { changed: true, restarted: true, healthy: true, proven: true })
  t.equal(fake.host.processes().filter(process => process.argv[0] === 'kube-apiserver').length, 2)
  const restarting = await wholeRun(
    { health: (_, isNew) => (isNew ? 500 : 200) },
    { prepare: fake => [6000, 8000, 10_000].forEach(time => fake.at(time, () => void fake.start({ argv }))) }
  )
  t.match(restarting.receipt, { rolledBack: true, restarted: true }, 'one that starts meanwhile is not taken for ours')
})

t.test('interrupts', async t => {
  const afterWrite =
    (times: readonly number[]) =>
    (fake: FakeHost): Watcher => {
      let [count, isWritten] = [0, false]
      return {
        report: progress => {
          if (isWritten || !(progress.kind === 'step' && progress.text.startsWith('wrote'))) return
          isWritten = true
          for (const time of times) fake.at(time, () => (count += 1))
        },
        interrupts: () => count
      }
    }
  const early = await wholeRun({}, { watcher: () => ({ report: () => undefined, interrupts: () => 1 }) })
  t.equal(exitOf(early.error), 'interrupted')
  same(t, treeOf(early.fake, false), early.before, 'nothing was changed')

  for (const time of [100, 1500, 4000, 5000]) {
    const once = await wholeRun({}, { watcher: afterWrite([time]) })
    t.match(once.receipt, {
      changed: false,
      rolledBack: true,
      failure: { code: 'ROLLED_BACK', message: /^interrupted; .*healthy again/ }
    })
    same(t, treeOf(once.fake, false), once.before, `once after ${time} ms: everything is as before`)
    t.ok(once.kubelet.isHealthy())
  }
  const mute = await wholeRun({ isMute: true }, { watcher: afterWrite([7000]) })
  t.match(mute.receipt, { proven: null, failure: { message: /^interrupted; / } }, 'while the event is looked for')

  for (const times of [
    [1500, 2500],
    [1500, 1501]
  ]) {
    const twice = await wholeRun({}, { watcher: afterWrite(times) })
    t.match(twice.receipt, {
      changed: true,
      rolledBack: false,
      failure: { code: 'ROLLBACK_FAILED', message: /interrupted/ }
    })
    t.equal(readJournal(twice.fake.host)?.phase, 'undoing', 'the journal stays')
    twice.fake.revive()
    twice.fake.advance(10_000)
    t.match(await recoverRun(twice.fake.host, OPTIONS, quiet), { what: 'undone' })
    same(t, treeOf(twice.fake, false), twice.before, 'recovered')
  }
  const failing = await wholeRun(
    { health: (age, isNew) => (isNew ? 500 : usualHealth(age)) },
    { watcher: afterWrite([61_500]) }
  )
  t.match(failing.receipt, { rolledBack: true }, 'the first, in a roll-back that goes on anyway, stops nothing')
})

t.test('a file is changed between plan and write', async t => {
  const early = fakeHost(BASE)
  kubeletOn(early)
  const plan = planEnableOn(early.host, MANIFEST, enabling())
  early.put(MANIFEST, { bytes: `${EXAMPLE_MANIFEST}# mine\n`, mode: 0o600 })
  const before = treeOf(early)
  const { error } = await ran(() => applyPlan(early.host, plan, OPTIONS, quiet))
  t.match(error, { code: 'CHANGED_SINCE_READ', path: MANIFEST })
  t.equal(exitOf(error), 'refused')
  same(t, treeOf(early), before, 'nothing was changed')

  const late = await wholeRun(
    {},
    {
      host: fake => ({
        ...fake.host,
        writeAtomic: (path, bytes, owner, lastLook) =>
          fake.host.writeAtomic(path, bytes, owner, () => {
            // at the latest moment there is: the new bytes wait for their rename
            if (path === MANIFEST) fake.put(MANIFEST, { bytes: `${EXAMPLE_MANIFEST}# mine\n`, mode: 0o600 })
            lastLook?.()
          })
      })
    }
  )
  t.match(late.error, { code: 'CHANGED_SINCE_READ', path: MANIFEST })
  t.equal(exitOf(late.error), 'refused', 'the manifest was never ours')
  t.match(late.fake.text(MANIFEST), /# mine\n$/)
  t.equal(late.fake.text(POLICY), null, 'the policy is gone again')
  t.equal(readJournal(late.fake.host), null)
})

t.test('a file is changed by someone else during the wait', async t => {
  const change = (path: HostPath, bytes: string) => (fake: FakeHost) =>
    fake.at(9000, () => fake.put(path, { bytes, mode: 0o600 }))
  const bad: Behaviour = { health: (age, isNew) => (isNew ? 500 : usualHealth(age)) }
  const theirs = `${EXAMPLE_MANIFEST}# theirs\n`
  const manifest = await wholeRun(bad, { prepare: change(MANIFEST, theirs), options: { waitTimeout: 15_000 } })
  t.match(manifest.receipt, { changed: true, rolledBack: false, failure: { code: 'ROLLBACK_FAILED' } })
  t.match(manifest.receipt?.failure?.message, /kube-apiserver\.yaml was changed by someone else/)
  t.equal(manifest.fake.text(MANIFEST), theirs, 'it is left as it is')
  t.equal(manifest.fake.text(POLICY), METADATA.text, 'and so is the policy that it may name')
  t.match(await recoverRun(manifest.fake.host, OPTIONS, quiet), { what: 'left' })
  t.equal(await recoverRun(manifest.fake.host, OPTIONS, quiet), undefined, 'nothing blocks the next run')
  t.equal(manifest.fake.text(MANIFEST), theirs)

  const policy = await wholeRun(bad, { prepare: change(POLICY, '# theirs'), options: { waitTimeout: 15_000 } })
  t.equal(policy.fake.text(MANIFEST), EXAMPLE_MANIFEST, 'a policy of theirs does not keep the manifest from going back')
  t.equal(policy.fake.text(POLICY), '# theirs')
  t.match(policy.receipt?.failure?.message, /policy\.yaml was changed by someone else/)
  await recoverRun(policy.fake.host, OPTIONS, quiet)
  t.equal(readJournal(policy.fake.host), null, 'and nothing blocks the next run')
})

t.test('the node cannot be looked at any more', async t => {
  const failing = (method: 'readFrom' | 'processes' | 'stat', isNow: (path: string) => boolean) => (fake: FakeHost) => {
    const refuse = (path: string): void => {
      if (fake.text(MANIFEST) !== EXAMPLE_MANIFEST && isNow(path))
        throw new AuditError('CANNOT_READ', `cannot read ${path}: EIO (i/o error)`, { path })
    }
    const { host } = fake
    return {
      ...host,
      ...(method === 'readFrom'
        ? {
            readFrom: (path: HostPath, from: number, limit: number) => (refuse(path), host.readFrom(path, from, limit))
          }
        : method === 'stat'
          ? { stat: (path: HostPath) => (refuse(path), host.stat(path)) }
          : { processes: () => (refuse('/proc'), host.processes()) })
    }
  }
  for (const [method, isNow] of [
    ['readFrom', (path: string) => path === LOG],
    ['stat', (path: string) => path === LOG],
    ['processes', () => true]
  ] as const) {
    const run = await wholeRun({}, { host: failing(method, isNow) })
    t.match(run.receipt, { changed: false, rolledBack: true, failure: { message: /EIO/ } }, method)
    same(t, treeOf(run.fake, false), run.before, method)
  }
  const logs = await wholeRun(
    { life: (n, isNew) => (isNew && n === 1 ? 1500 : undefined) },
    { host: failing('readFrom', path => covers('/var/log/pods', path)) }
  )
  t.match(logs.receipt, { changed: true, healthy: true }, 'logs that only explain a failure do not make one')
})

t.test('the backup is damaged during the wait: what was read before the change is put back', async t => {
  const run = await wholeRun(
    { health: (age, isNew) => (isNew ? 500 : usualHealth(age)) },
    {
      options: { waitTimeout: 10_000 },
      prepare: fake =>
        fake.at(9000, () => {
          for (const path of Object.keys(dump(fake, BACKUP_DIRECTORY)))
            if (path.endsWith('-manifest.yaml')) fake.put(path, { bytes: 'rubbish', mode: 0o600 })
        })
    }
  )
  t.match(run.receipt, { rolledBack: true })
  same(t, treeOf(run.fake, false), run.before, 'everything is as before')
})

t.test('recovery', async t => {
  const killed = async (n: number, scenario = all[0]) => {
    if (!scenario) throw new Error('no scenario')
    const node = newNode(scenario)
    node.fake.killAt(n, { done: true })
    await ran(() => applyPlan(node.fake.host, scenario.plan, scenario.options, quiet))
    node.fake.revive()
    return node
  }
  const stepOf = async (path: HostPath, scenario = all[0]): Promise<number> => {
    if (!scenario) throw new Error('no scenario')
    const { fake } = newNode(scenario)
    await applyPlan(fake.host, scenario.plan, scenario.options, quiet)
    return fake.operations.findIndex(each => each.name === 'writeAtomic' && each.path === path) + 1
  }
  t.equal(await recoverRun(fakeHost(BASE).host, OPTIONS, quiet), undefined, 'nothing to do, and nothing written')

  const edited = await killed(await stepOf(POLICY))
  edited.fake.put(POLICY, { bytes: '# theirs', mode: 0o600 })
  t.match(await recoverRun(edited.fake.host, OPTIONS, quiet), { what: 'undone', message: /changed by someone else/ })
  t.equal(edited.fake.text(POLICY), '# theirs')
  t.equal(readJournal(edited.fake.host), null)

  const lost = await killed(await stepOf(MANIFEST))
  for (const path of Object.keys(dump(lost.fake, BACKUP_DIRECTORY))) lost.fake.remove(path.replace(/\/$/, ''))
  const { error } = await ran(async () => {
    await recoverRun(lost.fake.host, OPTIONS, quiet)
    throw new Error('recovered')
  })
  t.match(error, { code: 'BAD_JOURNAL', message: /backup/ }, 'without its backup it says what to do')

  const temporary = await killed(await stepOf(POLICY))
  temporary.fake.put(`${parentOf(POLICY)}/.policy.yaml.auditpatch-0123456789ab`, { bytes: 'half', mode: 0o600 })
  await recoverRun(temporary.fake.host, OPTIONS, quiet)
  same(t, treeOf(temporary.fake), temporary.before, 'a half written file beside the policy goes too')

  const broken = fakeHost({ ...BASE, [MANIFEST]: { bytes: 'kind: [broken\n', mode: 0o600 } })
  const kubelet = kubeletOn(broken)
  const state = (text: string) => ({ bytes: Buffer.from(text), owner: { mode: 0o600, uid: 0, gid: 0 } })
  const restoring = (before: string, after: string): Plan => ({
    ...planDisableOn(fakeHost(BASE).host, MANIFEST, false, BACKUP_DIRECTORY),
    command: 'restore',
    changes: [
      { kind: 'write-file', file: MANIFEST, path: '', name: 'manifest', before: null, after: null, reason: '' }
    ],
    files: [{ role: 'manifest', path: MANIFEST, before: state(before), after: state(after), isSensitive: false }]
  })
  const mended = await applyPlan(broken.host, restoring('kind: [broken\n', EXAMPLE_MANIFEST), OPTIONS, quiet)
  t.match(mended, { changed: true, restarted: true, healthy: true }, 'from a manifest that nobody can read')
  t.ok(kubelet.isHealthy())
  broken.killAt(12, { done: true })
  await ran(() => applyPlan(broken.host, restoring(EXAMPLE_MANIFEST, 'kind: [broken\n'), OPTIONS, quiet))
  broken.revive()
  await recoverRun(broken.host, OPTIONS, quiet)
  t.equal(readJournal(broken.host), null, 'and back to it')
})

t.test('a node where the server was down before', async t => {
  const down = { health: () => 0 }
  const { receipt, fake, before } = await wholeRun(down, { options: { waitTimeout: 10_000 } })
  t.match(receipt, {
    changed: false,
    rolledBack: true,
    failure: { message: /did not answer before the change either/ }
  })
  t.match(receipt?.findings, [{ code: 'was-down', severity: 'warning' }])
  same(t, treeOf(fake, false), before, 'everything is as before')
  const mended = await wholeRun({ health: (age, isNew) => (isNew ? usualHealth(age) : 0) })
  t.match(mended.receipt, { changed: true, healthy: true, proven: true })
})

t.test('what the kubelet says in the journal', async t => {
  const mount = 'MountVolume.SetUp failed for volume \\"audit\\" : hostPath type check failed'
  const event = `E1122 event.go:368] "Unable to write event (may retry after sleeping)" event="kube-apiserver-node1 ${mount}"`
  const refusal = `E1122 file.go:187] "Could not process manifest file" err="couldn't parse as pod" path="${MANIFEST}"`
  // half a second into a second: journalctl itself takes whole seconds only
  const saying = (text: string, isAfter: boolean) => (fake: FakeHost) => {
    fake.stepClock(500)
    const changeAt = fake.host.now() + 5000
    fake.executeWith(file => {
      const time = (changeAt + (isAfter ? 200 : -200)) / 1000
      const stdout = file === 'journalctl' ? `${time.toFixed(6)} node kubelet[1]: ${text}\n` : ''
      return { code: 0, stdout, stderr: '' }
    })
  }
  const late: Behaviour = { period: 10_000 }
  const well = { changed: true, restarted: true, healthy: true, proven: true, rolledBack: false }
  const asked = (fake: FakeHost): boolean => fake.commands.some(([file]) => file === 'journalctl')

  const resent = await wholeRun(late, { prepare: saying(event, true) })
  t.match(resent.receipt, well, 'an event that is sent again tells of an earlier time')
  t.ok(asked(resent.fake))

  const earlier = await wholeRun(late, { prepare: saying(refusal, false) })
  t.match(earlier.receipt, well, 'a refusal in the same second, but before the change')
  t.ok(asked(earlier.fake))

  const refused = await wholeRun(late, { prepare: saying(refusal, true) })
  t.match(refused.receipt, { changed: false, restarted: false, healthy: false, proven: null, rolledBack: true })
  const message = refused.receipt?.failure?.message ?? ''
  t.ok(message.startsWith(`the kubelet does not start the pod: ${refusal} (journalctl -u kubelet); `), message)
  t.ok(refused.took < 10_000, `${refused.took} ms`)
  same(t, treeOf(refused.fake, false), refused.before, 'everything is as before')
})

t.test('what the kubelet says of a manifest that it refused before', async t => {
  const log = '/var/log/kubelet.log'
  const refusal = `E1122 file.go:108] "Could not process manifest file" err="invalid pod: []" path="${MANIFEST}"`
  const saying =
    (step: string, delay: number) =>
    (fake: FakeHost): Watcher => ({
      report: progress => {
        if (progress.kind !== 'step' || !progress.text.startsWith(step)) return
        if (delay === 0) append(fake, log, refusal)
        else fake.at(delay, () => append(fake, log, refusal))
      },
      interrupts: () => 0
    })
  // too late for the first look at what the kubelet says
  const late: Behaviour = { period: 10_000, health: (age, isNew) => (isNew ? usualHealth(age) : 0) }
  const prepare = (fake: FakeHost): void => append(fake, log, refusal)

  const earlier = await wholeRun(late, { prepare, watcher: saying('backed up', 0) })
  const well = { changed: true, restarted: true, healthy: true, proven: true, rolledBack: false }
  t.match(earlier.receipt, well, 'said after the look at what was before, but of the old manifest')
  t.match(earlier.fake.text(hostPath(log)), `${refusal}\n${refusal}`)

  const refused = await wholeRun(late, { prepare, watcher: saying('wrote', 500) })
  t.match(refused.receipt, { changed: false, restarted: false, rolledBack: true })
  t.match(
    refused.receipt?.failure?.message,
    /^the kubelet does not start the pod: .*invalid pod/,
    'said of the new one'
  )
})

t.test('a manifest that differs by a comment or a mode only is not waited for', async t => {
  const rows = [
    { name: 'comment', text: `# a comment\n${EXAMPLE_MANIFEST}`, mode: 0o600 },
    { name: 'mode', text: EXAMPLE_MANIFEST, mode: 0o640 }
  ]
  for (const { name, text, mode } of rows) {
    const fake = fakeHost(BASE)
    const kubelet = kubeletOn(fake, { period: 10_000_000 })
    const old = kubelet.pid()
    const owner = { uid: 0, gid: 0 }
    const now = { bytes: Buffer.from(EXAMPLE_MANIFEST), owner: { ...owner, mode: 0o600 } }
    const saved = { bytes: Buffer.from(text), owner: { ...owner, mode } }
    const { proof } = planEnableOn(fake.host, MANIFEST, enabling())
    const plan = planRestore(
      MANIFEST,
      '20261122T011500Z-0001',
      [{ role: 'manifest', path: MANIFEST, now, saved }],
      proof
    )
    const started = fake.host.monotonic()
    const receipt = await applyPlan(fake.host, plan, OPTIONS, quiet)
    t.match(receipt, { changed: true, restarted: null, healthy: null, proven: null, rolledBack: false }, name)
    t.match(receipt.findings, [{ code: 'not-waited', severity: 'info', message: /the pod stays as it was/ }])
    t.equal(receipt.failure, undefined)
    t.equal(fake.host.monotonic(), started, 'no time passed')
    t.equal(fake.text(MANIFEST), text)
    t.equal(fake.host.stat(MANIFEST)?.mode, mode)
    t.equal(kubelet.pid(), old)
  }
})

t.test('a roll-back removes a new policy only when the old server is healthy again', async t => {
  const fake = fakeHost(BASE)
  const kubelet = kubeletOn(fake, { health: (age, isNew) => (isNew ? 500 : usualHealth(age)) })
  const before = treeOf(fake, false)
  const plan = planEnableOn(fake.host, MANIFEST, enabling())
  const looks: { isBack: boolean; isThere: boolean; isHealthy: boolean }[] = []
  const receipt = await applyPlan(
    fake.host,
    plan,
    { ...OPTIONS, waitTimeout: 10_000 },
    {
      report: () => {
        const isBack = fake.operations.some(each => each.path === POLICY) && fake.text(MANIFEST) === EXAMPLE_MANIFEST
        looks.push({ isBack, isThere: fake.text(POLICY) !== null, isHealthy: kubelet.isHealthy() })
      },
      interrupts: () => 0
    }
  )
  t.match(receipt, { rolledBack: true, failure: { code: 'ROLLED_BACK', message: /healthy again/ } })
  const waiting = looks.filter(look => look.isBack && !look.isHealthy)
  t.ok(waiting.length > 5, 'the manifest is back, the old server not yet')
  t.ok(
    waiting.every(look => look.isThere),
    'the policy is there all that time'
  )
  t.equal(fake.text(POLICY), null)
  same(t, treeOf(fake, false), before, 'everything is as before')
})

t.test('a server that was down, and a repaired pod that logs to a directory of before', async t => {
  const { fake: good } = await wholeRun({})
  const fake = fakeHost(dump(good))
  // only the policy and its annotation: both servers have the same command line
  const plan = planEnableOn(fake.host, MANIFEST, enabling({ policy: BASELINE }))
  const bytes = plan.files.find(file => file.role === 'manifest')?.after?.bytes ?? new Uint8Array()
  fake.put(`/var/log/pods/kube-system_kube-apiserver-node1_${sha256(bytes)}/kube-apiserver/`, {})
  const directories = fake.host.list(hostPath('/var/log/pods'))
  kubeletOn(fake, {
    health: (age, isNew) => (isNew ? usualHealth(age) : 0),
    life: (_, isNew) => (isNew ? undefined : 1500)
  })
  const started = fake.host.monotonic()
  const receipt = await applyPlan(fake.host, plan, OPTIONS, quiet)
  t.match(receipt, { changed: true, restarted: true, healthy: true, proven: true, rolledBack: false })
  t.equal(receipt.failure, undefined)
  t.ok(fake.host.monotonic() - started >= 25_000, 'after the period of the kubelet')
  t.same(fake.host.list(hostPath('/var/log/pods')), directories, 'no new directory')
  t.ok(isAllNew(fake, plan))
})

t.test('what the old server says while it ends is no proof against the new one', async t => {
  for (const line of ['"command failed" err="context canceled"', 'F1122 01:15:09.000000 1 server.go:1] lost etcd']) {
    const { fake, plan, receipt } = await wholeRun({ farewell: `2026-11-22T01:15:09Z stderr F ${line}` })
    t.match(receipt, { changed: true, restarted: true, healthy: true, proven: true, rolledBack: false }, line)
    t.equal(receipt?.failure, undefined)
    t.ok(isAllNew(fake, plan))
  }
  const failed = await wholeRun({
    farewell: '2026-11-22T01:15:09Z stderr F panic: the old one',
    life: (_, isNew) => (isNew ? 500 : undefined)
  })
  t.match(failed.receipt, { rolledBack: true, failure: { code: 'ROLLED_BACK', message: /ended 2 times/ } })
  t.notMatch(failed.receipt?.failure?.message, /the old one/, 'nor does it explain the end of another')
})

t.test('without a wait, or without a roll-back', async t => {
  const unwaited = await wholeRun({}, { options: { wait: false } })
  t.match(unwaited.receipt, {
    changed: true,
    restarted: null,
    healthy: null,
    proven: null,
    findings: [{ code: 'not-waited' }]
  })
  const kept = await wholeRun(
    { health: (age, isNew) => (isNew ? 500 : usualHealth(age)) },
    { options: { rollback: false, waitTimeout: 10_000 } }
  )
  t.match(kept.receipt, { changed: true, healthy: false, rolledBack: false, failure: { code: 'NOT_ROLLED_BACK' } })
  t.ok(isAllNew(kept.fake, kept.plan))
  t.equal(readJournal(kept.fake.host), null)
  const bare = fakeHost(BASE)
  const receipt = await applyPlan(bare.host, planEnableOn(bare.host, MANIFEST, enabling()), OPTIONS, quiet)
  t.match(receipt, { changed: true, restarted: null, findings: [{ message: /no kubelet/ }] })
})

t.test('one run at a time', async t => {
  const fake = fakeHost(BASE)
  const other = fake.start({ argv: ['node', 'auditpatch'] })
  const line = {
    pid: other.pid,
    start: other.start,
    bootId: 'boot-1',
    command: 'apply',
    since: new Date(0).toISOString()
  }
  fake.put(LOCK_FILE, { bytes: `${JSON.stringify(line)}\n`, mode: 0o600 })
  fake.put('/var/lib/auditpatch/', { kind: 'directory', mode: 0o700 })
  const before = fake.snapshot()
  const plan = planEnableOn(fake.host, MANIFEST, enabling())
  const { error } = await ran(() => applyPlan(fake.host, plan, OPTIONS, quiet))
  t.match(error, { code: 'LOCKED', message: new RegExp(`process ${other.pid} `) })
  t.same(fake.snapshot(), before)
})
