import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { withFlags, withMount } from './fake-edit.ts'
import { UNSEEN } from './fake-faults.ts'
import { setFaults, writeAtomic, type FakeNode, type Faults } from './fake-node.ts'
import {
  IS_LONG,
  apply,
  auditFlags,
  findingsOf,
  isAlive,
  isTidy,
  launch,
  MANIFEST,
  read,
  run,
  runLog,
  setUpDown,
  waiting
} from './fake-run.ts'
import { LOG_PATH, POLICY, POLICY_PATH, put, setUp, until, withLog, withPolicy } from './fake-setup.ts'

t.jobs = 4
t.setTimeout(300_000)

const AUDITED = '--audit-policy-file'
const OWN_POLICY = POLICY.replace('kind', '# ours\nkind')
const BACK = { code: 'ROLLED_BACK', changed: false, rolledBack: true }

interface Failing {
  readonly name: string
  readonly faults: Partial<Faults>
  readonly args?: readonly string[]
  /** What happens beside the run. */
  readonly beside?: (node: FakeNode) => Promise<unknown>
  readonly want: Readonly<Record<string, unknown>>
  readonly restarts: number
  readonly hasPolicy: boolean
}

const FAILING: readonly Failing[] = [
  {
    name: 'fails at its start',
    faults: { when: AUDITED, failWith: 'no luck: "quoted"' },
    want: { restarted: true, healthy: false, proven: null, message: /no luck: \\"quoted\\".*\d\.log/ },
    restarts: 2,
    hasPolicy: true
  },
  {
    name: 'is never ready',
    faults: { when: AUDITED, neverReady: true },
    args: ['--wait-timeout=20s'],
    want: { restarted: true, healthy: false, proven: null, message: /not healthy after 20 s/ },
    restarts: 2,
    hasPolicy: false
  },
  {
    name: 'ends after it was healthy',
    faults: { when: AUDITED, exitAfter: 500 },
    want: { restarted: true, healthy: false, message: /ended/ },
    restarts: 2,
    hasPolicy: true
  },
  {
    name: 'records nothing',
    faults: { when: AUDITED, writeNoEvents: true },
    want: { restarted: true, healthy: true, proven: false, message: /no event/ },
    restarts: 2,
    hasPolicy: false
  },
  {
    name: 'is not restarted',
    faults: UNSEEN,
    args: ['--wait-timeout=10s'],
    want: { restarted: false, healthy: false, proven: null, message: /no new kube-apiserver was started after 10 s/ },
    restarts: 0,
    hasPolicy: true
  },
  {
    name: 'is refused by the kubelet',
    faults: UNSEEN,
    beside: async node => {
      await until('the new manifest', () => read(node, MANIFEST)?.includes(AUDITED) === true)
      rmSync(join(node.dir, POLICY_PATH))
      setFaults(node.dir, { readyMs: 60 })
    },
    want: { restarted: false, healthy: false, proven: null, message: /hostPath type check failed: .*kubelet/ },
    restarts: 1,
    hasPolicy: false
  }
]

const SHORT = [
  'fails at its start',
  'records nothing',
  'the log directory is mounted read-only',
  'the log is mounted as a single file',
  'a mountPath stands twice'
]
const isRun = ({ name }: { readonly name: string }): boolean => IS_LONG || SHORT.includes(name)

for (const { name, faults, args = [], beside, want, restarts, hasPolicy } of FAILING.filter(isRun)) {
  t.test(`roll back: the server ${name}`, async t => {
    const { node, kubelet, good } = await setUp(t)
    const policy = join(node.dir, 'given.yaml')
    writeFileSync(policy, POLICY)
    if (hasPolicy) put(node, POLICY_PATH, OWN_POLICY)
    setFaults(node.dir, { readyMs: 60, ...faults })
    const { mode } = statSync(node.manifest)
    const [failed] = await Promise.all([apply(node, '--policy', policy, ...args), beside?.(node)])
    t.match(failed, { code: 4, json: { kind: 'ApplyResult', ...BACK, ...want } }, { err: failed.err })
    t.equal(read(node, MANIFEST), good, 'the manifest is as it was')
    t.equal(statSync(node.manifest).mode, mode)
    t.equal(read(node, POLICY_PATH), hasPolicy ? OWN_POLICY : null, 'so is the policy')
    const logs = existsSync(join(node.dir, '/var/log/kubernetes'))
    t.equal(logs, existsSync(join(node.dir, LOG_PATH)), 'no empty log directory stays')
    t.ok(await isAlive(node), 'the server answers')
    t.same(auditFlags(kubelet), [], 'with the old flags')
    const started = kubelet.restarts() - 1
    if (faults.failWith === undefined && faults.exitAfter === undefined)
      t.equal(started, restarts, 'no more restarts than that')
    else t.ok(started >= restarts, 'it may have crashed more than once')
    t.match(runLog(node), [{ command: 'apply', exit: 4, rolledBack: true, error: { code: 'ROLLED_BACK' } }])
    isTidy(t, node)
  })
}

