import type { KubernetesVersion } from '../audit/version.ts'
import { type Finding, sortFindings } from '../finding.ts'
import type { GoSource } from '../text/go-source.ts'
import { positionAt } from '../text/source.ts'
import { type DecodedPolicy, decodePolicy } from './decode.ts'
import { faultAt } from './fault.ts'
import { CIS_RULES } from './lint/cis.ts'
import { COVERAGE_RULES } from './lint/coverage.ts'
import { deadRules } from './lint/dead.ts'
import { GROUP_RULES } from './lint/groups.ts'
import { LEAK_RULES } from './lint/leaks.ts'
import { contextOf, type LintContext, type LintRule, type Remark } from './lint/lint-rule.ts'
import { withoutRules } from './lint/narrow.ts'
import { REACH_RULES } from './lint/reach.ts'
import { RESOURCE_RULES } from './lint/resources.ts'
import { SCOPE_RULES } from './lint/scope.ts'
import { SENDER_RULES } from './lint/senders.ts'
import { STAGE_RULES } from './lint/stages.ts'
import { URL_RULES } from './lint/urls.ts'
import { VERB_RULES } from './lint/verbs.ts'
import { WORD_RULES } from './lint/words.ts'

/** What may be wrong with a rule by itself. */
const SINGLE_RULES: readonly LintRule[] = [
  ...WORD_RULES,
  ...VERB_RULES,
  ...SENDER_RULES,
  ...GROUP_RULES,
  ...RESOURCE_RULES,
  ...SCOPE_RULES,
  ...URL_RULES
]

/** What rules do to requests: those that never match one are left out. */
const JOINT_RULES: readonly LintRule[] = [
  ...COVERAGE_RULES,
  ...REACH_RULES,
  ...LEAK_RULES,
  ...STAGE_RULES,
  ...CIS_RULES
]

/** Every lint rule: what may be wrong with a policy that the API server accepts. */
export const LINT_RULES: readonly LintRule[] = [...SINGLE_RULES, ...JOINT_RULES]

/** What there is to say about a policy's text. */
export interface PolicyLint {
  /** Whether the API server would start with it. */
  readonly accepted: boolean
  /** Whether it would warn, and drop what it does not know. */
  readonly lenient: boolean
  /** The gravest first. */
  readonly findings: readonly Finding[]
}

/** Everything that the API server would say about a policy, and what it would not say and one had better know. */
export const lintPolicy = (text: string, file: string, version: KubernetesVersion): PolicyLint =>
  lintDecodedPolicy(decodePolicy(text, file, version), file, version)

/** The same for a policy that was decoded for this version. */
export const lintDecodedPolicy = (
  { policy, lenient, findings, source }: DecodedPolicy,
  file: string,
  version: KubernetesVersion
): PolicyLint => {
  const own = policy && source ? lintDecoded(source, contextOf(policy, version), JOINT_RULES) : [moreMayFollow(file)]
  return { accepted: policy !== null, lenient, findings: sortFindings([...findings, ...own]) }
}

/** As the findings of lintPolicy, without those on what the rules of an accepted policy do together. */
export const lintApart = (text: string, file: string, version: KubernetesVersion): readonly Finding[] => {
  const { policy, findings, source } = decodePolicy(text, file, version)
  if (!policy || !source) return findings
  const context = { policy, version, reached: new Set(policy.rules.keys()), isLong: false }
  return sortFindings([...findings, ...lintDecoded(source, context, [])])
}

const moreMayFollow = (file: string): Finding => ({
  code: 'policy-more-may-follow',
  severity: 'info',
  message: 'more may be found once the errors are corrected: a policy that is rejected is not looked at any further',
  ...{ file, line: 1, column: 1 },
  remediation: 'correct the errors, then lint it again'
})

interface Found {
  readonly rule: LintRule
  readonly remark: Remark
}

const lintDecoded = (source: GoSource, context: LintContext, jointRules: readonly LintRule[]): Finding[] => {
  const { isLong } = context
  const ask = (rules: readonly LintRule[], about: LintContext): Found[] =>
    rules
      .filter(rule => !(isLong && rule.isCostly))
      .flatMap(rule => [...atMost(ENOUGH, rule.check(about))].map(remark => ({ rule, remark })))
  const single = ask(SINGLE_RULES, context)
  const dead = deadRules(
    context.policy,
    single.map(({ remark }) => remark)
  )
  const { policy, at } = withoutRules(context.policy, dead)
  const isSame = dead.size === 0 || jointRules.length === 0
  const joint = ask(jointRules, isSame ? context : contextOf(policy, context.version))
  return [
    ...single.map(each => findingOf(source, each, dead)),
    ...joint.map(({ rule, remark }) => findingOf(source, { rule, remark: remarkAt(remark, at) }, dead)),
    ...moreDocuments(source),
    ...(isLong ? [tooManyRules(source)] : [])
  ]
}

/** A remark about some of a policy's rules, with the place it has among all of them. */
const remarkAt = (remark: Remark, at: readonly number[]): Remark => {
  const [list, index, ...rest] = remark.path
  if (list !== 'rules' || typeof index !== 'number') return remark
  return { ...remark, path: [list, at[index] ?? index, ...rest] }
}

/** How many findings of one code are told, as none reads more. */
const ENOUGH = 50

function* atMost<T>(most: number, items: Iterable<T>): Generator<T> {
  let count = 0
  for (const item of items) {
    if (count++ === most) return
    yield item
  }
}

const tooManyRules = (source: GoSource): Finding =>
  faultAt(source, ['rules'], {
    code: 'policy-many-rules',
    severity: 'info',
    message: `so many rules or words: how the rules act together, such as which are never reached and what leaks, was not worked out`,
    remediation: 'put rules together that differ in one list alone'
  })

const findingOf = (source: GoSource, { rule, remark }: Found, dead: ReadonlySet<number>): Finding => {
  const index = remark.path[1]
  const isDead = remark.dead === true && typeof index === 'number' && dead.has(index)
  return faultAt(source, remark.path, {
    code: rule.code,
    severity: remark.severity ?? rule.severity,
    message: `${remark.message}: ${rule.why}${isDead ? '; and so the whole rule never matches' : ''}`,
    remediation: remark.remediation
  })
}

const moreDocuments = (source: GoSource): Finding[] => {
  if (!source.more) return []
  const fault = {
    code: 'policy-more-documents',
    severity: 'warning',
    message: 'more YAML documents follow the first: the API server reads the first alone, without a word',
    remediation: 'put all rules into one document'
  } as const
  return [{ ...faultAt(source, [], fault), ...positionAt(source.text, source.end) }]
}
