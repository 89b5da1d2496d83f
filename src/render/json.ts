import type { Receipt } from '../apply/receipt.ts'
import { isEmpty, type Plan } from '../plan/change.ts'
import { fileJson } from './file-diff.ts'
import { resultOf } from './result.ts'

const planBody = (plan: Plan): Record<string, unknown> => ({
  changes: plan.changes,
  files: plan.files.map(fileJson),
  flags: plan.flags,
  mounts: plan.mounts
})

/** A plan as JSON, in the shape of what performing it gives. */
export const planJson = (plan: Plan): Record<string, unknown> =>
  resultOf('PlanResult', {
    changed: !isEmpty(plan),
    ...planBody(plan),
    findings: plan.findings,
    backup: null,
    restarted: null,
    healthy: null,
    proven: null,
    rolledBack: false,
    seconds: 0
  })

/** What performing a plan came to, as JSON; with `failure` its code, message and next step. */
export const receiptJson = (
  plan: Plan,
  receipt: Receipt,
  failure: { readonly code: string; readonly message: string; readonly next: string } | undefined
): Record<string, unknown> =>
  resultOf('ApplyResult', {
    changed: receipt.changed,
    ...planBody(plan),
    findings: receipt.findings,
    backup: receipt.backup,
    restarted: receipt.restarted,
    healthy: receipt.healthy,
    proven: receipt.proven,
    rolledBack: receipt.rolledBack,
    seconds: receipt.seconds,
    ...(failure ?? {})
  })