if (IS_LONG)
  t.test('--no-rollback, then restore', async t => {
    const { node, kubelet, good } = await setUp(t)
    setFaults(node.dir, { readyMs: 60, when: AUDITED, failWith: 'no luck' })
    const failed = await apply(node, '--no-rollback')
    t.match(failed, {
      code: 5,
      json: { code: 'NOT_ROLLED_BACK', changed: true, rolledBack: false, message: /no luck/ }
    })
    t.match(failed.err, 'auditpatch restore')
    t.match(read(node, MANIFEST), AUDITED)
    isTidy(t, node)
    const restored = await run(node, ...waiting('restore'))
    t.match(restored, { code: 0, json: { restarted: true, healthy: true, findings: [{ code: 'was-down' }, {}] } })
    t.equal(read(node, MANIFEST), good)
    t.equal(read(node, POLICY_PATH), null)
    t.same(auditFlags(kubelet), [])
    isTidy(t, node)
  })

if (IS_LONG)
  t.test('the old server does not come back', async t => {
    const { node, good } = await setUp(t)
    setFaults(node.dir, { readyMs: 60, failWith: 'no luck at all' })
    const failed = await apply(node)
    t.match(failed, {
      code: 5,
      json: { code: 'ROLLBACK_FAILED', rolledBack: false, message: /not back: .*no luck at all/ }
    })
    t.match(failed.err, 'auditpatch recover')
    t.equal(read(node, MANIFEST), good, 'the files are back all the same')
    t.ok(existsSync(join(node.dir, '/var/lib/auditpatch/journal.json')), 'the journal stays')
    setFaults(node.dir, { readyMs: 60 })
    const recovered = await run(node, 'recover', '--wait', '--wait-stable=700ms')
    t.match(recovered, { code: 0, json: { kind: 'RecoverResult', changed: true, what: 'undone' } })
    t.ok(await isAlive(node))
    t.equal(read(node, MANIFEST), good)
    isTidy(t, node)
  })

