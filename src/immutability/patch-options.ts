import type { Workload } from '../pod/workloads.ts'
import type { WrittenPath } from './written/written-path.ts'

/** A pod of a cluster. */
export interface PodName {
  readonly namespace: string
  readonly name: string
}

/** What somebody knows of what containers write; without a container it is said of all of them. */
export interface PatchOptions {
  /** Directories that must be writable, absolute. */
  readonly writable: readonly { readonly container: string | undefined; readonly path: string }[]
  /** What was seen to be written; where a pod is named, in it. */
  readonly written: readonly {
    readonly container: string | undefined
    readonly pod: PodName | undefined
    /** People did it by kubectl exec, and not the container's program. */
    readonly isByHand: boolean
    readonly write: WrittenPath
  }[]
  /** The user to run as where nothing is said about it, and the image's own user may be root. */
  readonly runAsUser: readonly { readonly container: string | undefined; readonly uid: number }[]
  /** The requirements that are to be met; all of them where there are none. */
  readonly only: readonly string[]
}

/** Nothing is known but what the workload itself and its images tell. */
export const NOTHING_KNOWN: PatchOptions = { writable: [], written: [], runAsUser: [], only: [] }

/** What is known of a workload: of what was seen in pods only what was seen in its own. */
export const optionsFor = ({ kind, name, namespace }: Workload, options: PatchOptions): PatchOptions => ({
  ...options,
  written: options.written.filter(
    ({ pod }) =>
      pod === undefined ||
      ((namespace === undefined || namespace === pod.namespace) &&
        (kind === 'Pod' ? pod.name === name : name !== '' && pod.name.startsWith(`${name}-`)))
  )
})
