import { spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { textOf } from './fake-files.ts'
import { ask, makeNode, startKubelet, type FakeNode, type Kubelet, type NodeOptions } from './fake-node.ts'
import { until } from './fake-setup.ts'

// the one-file executable, or whatever else is to be tried, in the place of the bundle
const given = process.env['AUDITPATCH_PROGRAM']
export const PROGRAM: readonly string[] = given
  ? [resolve(given)]
  : [process.execPath, fileURLToPath(new URL('../../bin/auditpatch.js', import.meta.url))]
const BUNDLE = fileURLToPath(new URL('../../dist/auditpatch.cjs', import.meta.url))
if (!existsSync(BUNDLE)) throw new Error(`${BUNDLE} is not there: run npm run build first`)

export const MANIFEST = '/etc/kubernetes/manifests/kube-apiserver.yaml'
export const RUN_LOG = '/var/log/auditpatch.log'
const STATE = '/var/lib/auditpatch'
const LIMIT = 200_000

/** What a run of the program left. */
export interface Run {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
  /** The object on stdout; empty when there is none. */
  readonly json: Readonly<Record<string, unknown>>
}

/** A run that goes on. */
export interface Running {
  readonly child: ChildProcess
  /** Waits until the run has said something on stderr. */
  readonly said: (text: string) => Promise<void>
  readonly done: Promise<Run>
}

/** A run of which nobody knows when it will end. */
export interface Started {
  readonly child: ChildProcess
  readonly out: () => string
  /** Waits until the run has said something on stderr. */
  readonly said: (text: string) => Promise<void>
  /** Its exit code and signal. */
  readonly ended: Promise<readonly [number | null, NodeJS.Signals | null]>
}

/** Starts the built program as it is called, without a node. */
export const start = (args: readonly string[]): Started => {
  const [file = process.execPath, ...words] = PROGRAM
  const child = spawn(file, [...words, ...args], { cwd: '/', env: { PATH: process.env['PATH'] } })
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk))
  return {
    child,
    out: () => out,
    said: text =>
      until(
        () => `"${text}" on stderr, found ${err}`,
        () => err.includes(text)
      ),
    ended: new Promise(resolve => child.once('close', (code, signal) => resolve([code, signal])))
  }
}

/** How a run is started. */
export interface LaunchOptions {
  /** User and group of the process. */
  readonly user?: number
  /** Words in front of the program, as `strace -f`. */
  readonly under?: readonly string[]
  /** Milliseconds after which it is killed; 200 000. */
  readonly limit?: number
}

/** Starts the built program on a node, with JSON on stdout. */
export const launch = (node: FakeNode, args: readonly string[], options: LaunchOptions = {}): Running => {
  const [file = process.execPath, ...words] = [...(options.under ?? []), ...PROGRAM]
  const owner = options.user === undefined ? {} : { uid: options.user, gid: options.user }
  const child = spawn(file, [...words, ...args, '--root', node.dir, '-o', 'json'], {
    cwd: '/',
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...owner
  })
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk))
  const timer = setTimeout(() => child.kill('SIGKILL'), options.limit ?? LIMIT)
  const done = new Promise<Run>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      try {
        // one that was killed may have said half of it
        resolve({ code, signal, out, err, json: signal === null ? objectIn(out) : {} })
      } catch (error) {
        reject(new Error(`no JSON on stdout: ${out}\n${err}`, { cause: error }))
      }
    })
  })
  return {
    child,
    done,
    said: text =>
      until(
        () => `"${text}" on stderr, found ${err}`,
        () => err.includes(text)
      )
  }
}

// as: one object on stdout is the contract, and each test looks at its keys
const objectIn = (out: string): Record<string, unknown> =>
  out.trim() === '' ? {} : (JSON.parse(out) as Record<string, unknown>)

/** Runs the built program on a node to its end. */
export const run = (node: FakeNode, ...args: readonly string[]): Promise<Run> => launch(node, args).done

/** The arguments of a change that waits as a test can afford it. */
export const waiting = (command: string, ...args: readonly string[]): string[] => [
  command,
  '--yes',
  '--wait',
  '--wait-stable=700ms',
  ...(args.some(arg => arg.startsWith('--wait-timeout')) ? [] : ['--wait-timeout=60s']),
  ...args
]

/** Runs apply on a node, waiting. */
export const apply = (node: FakeNode, ...args: readonly string[]): Promise<Run> =>
  run(node, ...waiting('apply', ...args))

/** A file of the node as text; null when it is not there. */
export const read = (node: FakeNode, path: string): string | null => textOf(join(node.dir, path))

/** A node without a kubelet, for what is decided before anything is started. */
export const setUpFiles = async (t: Test, options: NodeOptions = {}) => {
  const node = await makeNode(t.testdir(), options)
  return { node, good: readFileSync(node.manifest, 'utf8') }
}

