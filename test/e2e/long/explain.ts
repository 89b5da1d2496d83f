import { readFileSync, realpathSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { FAILURES, type FailureCase } from '../../fixtures/failures/cases.ts'
import { enterBinary } from '../fake-enter-build.ts'
import { withFlags } from '../fake-edit.ts'
import { type Kubelet, makeNode, setFaults, startKubelet, writeAtomic } from '../fake-node.ts'
import { runBehind, setUpReal } from '../fake-real.ts'
import { noRealServer } from '../fake-real-server.ts'
import { launch, type Run } from '../fake-run.ts'
import { POLICY, POLICY_PATH, put, until } from '../fake-setup.ts'
import { standInBinary } from '../fake-standin-build.ts'

t.jobs = 2
process.umask(0o022)
t.setTimeout(1_200_000)

const skip = await noRealServer()
const explain = (node: Parameters<typeof launch>[0]): Promise<Run> =>
  launch(node, ['explain-failure'], { under: [], limit: 60_000 }).done

// the kubelet takes old logs away as it starts further containers: let the third start be late
const SLOW = { backoffMs: 60_000, backoffCapMs: 60_000 }

const MADE = FAILURES.filter(({ by }) => by === 'stand-in' || by === 'fake kubelet')

// a second start alone is not enough: then a server runs, though not for long
const hasFailed = ({ by }: FailureCase, kubelet: Kubelet): boolean =>
  by === 'fake kubelet'
    ? /Could not process|MountVolume/.test(kubelet.kubeletLog())
    : kubelet.exits() > 1 && /Error: |"command failed"/.test(kubelet.podLog())

for (const each of MADE) {
  t.test(`a node that fails: ${each.name}`, { skip }, async t => {
    const node = await makeNode(t.testdir(), { version: 'v1.36.3', fileCheckFrequency: '200ms', faults: SLOW })
    for (const [path, text] of Object.entries(each.files ?? {})) {
      if (path.endsWith('/')) put(node, `${path}.keep`, '')
      else put(node, path, text)
    }
    const manifest = withFlags(readFileSync(node.manifest, 'utf8'), '--bind-address=127.0.0.1')
    writeFileSync(node.manifest, each.edit?.(manifest) ?? manifest)
    const server = realpathSync((await standInBinary()) ?? '')
    const kubelet = await startKubelet(node.dir, { wait: false, real: { server, enter: await enterBinary() } })
    try {
      await until(each.name, () => hasFailed(each, kubelet))
      const told = await explain(node)
      t.match(told, { code: 0, json: { kind: 'FailureExplanation', cause: { code: each.code } } }, told.err)
      t.match(JSON.stringify(told.json['cause']), each.fix)
    } finally {
      await kubelet.stop()
    }
  })
}

t.test('a node that is well, one whose policy is spoilt, and the same repaired', { skip }, async t => {
  const real = await setUpReal(t)
  const { node, kubelet, good } = real
  t.match((await explain(node)).json, { state: 'up', cause: null, others: [], findings: [] })

  const failed = await runBehind(
    real,
    spoilt => put(spoilt, POLICY_PATH, POLICY.replace('Metadata', 'Everything')),
    'apply',
    '--policy',
    'template:metadata-all'
  )
  t.match(failed, { code: 4, json: { code: 'ROLLED_BACK' } })
  t.match(failed.json['message'], /healthy again\. The cause: the audit policy has a level that does not exist$/)
  t.match(failed.json['next'], /the levels are None, Metadata/)
  t.ok(
    (failed.json['findings'] as { code: string }[]).some(({ code }) => code === 'policy-level'), // as: findings have codes
    'the cause is a finding'
  )

  setFaults(node.dir, SLOW)
  const before = kubelet.exits()
  writeAtomic(node.manifest, withFlags(good, '--this-is-very-wrong'))
  // the good server ends, and the wrong one twice
  const isTold = () => kubelet.exits() >= before + 3 && kubelet.podLog().includes('unknown flag')
  await until('the unknown flag is told', isTold)
  t.match((await explain(node)).json, { cause: { code: 'unknown-flag', confidence: 'certain' } })
  writeAtomic(node.manifest, good)
  await kubelet.ready()
  t.match((await explain(node)).json, { state: 'up', cause: null })
})
