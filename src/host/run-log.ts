import { AuditError, type ErrorCode } from '../errors.ts'
import { hostPath } from '../paths.ts'
import type { Host } from './host.ts'

/** What one run leaves in the log of all runs. */
export interface RunRecord {
  readonly command: string
  readonly version: string
  readonly exit: number
  readonly changed: boolean
  readonly seconds: number
  readonly backup?: string
  readonly rolledBack?: boolean
  readonly error?: { readonly code: ErrorCode; readonly message: string }
}

/** The log of all runs, one JSON object a line. */
export const RUN_LOG = hostPath('/var/log/auditpatch.log')

/** Appends a run with time, pid and user. A log that cannot be written is no reason to fail: the error is the result. */
export const appendRun = (host: Host, record: RunRecord): AuditError | null => {
  const line = { time: new Date(host.now()).toISOString(), pid: host.pid, uid: host.uid, ...record }
  try {
    host.appendLine(RUN_LOG, JSON.stringify(line))
    return null
  } catch (error) {
    if (error instanceof AuditError) return error
    throw error
  }
}
