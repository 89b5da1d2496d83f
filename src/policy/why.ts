import type { Request } from '../audit/request.ts'
import {
  isForPaths,
  isForResources,
  matchesGroups,
  matchesNamespace,
  matchesPath,
  matchesTarget,
  matchesUser,
  matchesVerb
} from './evaluate.ts'
import type { GroupResources, Policy, Rule } from './policy.ts'

/** Why a rule does not take a request: its first selector, in the order in which the API server looks, that fails. */
export interface Mismatch {
  readonly field: 'users' | 'userGroups' | 'verbs' | 'namespaces' | 'resources' | 'nonResourceURLs'
  readonly message: string
}

/** A rule that came before the one that decided. */
export interface Passed extends Mismatch {
  readonly rule: number
  /** The 1-based line of the rule's first key. */
  readonly line: number
}

/** For each rule before the one that decides, or for all where none does, what did not match. */
export const passedRules = (policy: Policy, deciding: number | null, request: Request): Passed[] =>
  policy.rules.slice(0, deciding ?? policy.rules.length).flatMap((rule, index) => {
    const mismatch = mismatchOf(rule, request)
    return mismatch ? [{ rule: index, line: rule.line, ...mismatch }] : []
  })

/** Why a rule does not take a request; undefined for a rule that takes it. */
export const mismatchOf = (rule: Rule, request: Request): Mismatch | undefined => {
  if (!matchesUser(rule, request.user)) return { field: 'users', message: userMessage(rule, request.user) }
  if (!matchesGroups(rule, request)) return { field: 'userGroups', message: groupMessage(rule, request) }
  if (!matchesVerb(rule, request.verb))
    return { field: 'verbs', message: `the verb is ${word(request.verb)}, not ${oneOf(rule.verbs)}` }
  return request.resourceRequest ? resourceMismatch(rule, request) : pathMismatch(rule, request.path)
}

const resourceMismatch = (rule: Rule, request: Request): Mismatch | undefined => {
  if (isForPaths(rule)) return { field: 'nonResourceURLs', message: 'the request is for a resource, the rule for URLs' }
  if (!matchesNamespace(rule, request.namespace))
    return { field: 'namespaces', message: namespaceMessage(rule, request) }
  return matchesTarget(rule, request) ? undefined : { field: 'resources', message: targetMessage(rule, request) }
}

const pathMismatch = (rule: Rule, path: string): Mismatch | undefined => {
  const message = `the request is for ${word(path)}, the rule for resources`
  if (isForResources(rule)) return { field: rule.namespaces.length > 0 ? 'namespaces' : 'resources', message }
  if (matchesPath(rule, path)) return undefined
  return { field: 'nonResourceURLs', message: `the path is ${word(path)}, not ${oneOf(rule.nonResourceURLs, true)}` }
}

const userMessage = (rule: Rule, user: string | null): string =>
  user === null
    ? `the sender is not known (401), so not ${oneOf(rule.users)}`
    : user === ''
      ? `the user has no name, so not ${oneOf(rule.users)}`
      : `the user is ${word(user)}, not ${oneOf(rule.users)}`

const groupMessage = (rule: Rule, { user, groups }: Request): string => {
  if (user === null) return `the sender is not known (401), so not in ${oneOf(rule.userGroups)}`
  return groups.length === 0
    ? `the user is in no group, so not in ${oneOf(rule.userGroups)}`
    : `the user is in ${list(groups, 'and')}, not in ${oneOf(rule.userGroups)}`
}

const namespaceMessage = (rule: Rule, { namespace }: Request): string =>
  namespace === ''
    ? `the request is in no namespace, so not in ${oneOf(rule.namespaces)}`
    : `the namespace is ${word(namespace)}, not ${oneOf(rule.namespaces)}`

const targetMessage = ({ resources }: Rule, request: Request): string => {
  const { apiGroup, resource, subresource, name } = request
  const inGroup = resources.filter(({ group }) => group === '*' || group === apiGroup)
  if (inGroup.length === 0) {
    const groups = [...new Set(resources.map(({ group }) => group))]
    return `the API group is ${groupWord(apiGroup)}, not ${list(groups, 'or', groupWord)}`
  }
  const named = inGroup.filter(entry => takesUnnamed(entry, request))
  if (named.length > 0) {
    const names = named.flatMap(({ resourceNames }) => resourceNames)
    return `the name is ${word(name)}, not ${oneOf(names)}`
  }
  const whole = subresource === '' ? resource : `${resource}/${subresource}`
  const wanted = inGroup.flatMap(entry => entry.resources)
  const isParent = subresource !== '' && wanted.includes(resource)
  const note = isParent ? `; ${word(resource)} does not take in its subresources` : ''
  return `the resource is ${word(whole)}, not ${oneOf(wanted, true)}${note}`
}

// whether the entry would take the request if it asked for no name
const takesUnnamed = (entry: GroupResources, request: Request): boolean =>
  matchesTarget({ ...ANY, resources: [{ ...entry, resourceNames: [] }] }, request)

const ANY: Rule = {
  line: 1,
  level: 'None',
  users: [],
  userGroups: [],
  verbs: [],
  resources: [],
  namespaces: [],
  nonResourceURLs: [],
  omitStages: [],
  omitManagedFields: null
}

const SHOWN = 5

const word = (text: string): string => (/^[^\s",'\\]+$/.test(text) ? text : JSON.stringify(text))
const groupWord = (group: string): string => (group === '' ? 'the core group' : word(group))

const list = (words: readonly string[], and: string, say = word): string => {
  const shown = words.slice(0, SHOWN).map(say)
  const more = words.length - shown.length
  if (more > 0) return `${shown.join(', ')} ${and} ${more} more`
  return shown.length > 1 ? `${shown.slice(0, -1).join(', ')} ${and} ${shown.at(-1) ?? ''}` : (shown[0] ?? '')
}

// RBAC knows such wildcards, the policy does not: kubernetes' checker compares these lists for equality
const oneOf = (words: readonly string[], hasPatterns = false): string => {
  const literal = words.find(each => (hasPatterns ? each === '*/*' : each.includes('*')))
  return `${list(words, 'or')}${literal === undefined ? '' : ` (${word(literal)} is no wildcard here)`}`
}
