import type { Owner } from '../facts/path-fact.ts'
import type { ManifestChange } from '../manifest/change.ts'
import type { HostPath } from '../paths.ts'
import type { Finding } from '../finding.ts'
import type { Policy } from '../policy/policy.ts'

/** One thing that a plan does to the node. */
export interface Change {
  readonly kind: ManifestChange['kind'] | 'write-file' | 'remove-file' | 'make-directory' | 'set-owner'
  readonly file: string
  readonly path: string
  readonly name: string
  readonly before: string | null
  readonly after: string | null
  readonly reason: string
}

/** A file's content and owner. */
export interface FileState {
  readonly bytes: Uint8Array
  readonly owner: Owner
}

/** A file that a plan writes or removes: null is its absence. */
export interface PlannedFile {
  readonly role: 'manifest' | 'policy' | 'webhook'
  readonly path: HostPath
  readonly before: FileState | null
  readonly after: FileState | null
  /** True when it may hold secrets: its content is shown to nobody. */
  readonly isSensitive: boolean
}

export interface PlannedOwner {
  readonly path: HostPath
  readonly before: Owner
  readonly after: Owner
}

export interface ServedMount {
  readonly containerPath: string
  readonly hostPath: string
  readonly readOnly: boolean
  readonly type: string
}

/** Where a proof that events are recorded can be found once the plan is performed. */
export interface Proof {
  /** The log file on the host; undefined for standard output or a webhook alone. */
  readonly log: HostPath | undefined
  readonly policy: Policy | undefined
  readonly isLogBatched: boolean
}

/** What will be done and why, as a value: shown as a diff or JSON, or performed. The manifest is the last of `files`. */
export interface Plan {
  readonly command: 'apply' | 'remove' | 'restore'
  readonly manifest: HostPath
  readonly changes: readonly Change[]
  readonly files: readonly PlannedFile[]
  /** Directories to make, outermost first. */
  readonly directories: readonly { readonly path: HostPath; readonly owner: Owner }[]
  readonly owners: readonly PlannedOwner[]
  /** Audit flags as they will be. */
  readonly flags: Readonly<Record<string, string>>
  readonly mounts: readonly ServedMount[]
  readonly findings: readonly Finding[]
  readonly proof: Proof
}

/** True when performing the plan would do nothing. */
export const isEmpty = (plan: Plan): boolean => plan.changes.length === 0

/** True when a plan writes a policy. */
export const writesPolicy = (plan: Plan): boolean =>
  plan.files.some(({ role, after }) => role === 'policy' && after !== null)
