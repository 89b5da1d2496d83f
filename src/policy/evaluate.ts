import { type Level, type Stage, unionStages } from '../audit/level.ts'
import type { Request } from '../audit/request.ts'
import type { GroupResources, Policy, Rule } from './policy.ts'

/** What a policy decides for a request. `rule` is the 0-based index of the rule that decided, null where none matched. */
export interface Decision {
  readonly rule: number | null
  readonly level: Level
  /** Those of the policy and of the rule together, in stage order. */
  readonly omitStages: readonly Stage[]
  readonly omitManagedFields: boolean
}

/** What a rule of a policy decides for the requests that it takes; null for those that no rule takes. */
export const decisionOf = (policy: Policy, index: number | null): Decision => {
  const rule = index === null ? undefined : policy.rules[index]
  return {
    rule: index,
    level: rule?.level ?? 'None',
    omitStages: unionStages(policy.omitStages, rule?.omitStages ?? []),
    omitManagedFields: rule?.omitManagedFields ?? policy.omitManagedFields
  }
}

/**
 * What the first matching rule of a policy says about a request; level None where no rule matches. A walk over the rules:
 * for many requests take compilePolicy.
 */
export const evaluate = (policy: Policy, request: Request): Decision => {
  const index = policy.rules.findIndex(rule => matches(rule, request))
  return decisionOf(policy, index === -1 ? null : index)
}

// k8s.io/apiserver pkg/audit/policy/checker.go, ruleMatches: the same tests in the same order
const matches = (rule: Rule, request: Request): boolean =>
  matchesUser(rule, request.user) &&
  matchesGroups(rule, request) &&
  matchesVerb(rule, request.verb) &&
  (request.resourceRequest
    ? matchesNamespace(rule, request.namespace) && matchesTarget(rule, request)
    : matchesPath(rule, request.path))

/** Whether a rule takes requests of a user, as far as its users go; null is a sender who is not known. */
export const matchesUser = (rule: Rule, user: string | null): boolean =>
  rule.users.length === 0 || (user !== null && rule.users.includes(user))

/** Whether a rule takes requests of these groups, as far as its userGroups go. */
export const matchesGroups = (rule: Rule, { user, groups }: Pick<Request, 'user' | 'groups'>): boolean =>
  rule.userGroups.length === 0 || (user !== null && groups.some(each => rule.userGroups.includes(each)))

/** Whether a rule takes requests with a verb, as far as its verbs go. */
export const matchesVerb = (rule: Rule, verb: string): boolean => rule.verbs.length === 0 || rule.verbs.includes(verb)

/** Whether a rule takes requests in a namespace, as far as its namespaces go. */
export const matchesNamespace = (rule: Rule, namespace: string): boolean =>
  rule.namespaces.length === 0 || rule.namespaces.includes(namespace)

/** True for a rule that takes requests for URLs of the API's resources alone. */
export const isForResources = (rule: Rule): boolean => rule.namespaces.length > 0 || rule.resources.length > 0

/** True for a rule that takes requests for other URLs alone. */
export const isForPaths = (rule: Rule): boolean => !isForResources(rule) && rule.nonResourceURLs.length > 0

/** The object of a resource request. */
export type Target = Pick<Request, 'apiGroup' | 'resource' | 'subresource' | 'name'>

/** Whether a rule takes requests for a resource, as far as its resources go. */
export const matchesTarget = (rule: Rule, target: Target): boolean =>
  !isForPaths(rule) && (rule.resources.length === 0 || rule.resources.some(entry => matchesEntry(entry, target)))

/** Whether an entry of a rule's resources takes a resource. */
export const matchesEntry = (entry: GroupResources, target: Target): boolean => {
  if (entry.group !== target.apiGroup && entry.group !== '*') return false
  if (entry.resources.length === 0) return true
  if (entry.resourceNames.length > 0 && !entry.resourceNames.includes(target.name)) return false
  const spellings = spellingsOf(target)
  return entry.resources.some(resource => spellings.includes(resource))
}

/** How an entry may be written that takes a resource. */
export const spellingsOf = ({ resource, subresource }: Pick<Target, 'resource' | 'subresource'>): readonly string[] =>
  subresource === ''
    ? ['*', resource, `${resource}/*`]
    : ['*', `${resource}/${subresource}`, `*/${subresource}`, `${resource}/*`]

/** Whether a rule takes requests for a path that is none of a resource. */
export const matchesPath = (rule: Rule, path: string): boolean =>
  !isForResources(rule) &&
  (rule.nonResourceURLs.length === 0 || rule.nonResourceURLs.some(pattern => matchesPattern(pattern, path)))

const matchesPattern = (pattern: string, path: string): boolean =>
  pattern === '*' || pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1)))
