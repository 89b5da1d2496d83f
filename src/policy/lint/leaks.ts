import { isForPaths } from '../evaluate.ts'
import type { Rule } from '../policy.ts'
import { listed, type LintContext, type LintRule, type Remark } from './lint-rule.ts'
import { type Reached, reachedRules } from './narrow.ts'
import { takesAll } from './reach.ts'

/** Lint rules for secrets in the log, and for access to secrets that is not in it. Exact, as those of reach. */
export const LEAK_RULES: readonly LintRule[] = [
  {
    code: 'policy-secret-body',
    severity: 'warning',
    why: 'whoever can read the log can use them, and the log is kept for long',
    isCostly: true,
    check: context => checkBodies(context, SECRET_BODIES)
  },
  {
    code: 'policy-configmap-body',
    severity: 'info',
    why: 'people keep passwords in them, and CIS 3.2.2 wants them at Metadata only',
    isCostly: true,
    check: context => checkBodies(context, CONFIG_BODIES)
  },
  {
    code: 'policy-hides-secrets',
    severity: 'warning',
    why: 'level None hides refused requests too, and the rules below are not asked',
    isCostly: true,
    check: checkHidden
  },
  {
    code: 'policy-hides-anonymous',
    severity: 'warning',
    why: 'what they try is what an intruder tries, and nearly all of it is refused',
    isCostly: true,
    check: function* ({ policy }) {
      for (const [index, rule] of policy.rules.entries()) {
        if (rule.level !== 'None' || isForPaths(rule) || !isForAnonymous(rule)) continue
        const message = 'requests without credentials are not logged'
        yield { path: ['rules', index], message, remediation: 'keep level None for nonResourceURLs such as /healthz' }
      }
    }
  }
]

/** A kind of object that holds secrets, and the verbs whose requests or answers hold it. */
interface Body {
  readonly what: string
  readonly target: { readonly apiGroup: string; readonly resource: string; readonly subresource: string }
  readonly sent: readonly string[]
  readonly answered: readonly string[]
}

const WRITTEN = ['create', 'update', 'patch']
// a watch's answer is never logged: its body is a stream. Deleting answers with what was deleted, of a collection always
const READ = ['get', 'list', ...WRITTEN, 'delete', 'deletecollection']

const SECRET_BODIES: readonly Body[] = [
  {
    what: 'Secrets',
    target: { apiGroup: '', resource: 'secrets', subresource: '' },
    sent: WRITTEN,
    answered: READ
  },
  {
    what: 'tokens that are checked (tokenreviews)',
    target: { apiGroup: 'authentication.k8s.io', resource: 'tokenreviews', subresource: '' },
    sent: ['create'],
    answered: ['create']
  },
  {
    what: 'new service account tokens (serviceaccounts/token)',
    target: { apiGroup: '', resource: 'serviceaccounts', subresource: 'token' },
    // the question holds the audience, the answer the token
    sent: [],
    answered: ['create']
  }
]

const CONFIG_BODIES: readonly Body[] = [
  {
    what: 'ConfigMaps',
    target: { apiGroup: '', resource: 'configmaps', subresource: '' },
    sent: WRITTEN,
    answered: READ
  }
]

function* checkBodies({ policy }: LintContext, bodies: readonly Body[]): Generator<Remark> {
  const leaks = new Map<number, Body[]>()
  for (const body of bodies) {
    const { target, sent, answered } = body
    const reached = [
      ...reachedRules(policy, { targets: [target], verbs: sent }).filter(each => each.level === 'Request'),
      ...reachedRules(policy, { targets: [target], verbs: answered }).filter(each => each.level === 'RequestResponse')
    ]
    for (const { rule, isLogged } of reached) {
      if (rule !== null && isLogged) leaks.set(rule, [...(leaks.get(rule) ?? []), body])
    }
  }
  for (const [rule, leaked] of [...leaks].sort(([a], [b]) => a - b)) {
    yield {
      path: ['rules', rule],
      message: `at level ${policy.rules[rule]?.level ?? ''} the contents of ${listed(leaked.map(({ what }) => what))} get into the log`,
      remediation: `log ${listed(leaked.map(each => wordOf(each)))} at level Metadata, in a rule above this one`
    }
  }
}

const wordOf = ({ target: { resource, subresource, apiGroup } }: Body): string =>
  `${subresource === '' ? resource : `${resource}/${subresource}`}${apiGroup === '' ? '' : ` (${apiGroup})`}`

const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection']
const SECRETS = [{ apiGroup: '', resource: 'secrets', subresource: '' }]

function* checkHidden({ policy }: LintContext): Generator<Remark> {
  const reached = reachedRules(policy, { targets: SECRETS, verbs: VERBS })
  if (!reached.some(each => each.level !== 'None')) return
  for (const each of reached) {
    const rule = each.rule === null ? undefined : policy.rules[each.rule]
    if (each.rule === null || rule?.level !== 'None' || takesAll(rule) || isForAnonymous(rule)) continue
    yield {
      path: ['rules', each.rule],
      ...(rule.users.length > 0 ? { severity: 'info' as const } : {}),
      message: `${accessOf(each)} Secrets is not logged${whoIn(rule)}`,
      remediation: 'put a rule for secrets at level Metadata above this one, or name the resources that it is meant for'
    }
  }
}

const accessOf = ({ request }: Reached): string =>
  `access (${request.verb}${request.namespace === '' ? '' : ` in ${request.namespace}`}) to`

const whoIn = ({ users, userGroups }: Rule): string => {
  if (users.length > 0) return ` for ${listed(users)}`
  return userGroups.length > 0 ? ` for ${listed(userGroups)}` : ''
}

const isForAnonymous = ({ users, userGroups }: Rule): boolean =>
  users.includes('system:anonymous') || userGroups.includes('system:unauthenticated')
