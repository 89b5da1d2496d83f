import { spawn } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readdirSync, realpathSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { builtPrograms } from './fake-bundle.ts'
import { ask, freePort } from './fake-client.ts'
import { faultFile, type Faults } from './fake-faults.ts'
import { textOf } from './fake-files.ts'
import { kubeletFiles, type KubeletFacts } from './fake-kubelet.ts'
import { apiServerManifest, otherManifest } from './fake-manifest.ts'
import type { RealServer } from './fake-run-pod.ts'

export { ask, freePort } from './fake-client.ts'
export type { Faults } from './fake-faults.ts'

// tap has every child of a test write down what it loaded when it ends, and a server with another user may not write there
const WITHOUT_TAP = 'unset NODE_OPTIONS PATH; exec -a "$0" "$@"'

const HERE = dirname(fileURLToPath(import.meta.url))
const TLS = join(HERE, '../fixtures/tls')
const CERTIFICATES = `ca.crt ca.key apiserver.crt apiserver.key apiserver-etcd-client.crt apiserver-etcd-client.key
  apiserver-kubelet-client.crt apiserver-kubelet-client.key front-proxy-ca.crt front-proxy-ca.key front-proxy-client.crt
  front-proxy-client.key sa.pub sa.key etcd/ca.crt etcd/ca.key etcd/server.crt etcd/server.key`.split(/\s+/)

/** How a node is to look; everything has a default. */
export interface NodeOptions {
  /** Kubernetes version with the `v`; v1.36.2. */
  readonly version?: string
  /** Address in the manifest's probes; 127.0.0.1. */
  readonly host?: string
  /** Port of the API server; a free one. */
  readonly port?: number
  /** The kubelet's poll period as a Go duration; 500ms. */
  readonly fileCheckFrequency?: string
  /** Items added at the end of kubeadm's command. */
  readonly flags?: readonly string[]
  readonly faults?: Partial<Faults>
}

/** A node made by `makeNode`; paths are on this machine. */
export interface FakeNode {
  readonly dir: string
  readonly host: string
  readonly port: number
  readonly manifests: string
  readonly manifest: string
}

/** One start of an API server, or another line of the fake kubelet's journal. */
export interface JournalEntry {
  readonly time: number
  readonly event: 'start' | 'exit' | 'mount-failed'
  readonly pod: string
  readonly uid: string
  readonly restart?: number
  readonly pid?: number
  readonly argv?: readonly string[]
  readonly outcome?: string
  readonly error?: string
}

/** How to start a fake kubelet. */
export interface KubeletOptions {
  /** False: do not wait for the API server; true by default. */
  readonly wait?: boolean
  /** Milliseconds to wait for the API server; 60 000. */
  readonly timeout?: number
  /** The node's name; `node1`. */
  readonly node?: string
  /** Runs this server in a mount namespace, as root; else a program of ours plays it. */
  readonly real?: RealServer
  /** A shell command, as a mount, that runs before the kubelet in a mount namespace of its own, as root. */
  readonly mounts?: string
}

/** A running fake kubelet. */
export interface Kubelet {
  readonly pid: number
  /** Ends the kubelet and its server and waits for both. */
  readonly stop: () => Promise<void>
  /** How many API servers this root has started so far. */
  readonly restarts: () => number
  /** How many have ended so far. */
  readonly exits: () => number
  readonly journal: () => readonly JournalEntry[]
  readonly kubeletLog: () => string
  /** The text of the container logs of the API server that are left; empty when there are none. */
  readonly podLog: () => string
  /** The process of the running API server, or null. */
  readonly serverPid: () => number | null
  /** Waits until the API server of the manifest answers 200 (or 401, without anonymous access) on /readyz. */
  readonly ready: (timeout?: number) => Promise<void>
}

/** Writes the files of a control-plane node as kubeadm leaves them below `dir`. */
export const makeNode = async (dir: string, options: NodeOptions = {}): Promise<FakeNode> => {
  const { version = 'v1.36.2', host = '127.0.0.1', fileCheckFrequency = '500ms', flags = [], faults } = options
  const port = options.port ?? (await freePort())
  mkdirSync(dir, { recursive: true })
  const root = realpathSync(dir)
  const manifests = join(root, 'etc/kubernetes/manifests')
  for (const path of [
    manifests,
    'etc/kubernetes/pki/etcd',
    'var/lib/kubelet',
    'var/log/pods',
    'run',
    'etc/ssl/certs',
    'var/lib/etcd'
  ])
    mkdirSync(path.startsWith('/') ? path : join(root, path), { recursive: true })
  chmodSync(manifests, 0o700)
  for (const name of CERTIFICATES) {
    const source = join(
      TLS,
      `${name.includes('apiserver.') ? 'apiserver' : 'admin'}${name.endsWith('.key') ? '.key' : '.crt'}`
    )
    copyFileSync(source, join(root, 'etc/kubernetes/pki', name))
    chmodSync(join(root, 'etc/kubernetes/pki', name), name.endsWith('.key') ? 0o600 : 0o644)
  }
  const manifest = join(manifests, 'kube-apiserver.yaml')
  writeFileSync(manifest, apiServerManifest({ version, host, port, flags }), { mode: 0o600 })
  for (const component of ['etcd', 'kube-controller-manager', 'kube-scheduler'])
    writeFileSync(join(manifests, `${component}.yaml`), otherManifest(component, version), { mode: 0o600 })
  writeFileSync(join(root, 'var/lib/kubelet/config.yaml'), kubeletConfig(manifests, fileCheckFrequency))
  if (faults !== undefined) setFaults(root, faults)
  return { dir: root, host, port, manifests, manifest }
}

