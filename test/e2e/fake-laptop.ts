import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { makeNode, setFaults, startKubelet, type FakeNode, type Kubelet } from './fake-node.ts'
import { MANIFEST, read } from './fake-run.ts'
import { until } from './fake-setup.ts'
import { programDirectory, startScript, startSsh, type SshServer } from './fake-ssh.ts'

/** What makes a run wait, as a test can afford it. */
export const WAITING = ['--wait', '--wait-stable=700ms', '--wait-timeout=120s']
export const AUDITED = '--audit-policy-file'

/** Nodes, and what reaches them by SSH. */
export interface Laptop {
  readonly directory: string
  readonly remote: string
  readonly programs: string
  readonly server: SshServer
  readonly nodes: readonly { readonly name: string; readonly node: FakeNode; readonly kubelet: Kubelet }[]
  /** Starts the script for all nodes. */
  readonly start: (args?: readonly string[], env?: Readonly<Record<string, string>>) => ReturnType<typeof startScript>
}

/** Nodes with a kubelet each, an sshd by whose aliases they are reached, and a hosts file that gives each its root. */
export const setUpLaptop = async (t: Test, count: number): Promise<Laptop> => {
  const running: Kubelet[] = []
  // Before t.testdir(): what is registered later runs after the directory is gone.
  t.teardown(() => Promise.all(running.map(kubelet => kubelet.stop())))
  const directory = t.testdir()
  const names = Array.from({ length: count }, (_, index) => `node${index + 1}`)
  const nodes = []
  for (const name of names) {
    const node = await makeNode(join(directory, name), { fileCheckFrequency: '200ms', faults: { readyMs: 60 } })
    const kubelet = await startKubelet(node.dir)
    running.push(kubelet)
    nodes.push({ name, node, kubelet })
  }
  const server = await startSsh(t, join(directory, 'ssh'), { hosts: names })
  const remote = join(directory, 'on the node')
  const programs = programDirectory(join(directory, 'programs'))
  const hosts = join(directory, 'hosts')
  const lines = nodes.map(({ name, node }) => `${name}   --root ${node.dir}  # a comment`)
  writeFileSync(hosts, `# nodes\n\n${lines.join('\n')}`)
  const fixed = ['-F', server.config, '--hosts', hosts, '--program-dir', programs, '--remote-dir', remote]
  const start = (args: readonly string[] = ['--yes'], env = {}) => {
    const [command = '', ...rest] = args
    const words = command.startsWith('-') ? [...fixed, ...args] : [command, ...fixed, ...rest]
    return startScript([...words, ...(args.includes('--') ? [] : ['--']), ...WAITING], env)
  }
  return { directory, remote, programs, server, nodes, start }
}

/** The only node of a laptop. */
export const one = ({ nodes }: Laptop) => {
  const [first] = nodes
  if (first === undefined) throw new Error('no node was made')
  return first
}

/** A server that is not ready, so that auditpatch waits for it. */
export interface Held {
  /** Waits until it is there, and gives its process. */
  readonly server: () => Promise<number>
  /** Lets it become ready. */
  readonly release: () => void
}

/** Holds the next server of a node that audits, for as long as a test likes. */
export const holdNewServer = (t: Test, { node, kubelet }: Laptop['nodes'][number]): Held => {
  const hold = join(node.dir, 'hold')
  writeFileSync(hold, '')
  setFaults(node.dir, { readyMs: 60, heldBy: hold, when: AUDITED })
  const server = async (): Promise<number> => {
    await until('the new server', () => kubelet.restarts() > 1 && kubelet.serverPid() !== null)
    t.match(read(node, MANIFEST), AUDITED)
    return kubelet.serverPid() ?? 0
  }
  return { server, release: () => rmSync(hold) }
}

/** A directory with a program in front of the real one; the last words of its calls are in the file `words`. */
export const inFront = (directory: string, name: string, text: (real: string) => string): Record<string, string> => {
  mkdirSync(directory, { recursive: true })
  const real = spawnSync('bash', ['-c', 'command -v "$0"', name], { encoding: 'utf8' }).stdout.trim()
  const note = `printf '%s\\n' "\${@: -1}" >> '${directory}/words'\n`
  writeFileSync(join(directory, name), `#!/bin/bash\n${note}${text(real)}`, { mode: 0o755 })
  return { PATH: `${directory}:${process.env['PATH'] ?? ''}` }
}

/** Runs a command on a terminal and answers its question. */
export const onTerminal = (command: string, answer: string): Promise<{ code: number | null; out: string }> => {
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], TERM: 'dumb' }
  })
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk))
  child.stdin.end(answer)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => resolve({ code, out }))
  })
}
