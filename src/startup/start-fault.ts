import type { Finding } from '../finding.ts'

/**
 * Where on the way from the manifest to a serving API server a fault bites, in the order of that way: the kubelet reads the
 * file, mounts the volumes, the runtime starts the program, which reads its flags, the policy, the log and the webhook's
 * kubeconfig, and then all else.
 */
export const LAYERS = ['kubelet', 'mount', 'runtime', 'flags', 'policy', 'log', 'webhook', 'server'] as const
export type Layer = (typeof LAYERS)[number]

/** A fault for which kube-apiserver does not start: a finding, and what the node would print for it. */
export interface StartFault extends Finding {
  readonly severity: 'error'
  readonly layer: Layer
  /** The words that the kubelet (layers kubelet and mount) or kube-apiserver prints, without time and place in front. */
  readonly printed: string
}
