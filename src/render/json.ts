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

/** A run that was cut off, which the next one finishes or undoes first. */
interface Interrupted {
  readonly command: string
  readonly started: string
}

/** A plan as JSON, in the shape of what performing it gives. */
export const planJson = (plan: Plan, interrupted?: Interrupted | null): Record<string, unknown> =>
  resultOf('PlanResult', {
    changed: !isEmpty(plan),
    ...planBody(plan),
    ...(interrupted ? { interrupted: { command: interrupted.command, started: interrupted.started } } : {}),
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
  failure: { readonly code: string; readonly message: string; readonly next: string } | undefined,
  recovered?: Interrupted & { readonly what: string }
): Record<string, unknown> =>
  resultOf('ApplyResult', {
    // what was finished or undone of an earlier run is a change too
    changed: receipt.changed || (recovered !== undefined && recovered.what !== 'left'),
    ...planBody(plan),
    findings: receipt.findings,
    backup: receipt.backup,
    restarted: receipt.restarted,
    healthy: receipt.healthy,
    proven: receipt.proven,
    rolledBack: receipt.rolledBack,
    seconds: receipt.seconds,
    ...(recovered
      ? { recovered: { command: recovered.command, started: recovered.started, what: recovered.what } }
      : {}),
    ...(failure ?? {})
  })
