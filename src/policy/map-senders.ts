import { ANONYMOUS, type Sender, UNKNOWN_SENDER } from '../audit/request.ts'
import { matchesGroups, matchesUser } from './evaluate.ts'
import type { Policy } from './policy.ts'
import { freshWord, vocabularyOf } from './vocabulary.ts'

/** Somebody who sends requests, standing for all whom the policy treats alike. */
export interface MapSender extends Sender {
  readonly kind: 'other' | 'anonymous' | 'unknown' | 'group' | 'user' | 'account'
  readonly label: string
}

const AUTHENTICATED = 'system:authenticated'

/**
 * Who is worth a picture of their own: anyone whom the policy does not name, those without credentials, then a member of
 * each group and each user that it names. Groups that Kubernetes itself gives to a user are there too.
 */
export const sendersOf = (policy: Policy): MapSender[] => {
  const words = vocabularyOf([policy])
  const someone = freshWord('someone', word => words.users.has(word))
  const group = (name: string): MapSender => ({ ...memberOf(name, words), kind: 'group', label: name })
  const senders: MapSender[] = [
    { user: someone, groups: [AUTHENTICATED], kind: 'other', label: 'anyone else' },
    { ...ANONYMOUS, kind: 'anonymous', label: 'anonymous' },
    { ...UNKNOWN_SENDER, kind: 'unknown', label: 'unknown (401)' },
    ...[...words.groups].sort().map(group),
    ...[...words.users].sort().map(userSender),
    ...policy.rules.flatMap(pairsOf)
  ]
  const key = ({ user, groups }: Sender): string => JSON.stringify([user, [...groups].sort()])
  const first = new Map(senders.toReversed().map(sender => [key(sender), sender]))
  return senders.filter(sender => first.get(key(sender)) === sender)
}

/** The rules that take requests of a sender, as far as users and groups go: senders with the same are treated alike. */
export const senderKey = (policy: Policy, sender: Sender): string =>
  policy.rules.map(rule => (matchesUser(rule, sender.user) && matchesGroups(rule, sender) ? '1' : '0')).join('')

const ACCOUNT = /^system:serviceaccount:([^:]+):[^:]+$/

const userSender = (user: string): MapSender => ({
  user,
  groups: groupsOf(user),
  kind: ACCOUNT.test(user) ? 'account' : 'user',
  label: user
})

// k8s.io/apiserver pkg/authentication/serviceaccount/util.go, MakeGroupNames; pkg/authentication/user/user.go
/** The groups that the API server always sees a user in. */
export const groupsOf = (user: string): readonly string[] => {
  if (user === ANONYMOUS.user) return ANONYMOUS.groups
  const namespace = ACCOUNT.exec(user)?.[1]
  if (namespace !== undefined) {
    return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, AUTHENTICATED]
  }
  if (user.startsWith('system:node:')) return ['system:nodes', AUTHENTICATED]
  return user === 'system:apiserver' ? ['system:masters', AUTHENTICATED] : [AUTHENTICATED]
}

interface Names {
  readonly users: ReadonlySet<string>
  readonly groups: ReadonlySet<string>
}

const memberOf = (group: string, names: Names): Sender => {
  if (ANONYMOUS.groups.includes(group)) return ANONYMOUS
  const user = memberName(group, names)
  return { user, groups: [...new Set([...groupsOf(user), group])] }
}

const memberName = (group: string, { users, groups }: Names): string => {
  const fresh = (start: string): string => start + freshWord('someone', word => users.has(start + word))
  if (group === 'system:nodes') return fresh('system:node:')
  const own = /^system:serviceaccounts:([^:]+)$/.exec(group)?.[1]
  if (own !== undefined) return fresh(`system:serviceaccount:${own}:`)
  if (group !== 'system:serviceaccounts') return fresh('')
  return fresh(`system:serviceaccount:${freshWord('default', word => groups.has(`${group}:${word}`))}:`)
}

// a rule with users and groups takes only those users who are in one of the groups
const pairsOf = ({ users, userGroups }: Policy['rules'][number]): MapSender[] =>
  users.flatMap(user =>
    userGroups.flatMap(group => {
      const sender = userSender(user)
      if (sender.groups.includes(group) || user === ANONYMOUS.user) return []
      return [{ ...sender, groups: [...sender.groups, group], label: `${user} in ${group}` }]
    })
  )
