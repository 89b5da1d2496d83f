import type { Finding } from '../finding.ts'
import type { HostPath } from '../paths.ts'

/** What came of performing a plan. Null: not tried or not possible, and a finding says why. */
export interface Receipt {
  readonly changed: boolean
  readonly backup: { readonly id: string; readonly directory: HostPath } | null
  readonly restarted: boolean | null
  readonly healthy: boolean | null
  readonly proven: boolean | null
  readonly rolledBack: boolean
  readonly seconds: number
  readonly findings: readonly Finding[]
  /** Set when the plan could not be carried out to the end. */
  readonly failure?: Failure
}

export interface Failure {
  readonly code: 'ROLLED_BACK' | 'ROLLBACK_FAILED' | 'NOT_ROLLED_BACK'
  readonly message: string
  /** What to do next, where the cause is known. */
  readonly next?: string
}
