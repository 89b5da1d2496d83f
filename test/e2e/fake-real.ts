import { readFileSync, writeFileSync } from 'node:fs'
import type { Test } from 'tap'
import { withFlags } from './fake-edit.ts'
import { UNSEEN } from './fake-faults.ts'
import { makeNode, setFaults, startKubelet, type FakeNode, type Kubelet } from './fake-node.ts'
import { launch, waiting, type Run, type Running } from './fake-run.ts'
import { realServer } from './fake-real-server.ts'

/** A node whose kubelet runs a server made of Kubernetes' own code. */
export interface RealNode {
  readonly node: FakeNode
  readonly kubelet: Kubelet
  /** The manifest that the server started with. */
  readonly good: string
  /** Starts the program on the node, among the mounts that its kubelet has. */
  readonly start: (command: string, ...args: readonly string[]) => Running
  /** Runs a command that waits to its end. */
  readonly run: (command: string, ...args: readonly string[]) => Promise<Run>
}

/** How such a node is to look. */
export interface RealOptions {
  /** Makes another manifest of kubeadm's before the server starts. */
  readonly edit?: (manifest: string, node: FakeNode) => string
  /** A shell command that mounts something below the directory `$ROOT` of the node; only the node sees it. */
  readonly mounts?: string
}

// busy machines: what takes this long has failed
const PATIENCE = 120_000
const WAIT = `--wait-timeout=${PATIENCE / 1000}s`

// a real server ends in its own time
const FAULTS = { graceMs: 30_000 }

/** A node of its own for a test, whose server of Kubernetes' own code has started. */
export const setUpReal = async (t: Test, { edit, mounts }: RealOptions = {}): Promise<RealNode> => {
  const running: Kubelet[] = []
  // Before t.testdir(): what is registered later runs after the directory is gone.
  t.teardown(() => Promise.all(running.map(kubelet => kubelet.stop())))
  const node = await makeNode(t.testdir(), { fileCheckFrequency: '200ms', faults: FAULTS })
  // test nodes share the machine: each holds its port on another address
  const manifest = withFlags(readFileSync(node.manifest, 'utf8'), '--bind-address=127.0.0.1')
  const good = edit?.(manifest, node) ?? manifest
  writeFileSync(node.manifest, good)
  const real = await realServer()
  if (real === null) throw new Error('NEEDS GO')
  const shell = mounts === undefined ? {} : { mounts: `(ROOT='${node.dir}' && ${mounts})` }
  const kubelet = await startKubelet(node.dir, { real, timeout: PATIENCE, ...shell })
  running.push(kubelet)
  const under = mounts === undefined ? [] : ['nsenter', '--mount', `--target=${kubelet.pid}`]
  const start: RealNode['start'] = (command, ...args) =>
    launch(node, [command, ...args], { under, limit: 2 * PATIENCE })
  return {
    node,
    kubelet,
    good,
    start,
    run: (command, ...args) => {
      const [name = '', ...words] = waiting(command, WAIT, ...args)
      return start(name, ...words).done
    }
  }
}

/** Runs a command and does something to the node after all is written, before the kubelet sees it. */
export const runBehind = async (
  { node, start }: RealNode,
  act: (node: FakeNode) => void,
  command: string,
  ...args: readonly string[]
): Promise<Run> => {
  setFaults(node.dir, { ...FAULTS, ...UNSEEN })
  const [name = '', ...words] = waiting(command, WAIT, ...args)
  const running = start(name, ...words)
  try {
    await running.said('wrote ')
    act(node)
  } catch (error) {
    running.child.kill('SIGKILL')
    throw error
  }
  setFaults(node.dir, FAULTS)
  return running.done
}
