import { isDeepStrictEqual } from 'node:util'
import { AuditError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { sweepTemporaries } from '../host/atomic-write.ts'
import type { Host } from '../host/host.ts'
import { JOURNAL_FILE, readJournal } from '../host/journal.ts'
import { acquireLock, type Lock } from '../host/lock.ts'
import { findKubelet } from '../inspect/find-kubelet.ts'
import { apiServersOf } from '../inspect/servers.ts'
import { isEmpty, type Plan } from '../plan/change.ts'
import { attempt, tidy } from './attempt.ts'
import { lookBefore } from './look-before.ts'
import type { ApplyOptions } from './options.ts'
import type { Watcher } from './progress.ts'
import type { Receipt } from './receipt.ts'
import { settle } from './settle.ts'
import { writeTransaction } from './transaction.ts'
import { refuseChanged } from './write.ts'

/**
 * Performs a plan as one transaction: lock, compare, back up, write, wait for the new server, prove that it records events,
 * and put everything back when that fails. `planAgain` makes the same plan from what is there under the lock. Throws an
 * AuditError when nothing was changed; a failure after the first visible change is told in the receipt.
 */
export const applyPlan = async (
  host: Host,
  plan: Plan,
  options: ApplyOptions,
  watcher: Watcher,
  planAgain: () => Plan = () => plan
): Promise<Receipt> => {
  const start = host.monotonic()
  const seconds = (): number => Math.round((host.monotonic() - start) / 100) / 10
  if (isEmpty(plan))
    return { ...NOTHING_DONE, seconds: seconds(), findings: [...plan.findings, UNTOUCHED, ...downFindings(host)] }
  const lock = acquireLock(host, plan.command)
  try {
    refuseOutdated(host, plan, planAgain)
    const receipt = await performLocked(host, plan, options, watcher, lock)
    const findings = [...receipt.findings, ...tidy('the lock could not be given back', lock.release)]
    return { ...receipt, findings, seconds: seconds() }
  } catch (error) {
    attempt(lock.release)
    throw error
  }
}

// nothing to do is not the same as all is well
const downFindings = (host: Host): Finding[] =>
  // below another root only its own kubelet shows that it is a node that runs
  (host.root !== '/' && findKubelet(host) === undefined) || apiServersOf(host).length > 0
    ? []
    : [
        {
          code: 'server-down',
          severity: 'warning',
          message: 'no kube-apiserver runs on this node',
          remediation: 'auditpatch explain-failure says why'
        }
      ]

// a plan is made without the lock: another run may have written meanwhile what it was made from, also files that it leaves
const refuseOutdated = (host: Host, plan: Plan, planAgain: () => Plan): void => {
  if (readJournal(host))
    throw new AuditError('BAD_JOURNAL', 'another run was interrupted since this one began', { path: JOURNAL_FILE })
  refuseChanged(host, plan)
  if (!isDeepStrictEqual(doings(host, planAgain()), doings(host, plan)))
    throw new AuditError('CHANGED_SINCE_READ', 'the node was changed by someone else since the plan was made')
}

// a directory that is there by now, as the lock makes /var, is not made
const doings = (host: Host, { manifest, files, directories, owners }: Plan): object => ({
  manifest,
  files,
  directories: directories.filter(({ path }) => host.stat(path) === null),
  owners
})

const performLocked = async (
  host: Host,
  plan: Plan,
  options: ApplyOptions,
  watcher: Watcher,
  lock: Lock
): Promise<Omit<Receipt, 'seconds'>> => {
  sweepTemporaries(host, [JOURNAL_FILE, plan.manifest, ...plan.files.map(file => file.path)])
  const before = await lookBefore(host, plan, options)
  const written = writeTransaction(host, plan, { ...options, holder: lock.holder, processes: before.servers }, watcher)
  return settle(host, written, before, options, watcher)
}

const UNTOUCHED: Finding = {
  code: 'nothing-to-do',
  severity: 'info',
  message: 'the audit settings are as wished: nothing was written, so nothing was waited for'
}

const NOTHING_DONE = {
  changed: false,
  backup: null,
  restarted: null,
  healthy: null,
  proven: null,
  rolledBack: false
} as const