/** Two nodes on one machine, each with its own running kubelet. */
export const setUpTwo = async (t: Test) => {
  const running: Kubelet[] = []
  t.teardown(() => Promise.all(running.map(kubelet => kubelet.stop())))
  const directory = t.testdir()
  const start = async (name: string) => {
    const options = { fileCheckFrequency: '200ms', faults: { readyMs: 60 } }
    const node = await makeNode(join(directory, name), options)
    const kubelet = await startKubelet(node.dir)
    running.push(kubelet)
    return { node, kubelet, good: readFileSync(node.manifest, 'utf8') }
  }
  return [await start('one'), await start('two')] as const
}

/** A node whose kubelet starts with an edited manifest, and need not get its server up. */
export const setUpDown = async (
  t: Test,
  edit: (good: string, node: FakeNode) => string,
  options: NodeOptions & { directory?: string } = {}
) => {
  const running: Kubelet[] = []
  // Before t.testdir(): what is registered later runs after the directory is gone.
  t.teardown(() => Promise.all(running.map(kubelet => kubelet.stop())))
  const faults = { readyMs: 60, ...options.faults }
  const node = await makeNode(options.directory ?? t.testdir(), { fileCheckFrequency: '200ms', ...options, faults })
  const broken = edit(readFileSync(node.manifest, 'utf8'), node)
  writeFileSync(node.manifest, broken)
  const kubelet = await startKubelet(node.dir, { wait: false })
  running.push(kubelet)
  return { node, kubelet, broken }
}

/** The names in the manifests directory that the kubelet reads. */
export const podFiles = (node: FakeNode): string[] =>
  readdirSync(node.manifests)
    .filter(name => !name.startsWith('.'))
    .sort()

export const KUBEADM_FILES = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map(
  name => `${name}.yaml`
)

/** Nothing of a run is left behind: no journal, no lock, no temporary file, no second pod file. */
export const isTidy = (t: Test, node: FakeNode, files: readonly string[] = KUBEADM_FILES): void => {
  t.same(podFiles(node), files, 'the files in the manifests directory')
  t.notOk(existsSync(join(node.dir, STATE, 'journal.json')), 'the journal is closed')
  const held = existsSync(join(node.dir, STATE)) ? readdirSync(join(node.dir, STATE)) : []
  t.same(
    held.filter(name => name !== 'backups'),
    [],
    'the lock is free'
  )
  t.same(temporaries(node), [], 'no temporary file is left')
}

/** Files that a run makes for a moment. */
export const temporaries = (node: FakeNode): string[] =>
  namesBelow(join(node.dir, 'etc/kubernetes')).filter(name => name.includes('.auditpatch-'))

/** The words of the newest server's command line that concern auditing. */
export const auditFlags = (kubelet: Kubelet): string[] =>
  (
    kubelet
      .journal()
      .filter(entry => entry.event === 'start')
      .at(-1)?.argv ?? []
  ).filter(word => word.startsWith('--audit'))

/** True when the server of the node is alive: answers, be it with 401. */
export const isAlive = async (node: FakeNode): Promise<boolean> =>
  [200, 401].includes((await ask(node.port, '/livez')).status)

const namesBelow = (directory: string): string[] => readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort()

// what the node itself writes all the time
const LIVE = /^(run|var\/log\/pods|var\/log\/containers|var\/log\/kubelet\.log)(\/|$)/

/** Every file of a node with kind, owner, mode, time and content; without what the node itself writes. */
export const treeOf = (node: FakeNode, except: RegExp = /^$/): Record<string, string> =>
  Object.fromEntries(
    namesBelow(node.dir)
      .filter(name => !LIVE.test(name) && !except.test(name))
      .map(name => [name, describe(join(node.dir, name))])
  )

const describe = (path: string): string => {
  const stat = lstatSync(path)
  const { mode, uid, gid, mtimeMs } = stat
  const content = stat.isFile()
    ? createHash('sha256').update(readFileSync(path)).digest('hex')
    : stat.isSymbolicLink()
      ? readlinkSync(path)
      : ''
  return `${mode.toString(8)} ${uid}:${gid} ${mtimeMs} ${content}`
}

/** The permission bits of a file of the node. */
export const modeOf = (node: FakeNode, path: string): number => statSync(join(node.dir, path)).mode & 0o777

/** The findings of a run. */
export const findingsOf = ({ json }: Run): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(json['findings']) ? json['findings'] : []

/** The runs that the log of runs tells of. */
export const runLog = (node: FakeNode): Record<string, unknown>[] =>
  (read(node, RUN_LOG) ?? '')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Record<string, unknown>) // as: the product's own log, whose keys a test looks at

/** True in the long run of the tests: then every case runs, else those that stand for their kind. */
export const IS_LONG = process.env.AUDITPATCH_LONG !== undefined
