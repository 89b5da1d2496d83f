import type { KubernetesVersion } from '../../src/audit/version.ts'
import { AuditError } from '../../src/errors.ts'
import { refuseFlagFaults } from '../../src/plan/flag-faults.ts'
import { locatePod } from '../../src/pod/pod.ts'
import { parseSource } from '../../src/text/source.ts'

/** Whether flags are accepted, and if not, everything that is said about them. */
export interface FlagVerdict {
  readonly accepted: boolean
  readonly messages: readonly string[]
}

/** What this project says of a command line, as it would stand in a manifest. */
export const judgeFlagsHere = (args: readonly string[], version: KubernetesVersion): FlagVerdict => {
  const container = { name: 'kube-apiserver', command: ['kube-apiserver', ...args] }
  const manifest = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers: [container] } }
  try {
    refuseFlagFaults(locatePod(parseSource(JSON.stringify(manifest), 'manifest', 'kubernetes')), [], version)
    return { accepted: true, messages: [] }
  } catch (cause) {
    if (!(cause instanceof AuditError)) throw cause
    const findings = cause.findings?.map(each => each.message) ?? []
    return { accepted: false, messages: [cause.message, ...findings] }
  }
}
