import type { Request } from '../../audit/request.ts'
import { resourceKind } from '../../audit/resources.ts'
import { CHANGING_VERBS } from '../../audit/verbs.ts'
import type { Policy } from '../policy.ts'
import { freshWord, vocabularyOf } from '../vocabulary.ts'
import { splitResource } from './kinds.ts'
import { listed, type LintContext, type LintRule, type Remark } from './lint-rule.ts'
import { type Narrowed, policyFor, reachedRules } from './narrow.ts'
import { logsSomething } from './reach.ts'

/** Lint rules for the CIS Kubernetes Benchmark's items on the audit policy. */
export const CIS_RULES: readonly LintRule[] = [
  {
    code: 'cis-3.2.2',
    severity: 'info',
    why: 'the CIS Benchmark wants an audit policy to cover them',
    isCostly: true,
    check: function* (context) {
      const gaps = logsSomething(context) ? cisGaps(context.policy) : []
      if (gaps.length > 0) yield remarkOn(context, gaps)
    }
  }
]

/** One of the key security concerns of CIS 3.2.2 on what must be logged. */
interface Concern {
  readonly what: string
  readonly targets: readonly (readonly [group: string, word: string])[]
  readonly verbs: readonly string[]
}

const READING = ['get', 'list', 'watch']

const CONCERNS: readonly Concern[] = [
  {
    what: 'use of',
    targets: [
      ['', 'secrets'],
      ['', 'configmaps']
    ],
    verbs: [...READING, ...CHANGING_VERBS]
  },
  { what: 'use of', targets: [['authentication.k8s.io', 'tokenreviews']], verbs: ['create'] },
  {
    what: 'changes of',
    targets: [
      ['', 'pods'],
      ['apps', 'deployments']
    ],
    verbs: CHANGING_VERBS
  },
  {
    what: 'use of',
    targets: [
      ['', 'pods/exec'],
      ['', 'pods/portforward'],
      ['', 'pods/proxy'],
      ['', 'services/proxy']
    ],
    verbs: ['get', 'create']
  },
  {
    what: 'most other requests',
    targets: [['example.com', 'widgets']],
    verbs: ['get', ...CHANGING_VERBS]
  }
]

/** Something that the CIS Benchmark wants logged, and a request that a policy does not log. */
export interface CisGap {
  readonly concern: Concern
  readonly missing: readonly string[]
  readonly request: Request
  /** The rule that drops it, by level None or by its stages; null where no rule takes it. */
  readonly rule: number | null
}

/** The key concerns of CIS 3.2.2 that a policy leaves out for somebody with an account like any other. */
export const cisGaps = (policy: Policy): readonly CisGap[] => {
  const words = vocabularyOf([policy])
  const user = freshWord('jane', word => words.users.has(word))
  const own = policyFor(policy, { user, groups: ['system:authenticated'] })
  return CONCERNS.flatMap(concern => {
    const gaps = concern.targets.flatMap(([apiGroup, word]) => gapOf(own, concern, apiGroup, word, user))
    const [first] = gaps
    return first ? [{ ...first, concern, missing: gaps.map(each => each.word) }] : []
  })
}

const gapOf = (
  { policy, at }: Narrowed,
  { verbs }: Concern,
  apiGroup: string,
  word: string,
  user: string
): { word: string; request: Request; rule: number | null }[] => {
  const { base: resource, subresource } = splitResource(word)
  const names = [freshWord('example', name => policy.rules.some(rule => isNamed(rule.resources, name)))]
  const isNamespaced = resourceKind(apiGroup, resource)?.namespaced ?? true
  const reached = reachedRules(policy, {
    ...{ targets: [{ apiGroup, resource, subresource }], verbs, names },
    ...(isNamespaced ? {} : { namespaces: [''] })
  })
  const gap = reached.find(({ level, isLogged }) => level === 'None' || !isLogged)
  if (!gap) return []
  const request = { ...gap.request, user, groups: ['system:authenticated'] }
  return [{ word, request, rule: gap.rule === null ? null : (at[gap.rule] ?? null) }]
}

const isNamed = (entries: readonly { readonly resourceNames: readonly string[] }[], name: string): boolean =>
  entries.some(entry => entry.resourceNames.includes(name))

const remarkOn = ({ policy }: LintContext, gaps: readonly CisGap[]): Remark => {
  const whats = gaps.map(({ concern, missing }) =>
    isTheRest(concern) ? concern.what : `${concern.what} ${listed(missing)}`
  )
  const { rule } = gaps.find(gap => gap.rule !== null) ?? { rule: null }
  const isRest = rule === null && gaps.some(gap => isTheRest(gap.concern))
  return {
    path: rule === null ? ['rules'] : ['rules', rule],
    message: `not always logged: ${whats.join('; ')} (${exampleOf(policy, gaps)})`,
    remediation: isRest
      ? 'end with a rule - level: Metadata'
      : `log them at level Metadata or above${rule === null ? '' : ', in rules above this one'}`
  }
}

const isTheRest = (concern: Concern): boolean => concern === CONCERNS.at(-1)

const exampleOf = (policy: Policy, gaps: readonly CisGap[]): string => {
  const { request, rule } = gaps.find(gap => gap.rule !== null) ?? gaps[0] ?? { request: undefined, rule: null }
  const by = rule === null ? 'no rule takes it' : `the rule on line ${policy.rules[rule]?.line ?? 0} drops it`
  const word = `${request?.resource ?? ''}${request?.subresource ? `/${request.subresource}` : ''}`
  return `${request?.verb ?? ''} ${word}${request?.namespace ? ` in ${request.namespace}` : ''}: ${by}`
}
