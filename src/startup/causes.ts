import { type Cause, type CauseFacts, type CauseRow, findCause, type Speaker } from './cause.ts'
import { AUDIT_CAUSES } from './causes-audit.ts'
import { FLAG_CAUSES } from './causes-flags.ts'
import { KUBELET_CAUSES } from './causes-kubelet.ts'
import { MOUNT_CAUSES } from './causes-mount.ts'
import { KUBELET_ENDS, RUNTIME_CAUSES } from './causes-node.ts'
import { SERVER_CAUSES } from './causes-server.ts'

/**
 * Everything that is known to keep kube-apiserver from running, by the words that are printed for it. The order decides
 * where a line fits several rows: plain words stand before those that others contain.
 */
export const CAUSES: readonly CauseRow[] = [
  ...KUBELET_CAUSES,
  ...MOUNT_CAUSES,
  ...RUNTIME_CAUSES,
  ...KUBELET_ENDS,
  ...AUDIT_CAUSES,
  ...FLAG_CAUSES,
  ...SERVER_CAUSES
]

/** What a line of a log means; undefined for a line that tells of no cause. */
export const causeOf = (by: Speaker, line: string, facts: CauseFacts): Cause | undefined =>
  findCause(CAUSES, by, line, facts)
