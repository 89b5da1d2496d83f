import type { Request } from '../../src/audit/request.ts'
import type { Dice } from './dice.ts'
import type { EntryModel, PolicyModel, RuleModel } from './generate-policy.ts'
import {
  API_GROUPS,
  GROUPS_OF_USERS,
  NAMES,
  NAMESPACES,
  RESOURCES,
  STAGES,
  SUBRESOURCES,
  URLS,
  USERS,
  VERBS
} from './words.ts'

/** Requests that a policy's rules match, and others that miss one of them by a word or a letter. */
export const generateRequests = (dice: Dice, policy: PolicyModel, count: number): Request[] =>
  Array.from({ length: count }, () => {
    const request = requestFor(dice, policy.rules.length > 0 ? dice.one(policy.rules) : { level: STAGES[0] })
    return dice.chance(60) ? request : { ...request, ...missed(dice, request) }
  })

// a word of the rule, or where it has none, any
const wordOf = (dice: Dice, own: readonly string[] | undefined, any: readonly string[]): string =>
  own !== undefined && own.length > 0 && dice.chance(92) ? dice.one(own) : dice.one(any)

const requestFor = (dice: Dice, rule: RuleModel): Request => {
  const forUrl = rule.nonResourceURLs !== undefined ? !dice.chance(5) : dice.chance(12)
  const who = dice.chance(6)
    ? { user: null, groups: [] }
    : { user: wordOf(dice, rule.users, USERS), groups: groupsFor(dice, rule) }
  const verb = wordOf(dice, rule.verbs, VERBS)
  return { ...who, verb, ...(forUrl ? urlParts(dice, rule) : resourceParts(dice, rule)) }
}

const groupsFor = (dice: Dice, rule: RuleModel): string[] => {
  const groups = dice.several(GROUPS_OF_USERS, 0, 2)
  const at = dice.pick(groups.length + 1)
  const own =
    rule.userGroups !== undefined && rule.userGroups.length > 0 && dice.chance(92) ? [dice.one(rule.userGroups)] : []
  return [...groups.slice(0, at), ...own, ...groups.slice(at)]
}

const NO_RESOURCE = { apiGroup: '', resource: '', subresource: '', namespace: '', name: '' }

const urlParts = (dice: Dice, rule: RuleModel): Omit<Request, 'user' | 'groups' | 'verb'> => {
  const url = wordOf(dice, rule.nonResourceURLs, URLS)
  const path = dice.one([
    url,
    url,
    url.replace(/\*$/, ''),
    url.replace(/\*$/, 'x'),
    url.replace(/\*+$/, 'a/b'),
    `${url}/`,
    url.slice(0, -1)
  ])
  return { resourceRequest: false, ...NO_RESOURCE, path }
}

const resourceParts = (dice: Dice, rule: RuleModel): Omit<Request, 'user' | 'groups' | 'verb'> => {
  const entry: EntryModel = rule.resources !== undefined && rule.resources.length > 0 ? dice.one(rule.resources) : {}
  const group = wordOf(dice, [entry.group ?? ''], API_GROUPS)
  const [first = '', ...others] = wordOf(dice, entry.resources, RESOURCES).split('/')
  const resource = first === '*' && dice.chance(80) ? dice.one(['pods', 'nodes', 'deployments', '']) : first
  const sub = others.join('/')
  const subresource =
    sub === '*' && dice.chance(80) ? dice.one(SUBRESOURCES) : dice.chance(85) ? sub : dice.one(SUBRESOURCES)
  return {
    resourceRequest: true,
    apiGroup: group === '*' && dice.chance(80) ? dice.one(API_GROUPS) : group,
    resource,
    subresource,
    namespace: wordOf(dice, rule.namespaces, NAMESPACES),
    name: wordOf(dice, entry.resourceNames, NAMES),
    path: dice.one(['/api/v1/x', '/apis/apps/v1/x', '/healthz', '/debug/pprof/profile', ''])
  }
}

const missed = (dice: Dice, request: Request): Partial<Request> => {
  const near = (word: string): string =>
    dice.one([`${word}x`, word.slice(0, -1), word.slice(1), word.toUpperCase(), '', '*', `${word}*`, `${word}/`, word])
  return dice.one<() => Partial<Request>>([
    () => ({ user: request.user === null ? '' : near(request.user) }),
    () => ({ user: null, groups: dice.chance(50) ? [] : request.groups }),
    () => ({ groups: request.groups.slice(1) }),
    () => ({ groups: request.groups.map(near) }),
    () => ({ verb: near(request.verb) }),
    () => ({ apiGroup: near(request.apiGroup) }),
    () => ({ resource: near(request.resource) }),
    () => ({ resource: request.subresource, subresource: request.resource }),
    () => ({ resource: `${request.resource}/${request.subresource}`, subresource: '' }),
    () => ({ subresource: near(request.subresource) }),
    () => ({ subresource: dice.one(SUBRESOURCES) }),
    () => ({ namespace: near(request.namespace) }),
    () => ({ name: near(request.name) }),
    () => ({ path: near(request.path) }),
    () => ({ path: dice.one(URLS) }),
    () => ({ resourceRequest: !request.resourceRequest })
  ])()
}
