import { AUTHORIZATION_ONLY, BUILT_IN_GROUPS, REMOVED, resourceKind, type ResourceKind } from '../audit/resources.ts'
import type { Request } from '../audit/request.ts'
import type { Doubt } from './doubts.ts'
import { kindsCalled, kindsLike } from './lint/kinds.ts'
import { distance, nearestWord } from '../text/nearest.ts'

type Target = Pick<Request, 'apiGroup' | 'resource' | 'subresource'>

/** What no API server has: a resource, a subresource or a group of that name. Groups of custom resources are let be. */
export const resourceDoubts = ({ apiGroup, resource, subresource }: Request): Doubt[] => {
  const target = { apiGroup, resource, subresource }
  if (resource === '' || REMOVED.some(each => each.group === apiGroup && (each.name ?? resource) === resource))
    return []
  const doubt = dotDoubt(target) ?? groupDoubt(target) ?? kindDoubt(target) ?? subresourceDoubt(target)
  return doubt ? [doubt] : []
}

const isBuiltIn = (group: string): boolean => BUILT_IN_GROUPS.includes(group)

const nameOf = (group: string): string => (group === '' ? 'the core group' : group)
const listOf = (kinds: readonly ResourceKind[]): string =>
  [...new Set(kinds.map(({ group }) => (group === '' ? '""' : group)))].join(', ')

const doubtful = (message: string, found: Target, meant: Partial<Target> = {}): Doubt => {
  const changed = (['resource', 'subresource', 'apiGroup'] as const).filter(
    key => (meant[key] ?? found[key]) !== found[key]
  )
  // a resource and its subresource are one word
  const keys = new Set(changed.includes('subresource') ? [...changed, 'resource' as const] : changed)
  const whole = { ...found, ...meant }
  return {
    about: 'resource',
    message,
    instead: {
      ...(keys.has('resource') ? { resource: whole.resource, subresource: whole.subresource } : {}),
      ...(keys.has('apiGroup') ? { apiGroup: whole.apiGroup } : {})
    }
  }
}

/** `deployments.apps`, as kubectl takes it. */
const dotDoubt = (target: Target): Doubt | undefined => {
  const [name = '', ...labels] = target.resource.split('.')
  if (labels.length === 0) return undefined
  const group = labels.join('.')
  const kind = kindsCalled(name).find(each => [each.group, each.group.split('.')[0]].includes(group))
  const meant = kind ? { resource: kind.name, apiGroup: kind.group } : { resource: name, apiGroup: group }
  return doubtful(`${target.resource} is a name for kubectl: here the group stands apart`, target, meant)
}

const groupDoubt = (target: Target): Doubt | undefined => {
  const { apiGroup, resource } = target
  const meant = groupMeant(apiGroup)
  if (isBuiltIn(apiGroup) || (meant === undefined && apiGroup.includes('.'))) return undefined
  const called = kindsCalled(resource)
  const kind = called.find(each => each.group === meant) ?? called[0]
  const group = kind?.group ?? meant
  return doubtful(`no API server has the group ${apiGroup}`, target, {
    ...(group === undefined ? {} : { apiGroup: group }),
    ...(kind ? { resource: kind.name } : {})
  })
}

// a group of a CustomResourceDefinition has a dot in it, and not this name
const groupMeant = (given: string): string | undefined => {
  const [group = ''] = given.split('/')
  if (['core', 'v1', 'api'].includes(group)) return ''
  if (given !== group && isBuiltIn(group)) return group
  const [first = '', ...rest] = group.split('.')
  const isShort = rest.length === 0 || rest.join('.') === 'k8s.io'
  const twin = isShort ? BUILT_IN_GROUPS.find(each => each.split('.')[0] === first) : undefined
  const near = BUILT_IN_GROUPS.find(each => each !== '' && distance(each, group) <= (group.length < 5 ? 1 : 2))
  return ADD_ONS.includes(group) ? undefined : (twin ?? near)
}

// groups of projects that many clusters run, named like built-in ones
const ADD_ONS = ['metrics.k8s.io', 'custom.metrics.k8s.io', 'external.metrics.k8s.io', 'autoscaling.k8s.io']

const kindDoubt = (target: Target): Doubt | undefined => {
  const { apiGroup, resource } = target
  if (!isBuiltIn(apiGroup)) return capitals(target)
  if (resourceKind(apiGroup, resource) || isAuthorizationOnly(target)) return undefined
  const called = kindsCalled(resource)
  const kind = called.find(({ group }) => group === apiGroup) ?? called[0]
  if (kind?.name === resource) {
    const message =
      apiGroup === ''
        ? `${resource} is looked for in the core group, but Kubernetes has it in ${listOf(called)}`
        : `Kubernetes has no ${resource} in ${apiGroup}, but in ${listOf(called)}`
    return doubtful(message, target, { apiGroup: kind.group })
  }
  const [near] = kind ? [kind] : kindsLike(resource, apiGroup)
  const message = `Kubernetes has no ${resource} in ${nameOf(apiGroup)}`
  if (near) return doubtful(message, target, { resource: near.name, apiGroup: near.group })
  return doubtful(`${message}; a custom resource has a group of its own`, target)
}

// the names of custom resources are not known, but how they are written is
const capitals = (target: Target): Doubt | undefined => {
  const small = target.resource.toLowerCase()
  if (small === target.resource) return undefined
  return doubtful(`resources are in lower case; there is no ${target.resource}`, target, { resource: small })
}

const isAuthorizationOnly = ({ apiGroup, resource, subresource }: Target): boolean => {
  const whole = subresource === '' ? resource : `${resource}/${subresource}`
  return AUTHORIZATION_ONLY.some(({ group, name }) => group === apiGroup && name === whole)
}

const subresourceDoubt = (target: Target): Doubt | undefined => {
  const { apiGroup, resource, subresource } = target
  const kind = resourceKind(apiGroup, resource)
  if (isAuthorizationOnly(target))
    return doubtful(`${[resource, subresource].filter(Boolean).join('/')} is known to authorization alone`, target)
  const known = Object.keys(kind?.subresources ?? {})
  if (!kind || subresource === '' || known.includes(subresource)) return undefined
  const near = nearestWord(subresource, known) ?? known.find(each => subresource.startsWith(each))
  const message = `there is no subresource ${resource}/${subresource}`
  if (near !== undefined) return doubtful(message, target, { subresource: near })
  if (known.length === 0) return doubtful(`${message}; ${resource} have none`, target, { subresource: '' })
  return doubtful(`${message}, but ${known.map(each => `${resource}/${each}`).join(', ')}`, target)
}
