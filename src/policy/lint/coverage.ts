import { LEVELS } from '../../audit/level.ts'
import { evaluate } from '../evaluate.ts'
import type { Policy, Rule } from '../policy.ts'
import { kindNamed } from './kinds.ts'
import { listed, type LintContext, type LintRule, type Remark } from './lint-rule.ts'
import { sampleRequest } from './samples.ts'

/** Lint rules for verbs that come in pairs, of which a rule names one. */
export const COVERAGE_RULES: readonly LintRule[] = [
  {
    code: 'policy-exec-verb',
    severity: 'warning',
    why: 'kubectl opens these by get (WebSocket, the newer way) or by create (SPDY), as client and server agree',
    isCostly: true,
    check: context => checkPairs(context, EXEC_PAIRS, isStream)
  },
  {
    code: 'policy-missing-verb',
    severity: 'info',
    why: 'the same change by another verb is logged at a lower level or not at all',
    isCostly: true,
    check: context => checkPairs(context, CHANGE_PAIRS, word => !isStream(word))
  }
]

interface Pair {
  readonly named: string
  readonly missing: string
  readonly used: string
}

const EXEC_PAIRS: readonly Pair[] = [
  { named: 'create', missing: 'get', used: 'kubectl exec over WebSocket' },
  { named: 'get', missing: 'create', used: 'kubectl exec over SPDY' }
]

const CHANGE_PAIRS: readonly Pair[] = [
  { named: 'update', missing: 'patch', used: 'kubectl apply, edit and patch' },
  { named: 'patch', missing: 'update', used: 'kubectl replace and most controllers' },
  { named: 'delete', missing: 'deletecollection', used: 'kubectl delete --all' }
]

const isStream = (word: string): boolean => /\/(exec|attach|portforward)$/.test(word)

function* checkPairs(
  { policy, version }: LintContext,
  pairs: readonly Pair[],
  isMeant: (word: string) => boolean
): Generator<Remark> {
  for (const [index, rule] of policy.rules.entries()) {
    if (rule.level === 'None') continue
    for (const pair of pairs.filter(each => rule.verbs.includes(each.named) && !rule.verbs.includes(each.missing))) {
      const lost = rule.resources.flatMap(entry =>
        entry.resources.filter(
          word =>
            isMeant(word) &&
            kindNamed(entry, word, version)?.verbs.includes(pair.missing) === true &&
            fallsBelow(policy, index, rule, entry, word, pair)
        )
      )
      if (lost.length === 0) continue
      yield {
        path: ['rules', index, 'verbs'],
        message: `${pair.named} without ${pair.missing} (${pair.used}) for ${listed([...new Set(lost)])}`,
        remediation: `add ${pair.missing} to verbs`
      }
    }
  }
}

const fallsBelow = (
  policy: Policy,
  index: number,
  rule: Rule,
  entry: Rule['resources'][number],
  word: string,
  pair: Pair
): boolean => {
  // a collection has no name that could be asked for
  if (pair.missing === 'deletecollection' && entry.resourceNames.length > 0) return false
  const named = evaluate(policy, sampleRequest(rule, entry, word, pair.named))
  const other = evaluate(policy, sampleRequest(rule, entry, word, pair.missing))
  return named.rule === index && LEVELS.indexOf(other.level) < LEVELS.indexOf(named.level)
}
