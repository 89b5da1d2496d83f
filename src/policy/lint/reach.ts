import type { Stage } from '../../audit/level.ts'
import { decisionOf, isForPaths } from '../evaluate.ts'
import type { Rule } from '../policy.ts'
import { hidersOf } from '../unreachable.ts'
import { policyFor, reachedRules } from './narrow.ts'
import { listed, type LintContext, type LintRule, type Remark } from './lint-rule.ts'

/** Lint rules for what the rules of a policy do together. Exact: they ask which rule decides which requests. */
export const REACH_RULES: readonly LintRule[] = [
  {
    code: 'policy-unreachable',
    severity: 'warning',
    why: 'the first rule that matches a request decides, and this one never is the first',
    isCostly: true,
    check: checkUnreachable
  },
  {
    code: 'policy-logs-nothing',
    severity: 'warning',
    why: 'auditing is on and there is no trace of anything, which CIS 3.2.1 asks for',
    isCostly: true,
    check: function* (context) {
      if (logsSomething(context)) return
      const message = 'no request writes an event'
      yield { path: ['rules'], message, remediation: 'end with a rule - level: Metadata' }
    }
  },
  {
    code: 'policy-unauthenticated',
    severity: 'info',
    why: 'who tries passwords and old tokens leaves no trace',
    isCostly: true,
    check: checkUnauthenticated
  }
]

/** True where some request writes an event, if it were a long-running one. */
export const logsSomething = ({ policy, reached }: LintContext): boolean =>
  [...reached].some(rule => {
    const { level, omitStages } = decisionOf(policy, rule)
    return level !== 'None' && REGULAR.some(stage => !omitStages.includes(stage))
  })

const REGULAR: readonly Stage[] = ['RequestReceived', 'ResponseStarted', 'ResponseComplete']

/** True for a rule that takes every request. */
export const takesAll = (rule: Rule): boolean =>
  !isForPaths(rule) &&
  [rule.users, rule.userGroups, rule.verbs, rule.resources, rule.namespaces].every(list => list.length === 0)

// each one costs about as much as all the rest of linting
const ENOUGH = 20

function* checkUnreachable({ policy, reached }: LintContext): Generator<Remark> {
  const hidden = [...policy.rules.keys()].filter(rule => !reached.has(rule))
  for (const rule of hidden.slice(0, ENOUGH)) {
    const hiddenBy = hidersOf(policy, rule)
    const lines = hiddenBy.map(index => String(policy.rules[index]?.line ?? 0))
    const where = lines.length === 1 ? `the rule on line ${lines[0] ?? ''}` : `the rules on lines ${listed(lines)}`
    const own = decisionOf(policy, rule)
    const isSame = hiddenBy.every(index => {
      const other = decisionOf(policy, index)
      return other.level === own.level && other.omitStages.join() === own.omitStages.join()
    })
    yield {
      path: ['rules', rule],
      message: `this rule decides no request: ${where} ${lines.length === 1 ? 'takes' : 'together take'} all that it would match`,
      remediation: isSame
        ? 'take it out: it would change nothing'
        : `move it above line ${lines[0] ?? ''}, or take it out`
    }
  }
}

// a request with bad credentials makes one event, at ResponseStarted: pkg/endpoints/filters/authn_audit.go
function* checkUnauthenticated(context: LintContext): Generator<Remark> {
  const { policy } = context
  const unknown = policyFor(policy, { user: null, groups: [] })
  const reached = reachedRules(unknown.policy, { users: [null] })
  if (reached.some(each => each.isLogged) || !logsSomething(context)) return
  const omits = reached.some(each => each.level !== 'None')
  yield {
    path: omits && policy.omitStages.includes('ResponseStarted') ? ['omitStages'] : ['rules'],
    message: omits
      ? 'requests answered 401 are never logged: their one event is of the stage ResponseStarted, which is omitted'
      : 'requests answered 401 are never logged: no rule without users and userGroups takes them',
    remediation: omits ? 'keep ResponseStarted' : 'end with a rule - level: Metadata'
  }
}
