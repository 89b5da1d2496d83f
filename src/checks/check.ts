import type { AuditFlagName } from '../audit/flags.ts'
import type { Rotation } from '../audit/rotation.ts'
import type { KubernetesVersion } from '../audit/version.ts'
import type { Role } from '../audit/wanted.ts'
import type { NodeFacts } from '../facts/node.ts'
import type { Finding, Severity } from '../finding.ts'
import type { AuditPath } from '../plan/audit-paths.ts'
import type { Pod } from '../pod/pod.ts'
import type { StartFault } from '../startup/start-fault.ts'
import type { CisItem } from './cis.ts'

/** What a check looks at. */
export interface NodeContext {
  readonly facts: NodeFacts
  readonly version: KubernetesVersion
  /** All for which kube-apiserver would not start. */
  readonly faults: readonly StartFault[]
}

/** The same where the manifest can be read as the pod of kube-apiserver. */
export interface PodContext extends NodeContext {
  readonly pod: Pod
  /** The audit flags with their counting values. */
  readonly flags: ReadonlyMap<AuditFlagName, string>
  readonly paths: readonly AuditPath[]
  readonly rotation: Rotation
}

/** What a check found: a finding without what the check's row says already. */
export interface Found extends Omit<Finding, 'code' | 'severity'> {
  readonly severity?: Severity
  /** Where several kinds of fault come from one check. */
  readonly code?: string
}

/** The subjects that checks are grouped by, in the order in which they are shown. */
export const SUBJECTS = {
  start: 'Start: what keeps kube-apiserver from coming up again',
  manifest: 'Manifest and its directory',
  settings: 'Audit settings and mounts',
  policy: 'Audit policy',
  log: 'Log, rotation and disk',
  webhook: 'Webhook',
  running: 'What runs now',
  upgrade: 'kubeadm upgrade'
} as const satisfies Readonly<Record<string, string>>

export type Subject = keyof typeof SUBJECTS

interface Row {
  /** Also the code of its findings. */
  readonly id: string
  readonly subject: Subject
  /** What holds when nothing is found. */
  readonly title: string
  /** Of its findings, where they do not say otherwise. */
  readonly severity: Severity
  /** What happens when it does not hold. */
  readonly why: string
  /** The item of the CIS Kubernetes Benchmark that asks for it. */
  readonly cis?: CisItem
  /** Looks at this one of the three files: skipped where no flag names it. */
  readonly about?: Role
}

/** What a check finds; null, or a reason in words, where the node does not show what it looks for. */
type Run<C> = (context: C) => Iterable<Found> | string | null

/**
 * One thing that is checked. Checks that need the pod are skipped where the manifest cannot be read as one, and those of a
 * live node where this machine is not the node.
 */
export type Check = Row &
  (
    | { readonly needs: 'node' | 'live node'; readonly run: Run<NodeContext> }
    | { readonly needs: 'pod' | 'live pod'; readonly run: Run<PodContext> }
  )
