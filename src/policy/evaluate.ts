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

/** What the first matching rule of a policy says about a request; level None where no rule matches. */
export const evaluate = (policy: Policy, request: Request): Decision => {
  const index = policy.rules.findIndex(rule => matches(rule, request))
  const rule = policy.rules[index]
  return {
    rule: rule ? index : null,
    level: rule?.level ?? 'None',
    omitStages: unionStages(policy.omitStages, rule?.omitStages ?? []),
    omitManagedFields: rule?.omitManagedFields ?? policy.omitManagedFields
  }
}

// k8s.io/apiserver pkg/audit/policy/checker.go, ruleMatches: the same tests in the same order
const matches = (rule: Rule, request: Request): boolean => {
  const { user } = request
  if (rule.users.length > 0 && (user === null || !rule.users.includes(user))) return false
  if (rule.userGroups.length > 0 && (user === null || !request.groups.some(each => rule.userGroups.includes(each)))) {
    return false
  }
  if (rule.verbs.length > 0 && !rule.verbs.includes(request.verb)) return false
  if (rule.namespaces.length > 0 || rule.resources.length > 0) return matchesResource(rule, request)
  if (rule.nonResourceURLs.length > 0) return !request.resourceRequest && matchesUrl(rule, request.path)
  return true
}

const matchesUrl = (rule: Rule, path: string): boolean =>
  rule.nonResourceURLs.some(
    url => url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.slice(0, -1)))
  )

const matchesResource = (rule: Rule, request: Request): boolean => {
  if (!request.resourceRequest) return false
  if (rule.namespaces.length > 0 && !rule.namespaces.includes(request.namespace)) return false
  return rule.resources.length === 0 || rule.resources.some(entry => matchesEntry(entry, request))
}

const matchesEntry = (entry: GroupResources, request: Request): boolean => {
  if (entry.group !== request.apiGroup && entry.group !== '*') return false
  if (entry.resources.length === 0) return true
  if (entry.resourceNames.length > 0 && !entry.resourceNames.includes(request.name)) return false
  return entry.resources.some(resource => matchesName(resource, request))
}

const matchesName = (wanted: string, { resource, subresource }: Request): boolean =>
  wanted === '*' ||
  wanted === (subresource === '' ? resource : `${resource}/${subresource}`) ||
  (subresource !== '' && wanted === `*/${subresource}`) ||
  wanted === `${resource}/*`
