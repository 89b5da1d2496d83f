import type { AuditFlagName } from '../audit/flags.ts'
import { currentFlags } from '../plan/flag-faults.ts'
import type { Pod } from '../pod/pod.ts'

/** The path that a flag names when it is no absolute one; what the kubelet expands is not known here. */
export const relativePath = (pod: Pod, flag: AuditFlagName): string | undefined => {
  const path = currentFlags(pod).get(flag)
  return path === undefined || path === '' || path.startsWith('/') || path.includes('$(') ? undefined : path
}