const kubeletConfig = (manifests: string, frequency: string): string =>
  `apiVersion: kubelet.config.k8s.io/v1beta1\nfileCheckFrequency: ${frequency}\nkind: KubeletConfiguration\nstaticPodPath: ${manifests}\n`

/** Replaces the fault switches of a root; they are read at each start of a server, and by the kubelet as it goes. */
export const setFaults = (dir: string, faults: Partial<Faults>): void =>
  writeAtomic(faultFile(dir), JSON.stringify(faults))

/** Replaces a file by a rename from a dot file beside it, as careful tools do. */
export const writeAtomic = (path: string, text: string): void => {
  const temporary = join(dirname(path), `.${process.pid}.tmp`)
  writeFileSync(temporary, text, { mode: 0o600 })
  renameSync(temporary, path)
}

/** Starts the fake kubelet of a root and waits until its API server is ready. */
export const startKubelet = async (dir: string, options: KubeletOptions = {}): Promise<Kubelet> => {
  const { wait = true, timeout = 60_000, node = 'node1', real = null, mounts } = options
  const root = realpathSync(dir)
  const programs = await builtPrograms()
  const facts: KubeletFacts = {
    root,
    node,
    parent: process.pid,
    server: join(programs, 'apiserver.cjs'),
    programs,
    tls: TLS,
    real
  }
  const config = join(root, 'var/lib/kubelet/config.yaml')
  const words = [join(programs, 'kubelet'), join(programs, 'kubelet.cjs'), `--config=${config}`]
  const shell = ['bash', '-c', mounts === undefined ? WITHOUT_TAP : `${mounts} && ${WITHOUT_TAP}`, 'kubelet', ...words]
  const [file = '', ...rest] = mounts === undefined ? shell : ['unshare', '--mount', ...shell]
  const child = spawn(file, rest, {
    cwd: '/',
    env: { PATH: process.env['PATH'], FAKE_KUBELET: JSON.stringify(facts) },
    stdio: ['ignore', 'ignore', 'inherit']
  })
  child.unref()
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()))
  const files = kubeletFiles(root)
  const count = (event: JournalEntry['event']): number =>
    readJournal(files.journal).filter(entry => entry.event === event).length
  const kubelet: Kubelet = {
    pid: child.pid ?? 0,
    stop: async () => {
      child.ref()
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), 30_000)
      await ended
      clearTimeout(timer)
    },
    restarts: () => count('start'),
    exits: () => count('exit'),
    journal: () => readJournal(files.journal),
    kubeletLog: () => textOf(files.log) ?? '',
    podLog: () => podLogsOf(root),
    serverPid: () => {
      const last = readJournal(files.journal)
        .filter(entry => entry.event !== 'mount-failed')
        .at(-1)
      return last?.event === 'start' ? (last.pid ?? null) : null
    },
    ready: (limit = timeout) => waitReady(root, limit)
  }
  if (wait)
    await kubelet.ready().catch(async (error: unknown) => {
      const logs = `${kubelet.kubeletLog().slice(-2000)}\n${kubelet.podLog().slice(-4000)}`
      await kubelet.stop()
      throw new Error(`${String(error)}\n${logs}`)
    })
  return kubelet
}

const readJournal = (path: string): JournalEntry[] =>
  (textOf(path) ?? '')
    .split('\n')
    .slice(0, -1) // what follows the last line feed is still being written
    .map(line => JSON.parse(line) as JournalEntry) // as: our own file

const podLogsOf = (root: string): string => {
  const pods = join(root, 'var/log/pods')
  // two levels by hand: a recursive look fails when a directory goes away meanwhile
  const namesIn = (path: string): string[] => {
    try {
      return readdirSync(path)
    } catch {
      return []
    }
  }
  const files = namesIn(pods).flatMap(pod =>
    namesIn(join(pods, pod, 'kube-apiserver'))
      .filter(name => /^\d+\.log$/.test(name))
      .map(name => join(pod, 'kube-apiserver', name))
  )
  return files.map(name => textOf(join(pods, name)) ?? '').join('')
}

const waitReady = async (root: string, limit: number): Promise<void> => {
  const end = Date.now() + limit
  while (Date.now() < end) {
    const text = textOf(join(root, 'etc/kubernetes/manifests/kube-apiserver.yaml')) ?? ''
    const port = Number(/--secure-port=(\d+)/.exec(text)?.[1] ?? 6443)
    const { status } = await ask(port, '/readyz')
    if (status === 200 || status === 401) return
    await sleep(50)
  }
  throw new Error(`the API server was not ready after ${limit} ms`)
}