if (IS_LONG)
  t.test('someone else writes the manifest while we wait', async t => {
    const { node, kubelet } = await setUp(t, { fileCheckFrequency: '1s' })
    // not ready before they have written
    setFaults(node.dir, { readyMs: 60, slowStart: 50_000, when: AUDITED })
    const running = launch(node, waiting('apply'))
    await running.said('wrote ')
    const theirs = `${read(node, MANIFEST) ?? ''}  broken: [\n`
    writeAtomic(node.manifest, theirs)
    const failed = await running.done
    t.match(failed, {
      code: 5,
      json: { code: 'ROLLBACK_FAILED', message: /couldn't parse as pod.*changed by someone else/ }
    })
    t.equal(read(node, MANIFEST), theirs, 'and it is left to them')
    await until('the end of the server', () => kubelet.serverPid() === null)
    const recovered = await run(node, 'recover', '--wait', '--wait-stable=700ms')
    t.match(recovered, { code: 0, json: { what: 'left', message: /changed by someone else/ } })
    isTidy(t, node)
  })

interface Mistake {
  readonly name: string
  readonly edit: (good: string, node: FakeNode) => string
  /** False: the server serves in spite of it. */
  readonly isDown: boolean
  readonly args?: readonly string[]
  readonly faults?: Partial<Faults>
  readonly fileCheckFrequency?: string
  readonly check?: (t: Parameters<typeof isTidy>[0], node: FakeNode) => void
}

const policyMount = { name: 'audit', path: POLICY_PATH, type: 'File', readOnly: true }
const logFlags = (manifest: string): string => withFlags(manifest, `--audit-log-path=${LOG_PATH}`)

const MISTAKES: readonly Mistake[] = [
  {
    name: 'the log directory is mounted read-only',
    edit: (good, node) => {
      put(node, POLICY_PATH, POLICY)
      const mount = { name: 'audit-log', path: dirname(LOG_PATH), type: 'DirectoryOrCreate', readOnly: true }
      return withMount(logFlags(withPolicy(good)), mount)
    },
    isDown: true
  },
  {
    // the old manifest's server has the flags of the new one, and goes on crashing until the kubelet polls
    name: 'only readOnly is wrong, and the kubelet is slow to see the change',
    edit: (good, node) => {
      put(node, POLICY_PATH, POLICY)
      const limits = ['--audit-log-maxage=30', '--audit-log-maxbackup=10', '--audit-log-maxsize=100']
      const mount = { name: 'audit-log', path: dirname(LOG_PATH), type: 'DirectoryOrCreate', readOnly: true }
      return withMount(withFlags(logFlags(withPolicy(good)), ...limits), mount)
    },
    isDown: true,
    faults: { noEvents: true, backoffMs: 300, backoffCapMs: 300 },
    fileCheckFrequency: '3s'
  },
  {
    name: 'the log is mounted as a single file',
    edit: (good, node) => {
      put(node, POLICY_PATH, POLICY)
      put(node, LOG_PATH, '')
      return withMount(logFlags(withPolicy(good)), { name: 'audit-log', path: LOG_PATH, type: 'FileOrCreate' })
    },
    isDown: false,
    check: (t, node) => {
      t.match(read(node, MANIFEST), `path: ${dirname(LOG_PATH)}\n`)
      t.notMatch(read(node, MANIFEST), `path: ${LOG_PATH}\n`)
    }
  },
  {
    name: 'the policy is FileOrCreate, and empty',
    edit: (good, node) => {
      mkdirSync(join(node.dir, dirname(POLICY_PATH)))
      return withMount(withFlags(good, `--audit-policy-file=${POLICY_PATH}`), { ...policyMount, type: 'FileOrCreate' })
    },
    isDown: true,
    args: ['--policy', 'template:baseline'],
    check: (t, node) => t.notMatch(read(node, MANIFEST), 'FileOrCreate')
  },
  {
    name: 'the mount misses the path of the flag',
    edit: (good, node) => {
      put(node, POLICY_PATH, POLICY)
      return withMount(withFlags(good, `--audit-policy-file=${POLICY_PATH}`), {
        ...policyMount,
        mountPath: '/etc/kubernetes/auditing/policy.yaml'
      })
    },
    isDown: true
  },
  {
    name: 'a mount has no volume',
    edit: (good, node) => {
      put(node, POLICY_PATH, POLICY)
      return withLog(good).replace(
        /^(  - hostPath:\n      path: .*policy.*\n(?:      .*\n)?    name: )audit$/m,
        '$1other'
      )
    },
    isDown: true
  },
  {
    name: 'a mountPath stands twice',
    edit: (good, node) => {
      put(node, POLICY_PATH, POLICY)
      return withMount(withLog(good), { ...policyMount, name: 'audit-again' })
    },
    isDown: true
  },
  {
    name: 'the mounts are missing',
    edit: (good, node) => {
      put(node, POLICY_PATH, POLICY)
      return withFlags(good, `--audit-policy-file=${POLICY_PATH}`, `--audit-log-path=${LOG_PATH}`)
    },
    isDown: true,
    faults: { noEvents: true, backoffMs: 300, backoffCapMs: 300 }
  },
  {
    name: 'the policy is not there',
    edit: good => withLog(good),
    isDown: true,
    check: (t, node) => t.match(read(node, POLICY_PATH), 'kind: Policy')
  },
  {
    name: 'a log without a policy',
    edit: good => withMount(logFlags(good), { name: 'audit-log', path: dirname(LOG_PATH), type: 'DirectoryOrCreate' }),
    isDown: false
  }
]

for (const { name, edit, isDown, args = [], faults = {}, fileCheckFrequency = '200ms', check } of MISTAKES.filter(
  isRun
)) {
  t.test(`repair: ${name}`, async t => {
    const { node, kubelet } = await setUpDown(t, edit, { faults, fileCheckFrequency })
    if (isDown) await until('the failure', () => hasFailed(kubelet))
    else await kubelet.ready()
    if (args.length > 0) {
      const refused = await apply(node)
      t.match(refused, { code: 3, json: { code: 'BAD_POLICY' } }, 'a policy of theirs is never replaced unasked')
    }
    const repaired = await apply(node, ...args)
    const done = { changed: true, restarted: true, healthy: true, proven: true }
    t.match(repaired, { code: 0, json: done }, { err: repaired.err })
    t.equal(
      findingsOf(repaired).some(finding => finding['code'] === 'was-down'),
      isDown
    )
    check?.(t, node)
    t.match(await run(node, 'plan', '--exit-code'), { code: 0, json: { changed: false } })
    isTidy(t, node)
  })
}

const hasFailed = (kubelet: Awaited<ReturnType<typeof setUpDown>>['kubelet']): boolean => {
  const events = kubelet.journal().filter(entry => entry.event !== 'start').length
  return events >= 2 || kubelet.kubeletLog().includes('Could not process manifest file')
}

t.test('down before, and not to be repaired', async t => {
  const { node, kubelet, broken } = await setUpDown(t, good =>
    withMount(good, { name: 'other', path: '/etc/other', type: 'Directory' })
  )
  await until('the refusal', () => hasFailed(kubelet))
  const failed = await apply(node)
  t.match(failed, {
    code: 4,
    json: {
      ...BACK,
      restarted: false,
      healthy: false,
      message: /hostPath type check failed: .*did not answer before the change either/
    }
  })
  t.equal(read(node, MANIFEST), broken)
  t.equal(read(node, POLICY_PATH), null)
  isTidy(t, node)

  setFaults(node.dir, { readyMs: 60, failWith: 'the disk of etcd is gone' })
  mkdirSync(join(node.dir, 'etc/other'))
  await until('the crash', () => kubelet.exits() >= 2)
  const crashed = await apply(node)
  t.match(crashed, {
    code: 4,
    json: { ...BACK, message: /the disk of etcd is gone.*did not answer before the change either/ }
  })
  t.equal(read(node, MANIFEST), broken)
  isTidy(t, node)
})
