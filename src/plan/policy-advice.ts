import type { AuditFlagName } from '../audit/flags.ts'
import type { KubernetesVersion } from '../audit/version.ts'
import type { Finding } from '../finding.ts'
import type { lintPolicy } from '../policy/lint.ts'
import { strictModeGaps } from '../policy/lint/stages.ts'
import type { Policy } from '../policy/policy.ts'

export type LintPolicy = typeof lintPolicy

interface GivenPolicy {
  readonly name: string
  readonly text: string
  readonly policy: Policy
  /** What has been told already. */
  readonly findings: readonly Finding[]
}

/** The flags that set how an event is written, each for one backend. */
const MODES = ['audit-log-mode', 'audit-webhook-mode'] as const satisfies readonly AuditFlagName[]

/** Where a policy does not go with the mode of a backend; one remark is enough. */
export const modeGaps = (
  { name, policy }: Pick<GivenPolicy, 'name' | 'policy'>,
  flags: ReadonlyMap<AuditFlagName, string>
): Finding[] => MODES.flatMap(flag => strictModeGaps(policy, name, flags.get(flag) ?? '')).slice(0, 1)

/**
 * What to know of a policy that was given and that kube-apiserver accepts: where it does not go with the mode of a backend,
 * and, in one finding, what lint has to say, which is for `policy lint` to show.
 */
export const policyAdvice = (
  { name, text, policy, findings }: GivenPolicy,
  version: KubernetesVersion,
  flags: ReadonlyMap<AuditFlagName, string>,
  lint: LintPolicy
): Finding[] => {
  const gaps = modeGaps({ name, policy }, flags)
  const told = new Set(findings.map(placeOf))
  const all = lint(text, name, version).findings
  const warnings = all.filter(each => each.severity === 'warning' && !told.has(placeOf(each)))
  const [first] = warnings
  if (first === undefined) return gaps
  const summary: Finding = {
    ...first,
    code: 'policy-lint',
    message: `${warnings.length === 1 ? 'a warning' : `${warnings.length} warnings`} about this policy, the first: ${first.message}`,
    remediation: `auditpatch policy lint ${name}`
  }
  return [summary, ...gaps]
}

const placeOf = ({ code, line, column }: Finding): string => `${code} ${line}:${column}`
