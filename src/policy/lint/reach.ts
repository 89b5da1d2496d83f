import type { Stage } from '../../audit/level.ts'
import { decisionOf, isForPaths } from '../evaluate.ts'
import type { Policy, Rule } from '../policy.ts'
import { reachableDecisions } from '../reach.ts'
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
      yield { path: ['rules'], message, remediation: remedyForSilence(context) }
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

/** What makes a policy write events: its rules that log are cut off, or omit every stage, or are not there. */
const remedyForSilence = ({ policy, reached }: LintContext): string => {
  if ([...reached].some(rule => policy.rules[rule]?.level !== 'None'))
    return 'leave RequestReceived alone in omitStages'
  const logging = policy.rules.findLastIndex(rule => rule.level !== 'None')
  const everything = policy.rules.find(takesAll)
  if (logging === -1 && everything)
    return `write level: Metadata on line ${everything.line}, or put rules that log above it`
  if (logging === -1) return 'end with a rule - level: Metadata'
  const culprits = culpritsOf(policy, logging)
  const [what, them] = culprits.length === 1 ? ['rule', 'it'] : ['rules', 'them']
  return `take out the ${what} - level: None on line${culprits.length === 1 ? '' : 's'} ${linesOf(policy, culprits)}, or move ${them} below line ${policy.rules[logging]?.line ?? 0}`
}

const linesOf = (policy: Policy, rules: readonly number[]): string =>
  listed(rules.map(index => String(policy.rules[index]?.line ?? 0)))

/** The earlier rule that takes all that a rule would match, else those that together do. */
const culpritsOf = (policy: Policy, rule: number): readonly number[] => {
  const hiders = hidersOf(policy, rule)
  const own = policy.rules[rule]
  const lone = hiders.find(index => {
    const two = [policy.rules[index], own].flatMap(each => each ?? [])
    return !reachableDecisions([{ ...policy, rules: two }]).some(({ rules }) => rules[0] === 1)
  })
  return lone === undefined ? hiders : [lone]
}

// each one costs about as much as all the rest of linting
const ENOUGH = 20

function* checkUnreachable({ policy, reached }: LintContext): Generator<Remark> {
  const hidden = [...policy.rules.keys()].filter(rule => !reached.has(rule))
  for (const rule of hidden.slice(0, ENOUGH)) {
    const hiddenBy = culpritsOf(policy, rule)
    const isLone = hiddenBy.length === 1
    const where = `${isLone ? 'the rule on line' : 'the rules on lines'} ${linesOf(policy, hiddenBy)}`
    const own = decisionOf(policy, rule)
    const isSame = hiddenBy.every(index => {
      const other = decisionOf(policy, index)
      return other.level === own.level && other.omitStages.join() === own.omitStages.join()
    })
    yield {
      path: ['rules', rule],
      message: `this rule decides no request: ${where} ${isLone ? 'takes' : 'together take'} all that it would match`,
      remediation: isSame ? 'take it out: it would change nothing' : remedyForHidden(policy, rule, hiddenBy)
    }
  }
}

const remedyForHidden = (policy: Policy, rule: number, hiddenBy: readonly number[]): string => {
  const own = policy.rules[rule]
  // above the others it would hide them
  if (own && takesAll(own))
    return `take out the ${hiddenBy.length === 1 ? 'rule on line' : 'rules on lines'} ${linesOf(policy, hiddenBy)}, or this one`
  return `move it above line ${linesOf(policy, hiddenBy.slice(0, 1))}, or take it out`
}

// a request with bad credentials makes one event, at ResponseStarted: pkg/endpoints/filters/authn_audit.go
function* checkUnauthenticated(context: LintContext): Generator<Remark> {
  const { policy } = context
  const unknown = policyFor(policy, { user: null, groups: [] })
  const reached = reachedRules(unknown.policy, { users: [null] })
  if (reached.some(each => each.isLogged) || !logsSomething(context)) return
  const omits = reached.some(each => each.level !== 'None')
  const dropped = reached.some(each => each.rule === null)
    ? -1
    : Math.max(...reached.map(each => unknown.at[each.rule ?? 0] ?? 0))
  if (!omits && dropped >= 0) {
    yield {
      path: ['rules', dropped],
      message: 'requests answered 401 are never logged: this rule drops them, as it is for nobody in particular',
      remediation: 'write level: Metadata here, or give the rule the users or userGroups that it is meant for'
    }
    return
  }
  yield {
    path: omits && policy.omitStages.includes('ResponseStarted') ? ['omitStages'] : ['rules'],
    message: omits
      ? 'requests answered 401 are never logged: their one event is of the stage ResponseStarted, which is omitted'
      : 'requests answered 401 are never logged: no rule without users and userGroups takes them',
    remediation: omits ? 'keep ResponseStarted' : 'end with a rule - level: Metadata'
  }
}
