import type { Request } from '../../audit/request.ts'
import type { GroupResources, Rule } from '../policy.ts'
import { splitResource } from './kinds.ts'

/** A request that a rule selects by everything but its verb, for one word of its resources. */
export const sampleRequest = (rule: Rule, entry: GroupResources, word: string, verb: string): Request => {
  const { base, subresource } = splitResource(word)
  return {
    user: rule.users[0] ?? 'jane',
    groups: rule.userGroups.slice(0, 1),
    verb,
    resourceRequest: true,
    apiGroup: entry.group,
    resource: base,
    subresource,
    namespace: rule.namespaces[0] ?? 'default',
    name: verb === 'deletecollection' ? '' : (entry.resourceNames[0] ?? 'example'),
    path: ''
  }
}
