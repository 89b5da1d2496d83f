import { recordedStages } from '../../src/audit/stages.ts'
import type { KubernetesVersion } from '../../src/audit/version.ts'
import { AuditError } from '../../src/errors.ts'
import type { Finding } from '../../src/finding.ts'
import { compilePolicy } from '../../src/policy/compile.ts'
import { decodePolicy } from '../../src/policy/decode.ts'
import { evaluate } from '../../src/policy/evaluate.ts'
import type { Policy } from '../../src/policy/policy.ts'
import { decodeGoText } from '../../src/text/source.ts'
import { decisionCode, type PolicyCase, type Reason, type Verdict } from './verdict.ts'

const FILE = 'policy.yaml'

const STEPS: Readonly<Record<string, Reason>> = {
  'policy-api-version': 'header',
  'policy-kind': 'header',
  'policy-no-rules': 'no-rules',
  'policy-level': 'validation',
  'policy-stage': 'validation',
  'policy-url': 'validation',
  'policy-group': 'validation',
  'policy-resource-names': 'validation',
  'policy-mixed-rule': 'validation'
}

const stepOf = (finding: Finding): Reason => STEPS[finding.code] ?? 'decode'

const ORDER: readonly Reason[] = ['decode', 'header', 'validation', 'no-rules']

/** What this project makes of a policy and its requests, by both evaluators. */
export const judgeHere = (asked: PolicyCase, version: KubernetesVersion): Verdict => {
  try {
    return judge(asked, version)
  } catch (cause) {
    const message = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
    return { reason: 'crash', also: [], lenient: false, faults: [message], loaded: '', decisions: [] }
  }
}

const NOTHING = { also: [], lenient: false, faults: [], loaded: '', decisions: [] } as const

const judge = (asked: PolicyCase, version: KubernetesVersion): Verdict => {
  const text = textOf(asked.text)
  if (text === undefined) return { reason: 'decode', ...NOTHING }
  const { policy, lenient, findings } = decodePolicy(text, FILE, version)
  const errors = findings.filter(each => each.severity === 'error')
  const steps = new Set(errors.map(stepOf))
  const [reason, ...also] = ORDER.filter(each => steps.has(each))
  const fields = errors
    .filter(each => stepOf(each) === 'validation')
    .map(each => (each.field ?? '').replace(/\.resources\[\d+\]/, '.resources'))
  // upstream says the same of two entries once: field.ErrorList, ToAggregate
  const faults = [...new Set(fields)].sort()
  if (policy === null) return { reason: reason ?? 'crash', also, lenient, faults, loaded: '', decisions: [] }
  if (reason !== undefined) return { ...NOTHING, reason: 'crash', faults: ['accepted with errors'] }
  const compiled = compilePolicy(policy)
  const decisions = asked.requests.map(request => {
    const [plain, indexed] = [evaluate(policy, request), compiled(request)].map(decision =>
      decisionCode({ ...decision, stages: recordedStages(request, decision) })
    )
    return plain === indexed ? (plain ?? '') : `evaluate ${plain}, compiled ${indexed}`
  })
  return { reason: 'accepted', also: [], lenient, faults: [], loaded: outline(policy), decisions }
}

const textOf = (text: string | Uint8Array): string | undefined => {
  if (typeof text === 'string') return text
  try {
    return decodeGoText(text, FILE)
  } catch (cause) {
    if (cause instanceof AuditError) return undefined
    throw cause
  }
}

// as the oracle outlines a policy
const outline = ({ omitStages, omitManagedFields, rules }: Policy): string =>
  JSON.stringify([
    omitStages,
    omitManagedFields,
    rules.map(rule => [
      rule.level,
      rule.users,
      rule.userGroups,
      rule.verbs,
      rule.resources.map(({ group, resources, resourceNames }) => [group, resources, resourceNames]),
      rule.namespaces,
      rule.nonResourceURLs,
      rule.omitStages,
      rule.omitManagedFields
    ])
  ])
