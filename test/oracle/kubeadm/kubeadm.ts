import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Unknown } from '../../../src/text/guard.ts'

/** A file of kubeadm's patches directory. */
export interface PatchText {
  readonly name: string
  readonly text: string
}

/** What kubeadm makes of a configuration. */
export interface Generated {
  readonly extraArgs: readonly { readonly Name: string; readonly Value: string }[] | null
  /** The static pod of kube-apiserver: the file and its data. */
  readonly manifest: string
  readonly pod: Unknown
}

/** A running kubeadm of one minor release. */
export interface Kubeadm {
  /** The static pod that it generates from a ClusterConfiguration; an error where it warns or refuses. */
  readonly podOf: (config: string, patches?: readonly PatchText[]) => Promise<Generated>
  /** A configuration as it stores it in the ConfigMap kubeadm-config. */
  readonly storedOf: (config: string) => Promise<string>
  /** The directories that it mounts where the node has them. */
  readonly optionalPaths: () => Promise<readonly string[]>
  readonly close: () => void
}

interface Answer {
  readonly ok: boolean
  readonly error?: string
}

/** Starts the program of this directory. */
export const startKubeadm = (program: string): Kubeadm => {
  const child = spawn(program, [], { stdio: ['pipe', 'pipe', 'inherit'] })
  const waiting: { resolve: (line: string) => void; reject: (cause: Error) => void }[] = []
  createInterface({ input: child.stdout, crlfDelay: Infinity }).on('line', line => waiting.shift()?.resolve(line))
  const fail = (cause: Error): void => waiting.splice(0).forEach(({ reject }) => reject(cause))
  child.once('error', fail)
  child.once('exit', code => fail(new Error(`${program} ended with ${code}`)))
  const ask = async (question: object): Promise<unknown> => {
    const line = await new Promise<string>((resolve, reject) => {
      waiting.push({ resolve, reject })
      child.stdin.write(`${JSON.stringify(question)}\n`)
    })
    const answer = JSON.parse(line) as Answer // as: the program beside this file wrote it
    if (!answer.ok) throw new Error(`kubeadm: ${answer.error}`)
    return answer
  }
  return {
    podOf: async (config, patches) => (await ask({ op: 'pod', config, patches })) as Generated,
    storedOf: async config => ((await ask({ op: 'upload', config })) as { text: string }).text,
    optionalPaths: async () => ((await ask({ op: 'paths' })) as { paths: string[] }).paths,
    close: () => child.stdin.end()
  }
}
