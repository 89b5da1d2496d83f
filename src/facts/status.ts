import type { Finding } from '../finding.ts'

/** What is configured, what runs, and where the log is, on one node. */
export interface Status {
  readonly manifest: string
  readonly configured: boolean
  readonly flags: Readonly<Record<string, string>>
  readonly policy: { readonly path: string; readonly host: string | null; readonly rules: number | null } | null
  readonly log: LogStatus | null
  readonly webhook: { readonly path: string; readonly host: string | null; readonly server: string | null } | null
  /** Null when no kube-apiserver of this node is seen. */
  readonly running: { readonly pid: number; readonly matches: boolean; readonly healthy: boolean } | null
  readonly kubelet: boolean
  readonly backups: number
  readonly interrupted: string | null
  readonly findings: readonly Finding[]
}

export interface LogStatus {
  readonly path: string
  readonly host: string | null
  readonly size: number | null
  readonly rotated: number
  /** When the log was last written, RFC 3339. */
  readonly written: string | null
}
