import type { Command } from './command.ts'
import { apply } from './commands/apply.ts'
import { backups } from './commands/backups.ts'
import { check } from './commands/check.ts'
import { completion } from './commands/completion.ts'
import { demo } from './commands/demo.ts'
import { drillCheck } from './commands/drill-check.ts'
import { drillExam } from './commands/drill-exam.ts'
import { drillHint } from './commands/drill-hint.ts'
import { drillList } from './commands/drill-list.ts'
import { drillLogs } from './commands/drill-logs.ts'
import { drillReset } from './commands/drill-reset.ts'
import { drillSolution } from './commands/drill-solution.ts'
import { drillStart } from './commands/drill-start.ts'
import { drillStatus } from './commands/drill-status.ts'
import { explainFailure } from './commands/explain-failure.ts'
import { falco } from './commands/falco.ts'
import { falcoSetup } from './commands/falco-setup.ts'
import { immutableCheck } from './commands/immutable-check.ts'
import { immutablePatch } from './commands/immutable-patch.ts'
import { kubeadmDrift } from './commands/kubeadm-drift.ts'
import { kubeadmPatches } from './commands/kubeadm-patches.ts'
import { kubeadmSave } from './commands/kubeadm-save.ts'
import { kubeadmShow } from './commands/kubeadm-show.ts'
import { logQuery } from './commands/log-query.ts'
import { logReplay } from './commands/log-replay.ts'
import { logSummary } from './commands/log-summary.ts'
import { plan } from './commands/plan.ts'
import { policyCompare } from './commands/policy-compare.ts'
import { policyExplain } from './commands/policy-explain.ts'
import { policyLint } from './commands/policy-lint.ts'
import { policyList } from './commands/policy-list.ts'
import { policyMap } from './commands/policy-map.ts'
import { policyShow } from './commands/policy-show.ts'
import { policyTest } from './commands/policy-test.ts'
import { recover } from './commands/recover.ts'
import { remove } from './commands/remove.ts'
import { render } from './commands/render.ts'
import { restore } from './commands/restore.ts'
import { status } from './commands/status.ts'

/** Every command, in the order of help. */
export const COMMANDS: readonly Command[] = [
  plan,
  apply,
  status,
  check,
  explainFailure,
  remove,
  backups,
  restore,
  recover,
  render,
  kubeadmShow,
  kubeadmPatches,
  kubeadmDrift,
  kubeadmSave,
  policyList,
  policyShow,
  policyLint,
  policyExplain,
  policyTest,
  policyCompare,
  policyMap,
  logQuery,
  logReplay,
  logSummary,
  falco,
  falcoSetup,
  immutableCheck,
  immutablePatch,
  drillList,
  drillStart,
  drillCheck,
  drillLogs,
  drillHint,
  drillSolution,
  drillReset,
  drillStatus,
  drillExam,
  demo,
  completion
]
