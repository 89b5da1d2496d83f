import type { Stage } from '../../audit/level.ts'
import type { Finding } from '../../finding.ts'
import { decisionOf } from '../evaluate.ts'
import type { Policy } from '../policy.ts'
import { listed, type LintContext, type LintRule, type Remark } from './lint-rule.ts'

/** Lint rules for stages that are left out, or not. */
export const STAGE_RULES: readonly LintRule[] = [
  {
    code: 'policy-no-stages',
    severity: 'warning',
    why: 'an event is written at a stage, so nothing is logged',
    check: function* ({ policy }) {
      for (const { index, omitted, path } of omissionsOf(policy)) {
        if (!ENDS.every(stage => omitted.includes(stage))) continue
        const all = omitted.includes('ResponseStarted')
        const message = all
          ? 'every stage of a request is omitted'
          : 'both stages that every request goes through are omitted; only streams and watches have another'
        const remediation = `leave RequestReceived alone in omitStages, or write level: None on line ${policy.rules[index]?.line ?? 0}`
        yield { path, message, remediation }
      }
    }
  },
  {
    code: 'policy-no-answers',
    severity: 'info',
    why: 'the event at the start of a request does not say whether it was allowed, and holds no answer',
    check: function* ({ policy }) {
      for (const { index, omitted, path } of omissionsOf(policy)) {
        if (!omitted.includes('ResponseComplete') || omitted.includes('RequestReceived')) continue
        const isLost = policy.rules[index]?.level === 'RequestResponse'
        yield {
          path,
          ...(isLost ? { severity: 'warning' as const } : {}),
          message: isLost
            ? 'the answers that RequestResponse is for are omitted'
            : 'the end of each request is omitted',
          remediation: 'omit RequestReceived and keep ResponseComplete'
        }
      }
    }
  },
  {
    code: 'policy-request-received',
    severity: 'info',
    why: 'the event of the answer says all that it says, and the log is twice as long',
    check: checkDoubling
  }
]

const ENDS: readonly Stage[] = ['RequestReceived', 'ResponseComplete']

interface Omission {
  readonly index: number
  readonly omitted: readonly Stage[]
  readonly path: Remark['path']
}

/** What each rule that logs leaves out; once at the top where the policy itself says it. */
const omissionsOf = (policy: Policy): readonly Omission[] => {
  const logging = policy.rules.flatMap((rule, index) => (rule.level === 'None' ? [] : [{ rule, index }]))
  const own = logging.filter(({ rule }) => rule.omitStages.length > 0)
  const plain = logging.find(({ rule }) => rule.omitStages.length === 0)
  return [
    ...(plain && policy.omitStages.length > 0
      ? [{ index: plain.index, omitted: policy.omitStages, path: ['omitStages'] }]
      : []),
    ...own.map(({ index }) => ({
      index,
      omitted: decisionOf(policy, index).omitStages,
      path: ['rules', index, 'omitStages']
    }))
  ]
}

function* checkDoubling({ policy, reached }: LintContext): Generator<Remark> {
  const rules = keepingReceived(policy).filter(index => reached.has(index))
  const [first] = rules
  if (first === undefined) return
  const count = policy.rules.filter((rule, index) => rule.level !== 'None' && reached.has(index)).length
  yield {
    path: ['rules', first],
    message: `${rules.length === count ? 'every rule that logs writes' : rulesAt(policy, rules)} each request twice, at RequestReceived too`,
    remediation: 'add omitStages: ["RequestReceived"] at the top of the policy'
  }
}

// where the end is left out, the beginning is all there is
const keepingReceived = (policy: Policy): number[] =>
  policy.rules.flatMap((rule, index) =>
    rule.level === 'None' || ENDS.some(stage => decisionOf(policy, index).omitStages.includes(stage)) ? [] : [index]
  )

const rulesAt = (policy: Policy, rules: readonly number[]): string => {
  const lines = listed(rules.map(index => String(policy.rules[index]?.line ?? 0)))
  return rules.length === 1 ? `the rule on line ${lines} writes` : `the rules on lines ${lines} write`
}

/**
 * What a policy takes from a backend in blocking-strict mode: requests at rules that omit RequestReceived are let through
 * though their event cannot be written. Empty for other modes. k8s.io/apiserver pkg/endpoints/filters/audit.go.
 */
export const strictModeGaps = (policy: Policy, file: string, mode: string): Finding[] => {
  if (mode !== 'blocking-strict') return []
  const gaps = policy.rules.flatMap((rule, index) =>
    rule.level !== 'None' && decisionOf(policy, index).omitStages.includes('RequestReceived') ? [index] : []
  )
  const [first] = gaps
  if (first === undefined) return []
  const lines = listed(gaps.map(index => String(policy.rules[index]?.line ?? 0)))
  return [
    {
      code: 'policy-strict-mode',
      severity: 'warning',
      message: `in mode blocking-strict a request is refused when its event cannot be written at RequestReceived; ${gaps.length === 1 ? `the rule on line ${lines} omits` : `the rules on lines ${lines} omit`} that stage, so such requests go through unlogged`,
      file,
      line: policy.rules[first]?.line ?? 1,
      column: 1,
      field: policy.omitStages.includes('RequestReceived') ? 'omitStages' : `rules[${first}].omitStages`,
      remediation: 'keep RequestReceived where no request may go unlogged, or use the mode blocking'
    }
  ]
}
