import { nearestWord } from '../../text/nearest.ts'
import { isOdd, type LintContext, type LintRule, quoted, type Remark } from './lint-rule.ts'

/** Lint rules for users, groups and namespaces that are not what they look like. */
export const SENDER_RULES: readonly LintRule[] = [
  {
    code: 'policy-group-as-user',
    severity: 'warning',
    why: 'no user has that name, so it matches nobody',
    check: context =>
      checkWords(context, 'users', word =>
        isGroup(word)
          ? { message: `${quoted(word)} is a group`, remediation: `move it to userGroups: [${quoted(groupOf(word))}]` }
          : undefined
      )
  },
  {
    code: 'policy-user-as-group',
    severity: 'warning',
    why: 'no group has that name, so it matches nobody',
    check: context =>
      checkWords(context, 'userGroups', word =>
        isUser(word)
          ? { message: `${quoted(word)} is a user`, remediation: `move it to users: [${quoted(word)}]` }
          : undefined
      )
  },
  {
    code: 'policy-misspelt-name',
    severity: 'warning',
    why: 'names are compared letter by letter',
    check: function* (context) {
      yield* checkWords(context, 'users', word =>
        word.startsWith('system:') ? misspelt(word, USERS, 'user') : undefined
      )
      yield* checkWords(context, 'userGroups', word =>
        word.startsWith('system:') ? misspelt(word, GROUPS, 'group') : undefined
      )
      yield* checkWords(context, 'namespaces', word => misspeltNamespace(word))
    }
  },
  {
    code: 'policy-gone-user',
    severity: 'info',
    why: 'no request has that sender any more',
    check: context =>
      checkWords(context, 'users', word =>
        word === 'system:unsecured'
          ? {
              message: `${quoted(word)} was who came by the insecure port, which is closed since 1.20`,
              remediation: 'take it out'
            }
          : undefined
      )
  }
]

const USERS = [
  'system:admin',
  'system:aggregator',
  'system:anonymous',
  'system:apiserver',
  'system:cloud-controller-manager',
  'system:kube-controller-manager',
  'system:kube-proxy',
  'system:kube-scheduler',
  'system:node-problem-detector',
  'system:unsecured'
]

const GROUPS = [
  'system:authenticated',
  'system:bootstrappers',
  'system:masters',
  'system:monitoring',
  'system:nodes',
  'system:serviceaccounts',
  'system:unauthenticated'
]

const NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease']

type Said = Pick<Remark, 'message' | 'remediation' | 'severity' | 'dead'> | undefined

function* checkWords(
  { policy }: LintContext,
  list: 'users' | 'userGroups' | 'namespaces',
  say: (word: string) => Said
): Generator<Remark> {
  for (const [index, rule] of policy.rules.entries()) {
    for (const [item, word] of rule[list].entries()) {
      const said = isOdd(word) ? undefined : say(word)
      if (said) yield { path: ['rules', index, list, item], dead: true, ...said }
    }
  }
}

/** True for a group that Kubernetes itself puts users in. */
export const isKnownGroup = (word: string): boolean => GROUPS.includes(word) || /^system:serviceaccounts:/.test(word)

const isGroup = (word: string): boolean => isKnownGroup(word) || /^system:(node|serviceaccount)$/.test(word)

const groupOf = (word: string): string => (/^system:(node|serviceaccount)$/.test(word) ? `${word}s` : word)

/** True for a user of Kubernetes' own: a component, a node, a service account. */
export const isUser = (word: string): boolean =>
  USERS.includes(word) || /^system:node:./.test(word) || /^system:serviceaccount:[^:]+:[^:]+$/.test(word)

const misspelt = (word: string, known: readonly string[], what: 'user' | 'group'): Said => {
  const isAccount = /^system:serviceaccount:/.test(word) && what === 'user'
  if (isAccount && !isUser(word)) {
    const namespace = word.split(':')[2] ?? ''
    const remediation = `write system:serviceaccount:NAMESPACE:NAME, or userGroups: ["system:serviceaccounts:${namespace}"] for all of a namespace`
    return { message: `${quoted(word)} names no service account`, remediation }
  }
  if (isUser(word) || isKnownGroup(word) || (what === 'user' && isGroup(word))) return undefined
  const near = nearestWord(word, known)
  return near === undefined ? undefined : { message: `${quoted(word)} is nearly ${near}`, remediation: `write ${near}` }
}

const misspeltNamespace = (word: string): Said => {
  const near = NAMESPACES.includes(word) ? undefined : nearestWord(word, NAMESPACES)
  // it may be there all the same
  if (near !== undefined) {
    return {
      severity: 'info',
      dead: false,
      message: `${quoted(word)} is nearly ${near}`,
      remediation: `write ${near} if you mean it`
    }
  }
  if (/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(word) && word.length <= 63) return undefined
  return {
    message: `no namespace can be called ${quoted(word)}`,
    remediation: 'write its name: small letters, digits and hyphens'
  }
}
