import { ANONYMOUS, UNKNOWN_SENDER } from '../audit/request.ts'
import { matchesGroups, matchesUser } from './evaluate.ts'
import { isKnownGroup, isUser } from './lint/senders.ts'
import { groupsOf } from './map-senders.ts'
import type { Policy, Rule } from './policy.ts'
import { freshWord, type Vocabulary, vocabularyOf } from './vocabulary.ts'

/** Some policies as they are for one sender: rule n of policy p was rule `at[p][n]`, and asks for no user any more. */
export interface SenderView {
  /** Null for whom the API server does not know. */
  readonly user: string | null
  /** The groups that the sender is in; what rules of the view ask for may come on top. */
  readonly groups: readonly string[]
  readonly policies: readonly Policy[]
  readonly at: readonly (readonly number[])[]
}

/**
 * Everyone whom some policies tell apart and who can send a request. Groups that the API server gives by itself come with
 * the user whom it gives them to; in others anyone may be. The plainest come first.
 */
export const senderViews = (policies: readonly Policy[]): SenderView[] => {
  const words = vocabularyOf(policies)
  const seen = new Set<string>()
  return usersIn(words)
    .map(user => viewOf(policies, user))
    .filter(view => {
      const key = JSON.stringify([view.user === null, view.at, view.policies.map(each => each.rules.map(groupsAsked))])
      return !seen.has(key) && seen.add(key)
    })
}

const groupsAsked = (rule: Rule): readonly string[] => rule.userGroups

const usersIn = ({ users, groups }: Vocabulary): (string | null)[] => {
  const named = [...users].filter(isPossibleUser)
  const fresh = (start: string, stem: string): string => start + freshWord(stem, word => users.has(start + word))
  const namespaces = [...users, ...groups].flatMap(
    word => /^system:serviceaccounts?:([a-z0-9][-a-z0-9]*)(?::|$)/.exec(word)?.[1] ?? []
  )
  const all = [...new Set([...namespaces, freshWord('default', word => namespaces.includes(word))])]
  return [
    fresh('', 'jane'),
    ...named,
    fresh('system:node:', 'worker-1'),
    ...all.map(namespace => fresh(`system:serviceaccount:${namespace}:`, 'app')),
    ANONYMOUS.user,
    UNKNOWN_SENDER.user
  ]
}

const hasNoBlanks = (word: string): boolean => /^[^\s*]+$/.test(word)

const isPossibleUser = (word: string): boolean =>
  hasNoBlanks(word) && !isKnownGroup(word) && (!word.startsWith('system:') || isUser(word))

const OF_ITSELF = /^system:(authenticated|unauthenticated|nodes|serviceaccounts)(:|$)/

// a group that a client certificate or a token of some issuer may put anyone in
const isFree = (group: string): boolean =>
  hasNoBlanks(group) && !OF_ITSELF.test(group) && (!group.startsWith('system:') || isKnownGroup(group))

const isOrdinary = (user: string | null): boolean =>
  user !== null && user !== ANONYMOUS.user && !/^system:(node|serviceaccount):/.test(user)

const viewOf = (policies: readonly Policy[], user: string | null): SenderView => {
  const groups = user === null ? [] : groupsOf(user)
  const narrowed = policies.map(policy => {
    const rules = policy.rules.flatMap((rule, at) => {
      if (!matchesUser(rule, user)) return []
      if (matchesGroups(rule, { user, groups })) return { at, rule: { ...rule, users: [], userGroups: [] } }
      const free = isOrdinary(user) ? rule.userGroups.filter(isFree) : []
      return free.length === 0 ? [] : { at, rule: { ...rule, users: [], userGroups: free } }
    })
    return { policy: { ...policy, rules: rules.map(each => each.rule) }, at: rules.map(each => each.at) }
  })
  return { user, groups, policies: narrowed.map(each => each.policy), at: narrowed.map(each => each.at) }
}
