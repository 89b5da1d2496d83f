import { AuditError } from '../errors.ts'
import { sweepTemporaries } from '../host/atomic-write.ts'
import type { Host } from '../host/host.ts'
import { JOURNAL_FILE, readJournal } from '../host/journal.ts'
import { acquireLock } from '../host/lock.ts'
import { parentOf } from '../paths.ts'
import { isEmpty, type Plan } from '../plan/change.ts'
import { lookBefore } from './look-before.ts'
import type { ApplyOptions } from './options.ts'
import type { Watcher } from './progress.ts'
import type { Receipt } from './receipt.ts'
import { settle } from './settle.ts'
import { writeTransaction } from './transaction.ts'

/**
 * Performs a plan as one transaction: lock, compare, back up, write, wait for the new server, prove that it records events,
 * and put everything back when that fails. Throws an AuditError when nothing was changed; a failure after the first visible
 * change is told in the receipt.
 */
export const applyPlan = async (host: Host, plan: Plan, options: ApplyOptions, watcher: Watcher): Promise<Receipt> => {
  const start = host.monotonic()
  const seconds = (): number => Math.round((host.monotonic() - start) / 100) / 10
  if (isEmpty(plan)) return { ...NOTHING_DONE, seconds: seconds(), findings: plan.findings }
  const lock = acquireLock(host, plan.command)
  try {
    if (readJournal(host))
      throw new AuditError('BAD_JOURNAL', 'another run was interrupted since this one began', { path: JOURNAL_FILE })
    sweepTemporaries(host, parentOf(plan.manifest))
    const before = await lookBefore(host, plan, options)
    const written = writeTransaction(
      host,
      plan,
      { ...options, holder: lock.holder, processes: before.servers },
      watcher
    )
    return { ...(await settle(host, written, before, options, watcher)), seconds: seconds() }
  } finally {
    lock.release()
  }
}

const NOTHING_DONE = {
  changed: false,
  backup: null,
  restarted: null,
  healthy: null,
  proven: null,
  rolledBack: false
} as const
