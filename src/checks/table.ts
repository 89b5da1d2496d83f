import type { StartFault } from '../startup/start-fault.ts'
import type { Check, Found } from './check.ts'
import { DIRECTORY_CHECKS } from './directory-checks.ts'
import { DISK_CHECKS } from './disk-checks.ts'
import { LOG_CHECKS } from './log-checks.ts'
import { MANIFEST_CHECKS } from './manifest-checks.ts'
import { MOUNT_CHECKS } from './mount-checks.ts'
import { POLICY_CHECKS } from './policy-checks.ts'
import { RUNNING_CHECKS } from './running-checks.ts'
import { SETTING_CHECKS } from './setting-checks.ts'
import { UPGRADE_CHECKS } from './upgrade-checks.ts'
import { WEBHOOK_CHECKS } from './webhook-checks.ts'

/** The check that every fault of the start comes from. */
const START_CHECK: Check = {
  id: 'start',
  subject: 'start',
  title: 'Nothing in the files that are looked at keeps kube-apiserver from starting',
  severity: 'error',
  why: 'it may still run, and does not come back from its next restart',
  needs: 'node',
  run: ({ faults }) => tellSome(faults)
}

const MANY = 4

// one lost mount makes a fault of each file below it
function* tellSome(faults: readonly StartFault[]): Iterable<Found> {
  for (const [index, { layer: _, printed: __, ...finding }] of faults.entries()) {
    const alike = faults.filter(({ code }) => code === finding.code)
    if (alike.length <= MANY) yield finding
    else if (faults.findIndex(({ code }) => code === finding.code) === index)
      yield { ...finding, message: `${finding.message}; and ${alike.length - 1} more of the same` }
  }
}

/** Everything that is checked, in the order in which it is shown. */
export const CHECKS: readonly Check[] = [
  START_CHECK,
  ...DIRECTORY_CHECKS,
  ...MANIFEST_CHECKS,
  ...SETTING_CHECKS,
  ...MOUNT_CHECKS,
  ...POLICY_CHECKS,
  ...LOG_CHECKS,
  ...DISK_CHECKS,
  ...WEBHOOK_CHECKS,
  ...RUNNING_CHECKS,
  ...UPGRADE_CHECKS
]
