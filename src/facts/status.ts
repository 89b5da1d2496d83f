import type { Finding } from '../finding.ts'

/** What is configured, what runs, what is proven, and where the log is, on one node. */
export interface Status {
  readonly manifest: string
  readonly version: string | null
  readonly configured: boolean
  /** True when the running server has written to the log since it was started; null where that cannot be told. */
  readonly proven: boolean | null
  readonly flags: Readonly<Record<string, string>>
  readonly policy: { readonly path: string; readonly host: string | null; readonly rules: number | null } | null
  readonly log: LogStatus | null
  readonly webhook: { readonly path: string; readonly host: string | null; readonly server: string | null } | null
  /** Null when no kube-apiserver of this node is seen. */
  readonly running: RunningStatus | null
  readonly kubelet: boolean
  readonly backups: number
  /** The id of the newest backup. */
  readonly newestBackup: string | null
  readonly lastRun: { readonly time: string; readonly command: string; readonly exit: number } | null
  readonly interrupted: string | null
  /** The run that is at work right now. */
  readonly atWork: string | null
  /** Errors and warnings of `check`, without those of the policy. */
  readonly findings: readonly Finding[]
}

export interface RunningStatus {
  readonly pid: number
  /** RFC 3339. */
  readonly since: string
  /** Whether it runs with the flags of the manifest. */
  readonly matches: boolean
  readonly healthy: boolean
}

export interface LogStatus {
  readonly path: string
  readonly host: string | null
  readonly size: number | null
  readonly rotated: number
  /** When the log was last written, RFC 3339. */
  readonly written: string | null
  /** The values in force, in days, files and MiB; 0 is no limit. */
  readonly rotation: { readonly maxage: number; readonly maxbackup: number; readonly maxsize: number }
  /** By the times of the events; null where there are too few. */
  readonly growth: {
    readonly since: string
    readonly until: string
    readonly eventsPerSecond: number
    readonly bytesPerDay: number
    /** How long a history the rotation keeps at this rate; null where it has no limit. */
    readonly historyDays: number | null
  } | null
  readonly freeBytes: number | null
}
