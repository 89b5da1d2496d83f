import { parse, stringify } from 'yaml'
import type { Exercise } from '../../src/drills/drill.ts'

/** The files of a node by their paths; null for one that is not there. */
export type Files = Readonly<Record<string, string | null>>

/** An answer: what it makes of the files of the solution. */
export interface Answer {
  readonly name: string
  readonly edit: (right: Files, exercise: Exercise) => Files
}

/** Answers to one drill. `code` is why a wrong one fails. */
export interface Answers {
  /** The faults of which one keeps the untouched node's kube-apiserver from starting; null: it starts. Left out: any. */
  readonly faults?: readonly (string | null)[]
  readonly wrong: readonly (Answer & { readonly code: string })[]
  readonly right: readonly Answer[]
}

export const MANIFEST = '/etc/kubernetes/manifests/kube-apiserver.yaml'

/** An answer in which one file reads differently. Throws where nothing changes: such an answer would test nothing. */
export const edited =
  (path: string, change: (text: string) => string) =>
  (files: Files): Files => {
    const before = files[path] ?? ''
    const after = change(before)
    if (after === before) throw new Error(`an answer changes nothing in ${path}`)
    return { ...files, [path]: after }
  }

/** An answer in which the manifest reads differently. */
export const inManifest = (change: (text: string) => string): ((files: Files) => Files) => edited(MANIFEST, change)

/** An answer in which the manifest of the untouched node reads differently, and nothing else is done. */
export const fromStart =
  (change: (text: string) => string): Answer['edit'] =>
  (files, { start }) => {
    const before = start.get(MANIFEST)
    const text = before?.kind === 'file' ? before.text : ''
    return edited(MANIFEST, change)({ ...files, [MANIFEST]: text })
  }

/** The text of the manifest without a mount and its volume, by their name. */
export const withoutMount = (text: string, name: string): string =>
  text
    .replace(new RegExp(` {4}- mountPath: .*\\n {6}name: ${name}\\n(?: {6}readOnly: .*\\n)?`), '')
    .replace(new RegExp(` {2}- hostPath:\\n(?: {6}.*\\n)+ {4}name: ${name}\\n`), '')

/** The pod of kube-apiserver, as far as answers change it. */
export interface PodData {
  metadata: { labels: Record<string, string> }
  spec: {
    containers: [
      {
        command: string[]
        args?: string[]
        volumeMounts: { name: string; mountPath: string; readOnly?: boolean; subPath?: string }[]
      }
    ]
    volumes: { name: string; hostPath?: { path: string; type?: string }; emptyDir?: object }[]
  }
}

/** An answer in which the pod of kube-apiserver is changed, and written anew. */
export const inPod = (change: (pod: PodData, exercise: Exercise) => void): Answer['edit'] => {
  return (files, exercise) =>
    inManifest(text => {
      // the test reads back what the drill wrote
      const pod = parse(text) as PodData
      change(pod, exercise)
      return stringify(pod)
    })(files)
}

/** What an audit flag of a manifest names. */
export const valueOf = (pod: PodData, flag: string): string =>
  pod.spec.containers[0].command.find(word => word.startsWith(`--${flag}=`))?.slice(flag.length + 3) ?? ''

/** Takes the mounts and volumes out that a test of the names says. */
export const dropMounts = ({ spec }: PodData, isGone: (name: string) => boolean): void => {
  const [container] = spec.containers
  container.volumeMounts = container.volumeMounts.filter(({ name }) => !isGone(name))
  spec.volumes = spec.volumes.filter(({ name }) => !isGone(name))
}

/** Mounts a directory or file of the node. */
export const mountHost = (
  { spec }: PodData,
  name: string,
  mountPath: string,
  host: { path: string; type?: string },
  readOnly?: boolean
): void => {
  spec.containers[0].volumeMounts.push({ mountPath, name, ...(readOnly === undefined ? {} : { readOnly }) })
  spec.volumes.push({ name, hostPath: host })
}
