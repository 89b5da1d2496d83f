import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { makeNode, type FakeNode } from './fake-node.ts'
import { isTidy, KUBEADM_FILES, launch, MANIFEST, podFiles, read, run, type Run, type Running } from './fake-run.ts'
import { POLICY, POLICY_PATH, put } from './fake-setup.ts'

const OLD_POLICY = POLICY.replace('kind', '# the old one\nkind')

/** A command that is killed, and what the node holds before and after it. */
export interface Victim {
  readonly name: string
  readonly args: readonly string[]
  readonly make: (directory: string) => Promise<FakeNode>
}

const PORT = 6443
const GIVEN = 'given.yaml'

const makeOld = async (directory: string): Promise<FakeNode> => {
  const node = await makeNode(directory, { port: PORT })
  put(node, POLICY_PATH, OLD_POLICY)
  writeFileSync(join(node.dir, GIVEN), POLICY)
  return node
}

const makeAudited = async (directory: string): Promise<FakeNode> => {
  const node = await makeNode(directory, { port: PORT })
  await run(node, 'apply', '--yes')
  return node
}

/** A changed policy for a node without auditing, and the reverse with the files removed. */
export const VICTIMS: readonly Victim[] = [
  { name: 'apply', args: ['apply', '--yes', '--policy', GIVEN], make: makeOld },
  { name: 'remove', args: ['remove', '--yes', '--purge'], make: makeAudited },
  { name: 'restore', args: ['restore', '--yes'], make: makeAudited }
]

/** Manifest and policy of a node. */
type Pair = readonly [string | null, string | null]
const pairOf = (node: FakeNode): Pair => [read(node, MANIFEST), read(node, POLICY_PATH)]

/** Both ends of a command, found by running it, and a node to copy. */
export const endsOf = async (victim: Victim, directory: string) => {
  const model = await victim.make(join(directory, `${victim.name}-model`))
  const node = copyOf(model, join(directory, victim.name))
  await start(victim, node).done
  return { model, before: pairOf(model), after: pairOf(node) }
}

export type Ends = Awaited<ReturnType<typeof endsOf>>

const copyOf = (model: FakeNode, directory: string): FakeNode => {
  rmSync(directory, { recursive: true, force: true })
  cpSync(model.dir, directory, { recursive: true })
  const config = join(directory, 'var/lib/kubelet/config.yaml')
  writeFileSync(config, readFileSync(config, 'utf8').replace(model.dir, directory))
  const manifests = join(directory, 'etc/kubernetes/manifests')
  return { ...model, dir: directory, manifests, manifest: join(manifests, 'kube-apiserver.yaml') }
}

const start = ({ args }: Victim, node: FakeNode, under: readonly string[] = []): Running =>
  launch(
    node,
    args.map(arg => (arg === GIVEN ? join(node.dir, GIVEN) : arg)),
    { under }
  )

/** Kills a command some milliseconds after it has taken the lock. */
export const killAfter = async (victim: Victim, node: FakeNode, milliseconds: number): Promise<Run> => {
  const running = start(victim, node)
  const lock = join(node.dir, '/var/lib/auditpatch/lock')
  const hasEnded = (): boolean => running.child.exitCode !== null || running.child.signalCode !== null
  while (!existsSync(lock) && !hasEnded()) await sleep(1)
  await sleep(milliseconds)
  running.child.kill('SIGKILL')
  return running.done
}

/** The system calls that leave something on the disk. */
export const CALLS = ['rename', 'link', 'unlink', 'mkdir', 'rmdir', 'fsync', 'fchmod'] as const
type Call = (typeof CALLS)[number]

/** Why nothing can be killed at a certain system call; false where it can. */
export const noTracer = ((): string | false => {
  const { status } = spawnSync('strace', ['-f', '-o', '/dev/null', '-e', 'trace=rename', 'true'])
  // where everything has to be tested a missing tool is a failure, and the tests say so
  return status !== 0 && process.env.CI === undefined && 'NEEDS strace, and the right to trace'
})()

/** How many of each call a command makes. */
export const callsOf = async (victim: Victim, { model }: Ends): Promise<Map<Call, number>> => {
  const node = copyOf(model, `${model.dir}-traced`)
  const log = join(node.dir, 'strace.log')
  await start(victim, node, ['strace', '-f', '-o', log, '-e', `trace=${CALLS.join()}`]).done
  const lines = readFileSync(log, 'utf8').split('\n')
  return new Map(CALLS.map(call => [call, lines.filter(line => new RegExp(`^\\d+ +${call}\\(`).test(line)).length]))
}

/** Kills a command just before its nth system call of a kind. */
export const killAt = (victim: Victim, node: FakeNode, call: Call, nth: number): Promise<Run> =>
  start(victim, node, [
    ...['strace', '-f', '-o', join(node.dir, 'strace.log'), '-e', `trace=${call}`],
    ...['-e', `inject=${call}:signal=KILL:when=${nth}`]
  ]).done

/**
 * Kills a command on a fresh node and looks at what is left: the old manifest or the new one, a whole policy, no pod file
 * besides, and a next run that brings both to one end.
 */
export const survives = async (
  t: Test,
  name: string,
  ends: Ends,
  kill: (node: FakeNode) => Promise<Run>
): Promise<'before' | 'after'> => {
  const node = copyOf(ends.model, `${ends.model.dir}-killed`)
  await kill(node)
  const [manifest, policy] = pairOf(node)
  t.ok(manifest === ends.before[0] || manifest === ends.after[0], `${name}: the manifest is the old or the new one`)
  t.ok(policy === ends.before[1] || policy === ends.after[1], `${name}: the policy is the old or the new one`)
  if (manifest?.includes('--audit-policy-file') === true)
    t.type(policy, 'string', `${name}: the policy that the manifest names is there`)
  t.same(podFiles(node), KUBEADM_FILES, `${name}: the kubelet finds no other file`)
  const isOpen = existsSync(join(node.dir, '/var/lib/auditpatch/journal.json'))
  const recovered = await run(node, 'recover')
  t.match(recovered, { code: 0, json: { kind: 'RecoverResult', changed: isOpen } }, `${name}: recover works`)
  const pair = pairOf(node)
  const end = pair[0] === ends.before[0] ? 'before' : 'after'
  t.same(pair, ends[end], `${name}: recovered to one end`)
  // a run that writes, so that it takes the lock which the dead one held
  const next = await run(node, 'apply', '--yes', '--log-maxage=77')
  t.match(next, { code: 0, json: { changed: true } }, `${name}: the next run works`)
  isTidy(t, node)
  return end
}
