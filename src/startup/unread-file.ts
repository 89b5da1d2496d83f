import type { NodeFacts } from '../facts/node.ts'
import type { Finding } from '../finding.ts'
import { auditPaths } from '../plan/audit-paths.ts'
import { MAX_BYTES } from '../text/source.ts'

const WHAT = {
  policy: { code: 'policy-too-large', name: 'audit policy' },
  webhook: { code: 'kubeconfig-too-large', name: "webhook's kubeconfig" }
} as const

/** What is to be said of a file that kube-apiserver reads, and that is too large to be judged here; nothing for all others. */
export const unreadFile = (facts: NodeFacts, role: keyof typeof WHAT): Finding[] => {
  const { pod } = facts.manifest
  const path = pod ? auditPaths(pod).find(each => each.role === role)?.resolved?.host : undefined
  const fact = path === undefined ? undefined : facts.paths.get(path)
  if (path === undefined || fact?.kind !== 'file' || fact.size <= MAX_BYTES) return []
  const { code, name } = WHAT[role]
  return [
    {
      code,
      severity: 'error',
      message: `the ${name} ${path} has ${fact.size} bytes; one of more than ${MAX_BYTES} is not judged, and kube-apiserver reads it all the same`,
      file: path,
      remediation: 'write one that is shorter, or put the last good one back'
    }
  ]
}
