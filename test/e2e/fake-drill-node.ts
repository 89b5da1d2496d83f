import type { ChildProcess } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type FileTree, type TreeEntry, writeFileTree } from '../../src/host/file-tree.ts'
import type { Files } from '../drills/answer.ts'
import { bindMounts, setUpVolumes } from './fake-mounts.ts'
import type { Pod } from './fake-pod.ts'
import { readPodFile } from './fake-pod-file.ts'
import { type ContainerFacts, isApiServer, type RealServer, spawnServer } from './fake-run-pod.ts'

const MANIFESTS = '/etc/kubernetes/manifests'
const TLS = fileURLToPath(new URL('../fixtures/tls/', import.meta.url))
const LIMIT = 60_000

/** What became of a node's kube-apiserver: the kubelet told why there is no container, or there was one, and what it said. */
export type Outcome =
  | { readonly container: 'none'; readonly said: string }
  | { readonly container: 'running' | 'exited'; readonly said: string }

/** Lays a drill's node out below a directory, with files as an answer leaves them; certificates are such. */
export const layOut = (directory: string, start: FileTree, files: Files): void => {
  const directories = [...start].filter(([, { kind }]) => kind === 'directory')
  const texts = Object.entries(files).flatMap(([path, text]): [string, TreeEntry][] => {
    if (text === null) return []
    const entry = start.get(path)
    return [[path, { kind: 'file', text: certificateFor(path, text), mode: entry?.mode ?? 0o600 }]]
  })
  writeFileTree(directory, new Map([...directories, ...texts]))
}

// a drill has words in their place, which no server could read
const certificateFor = (path: string, text: string): string => {
  if (!/^a (certificate|certificate authority|key|public key) of /.test(text)) return text
  const own = /\/apiserver\./.test(path) ? 'apiserver' : 'admin'
  return readFileSync(join(TLS, `${own}.${/\.key$/.test(path) ? 'key' : 'crt'}`), 'utf8')
}

/** Starts the kube-apiserver of a node once, as the kubelet does, and ends it when it serves. */
export const startOnce = async (root: string, node: string, real: RealServer): Promise<Outcome> => {
  const { pod, refusals } = readManifests(root, node)
  if (pod === null) return { container: 'none', said: refusals.join('\n') }
  const failure = setUpVolumes(root, pod)
  if (failure !== null) return { container: 'none', said: failure }
  const layer = join(root, 'run/layer')
  mkdirSync(layer, { recursive: true })
  const facts: ContainerFacts = { ...pod, root, tls: TLS, layer, binds: bindMounts(root, pod, layer) }
  const runner = { root, server: '', tls: TLS, programs: '', real, note: () => undefined, logError: () => undefined }
  return outcomeOf(spawnServer(runner, pod, facts))
}

// every file is read, in the order of their names, and of pods of one name the last one counts
const readManifests = (root: string, node: string): { pod: Pod | null; refusals: readonly string[] } => {
  const directory = posix.join(root, MANIFESTS)
  const read = readdirSync(directory)
    .filter(name => !name.startsWith('.'))
    .sort()
    .map(name => readPodFile(posix.join(directory, name), node))
  const refusals = read.flatMap(each => (each.kind === 'pod' ? [] : [each.error.replaceAll(root, '')]))
  return {
    pod: read.flatMap(each => (each.kind === 'pod' && isApiServer(each.pod) ? [each.pod] : [])).at(-1) ?? null,
    refusals
  }
}

const outcomeOf = (child: ChildProcess): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const heard = { said: '', serves: false }
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`neither serving nor ended: ${heard.said.slice(-2000)}`))
    }, LIMIT)
    const hear = (chunk: string): void => {
      heard.said += chunk
      if (!/Serving securely/.test(heard.said) || heard.serves) return
      heard.serves = true
      child.kill('SIGKILL')
    }
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', hear)
    child.once('error', reject)
    child.once('close', () => {
      clearTimeout(timer)
      // what the runtime says as it makes the container
      const isMade = !heard.said.startsWith('enter: ')
      resolve({ container: heard.serves ? 'running' : isMade ? 'exited' : 'none', said: heard.said })
    })
  })
