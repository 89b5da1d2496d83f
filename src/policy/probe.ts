import type { Stage } from '../audit/level.ts'
import { ANONYMOUS, getRequest, UNKNOWN_SENDER } from '../audit/request.ts'
import { evaluate } from './evaluate.ts'
import type { GroupResources, Policy, Rule } from './policy.ts'

/** A GET without credentials that a policy logs, and the stage at which its event is to be expected. */
export interface Probe {
  /** With the query, if it has one; `auditpatch-<token>` stands in it and so in the event's requestURI. */
  readonly path: string
  readonly verb: 'get'
  readonly stage: Stage
}

/**
 * The first GET that this policy would log when it is sent without credentials: by system:anonymous, or, where anonymous
 * authentication is off, by nobody (the answer is 401). Null when the policy logs none of those that could be sent.
 */
export const chooseProbe = (policy: Policy, token: string, anonymous: boolean): Probe | null => {
  const sender = anonymous ? ANONYMOUS : UNKNOWN_SENDER
  // a failed authentication makes one event only, and of this stage: pkg/endpoints/filters/authn_audit.go
  const stages: readonly Stage[] = anonymous ? ['ResponseComplete', 'RequestReceived'] : ['ResponseStarted']
  for (const path of candidates(policy, `auditpatch-${token}`)) {
    const decision = evaluate(policy, getRequest(path, sender))
    const stage = stages.find(each => !decision.omitStages.includes(each))
    if (decision.level !== 'None' && stage !== undefined) return { path, verb: 'get', stage }
  }
  return null
}

function* candidates(policy: Policy, name: string): Generator<string> {
  yield* KINDS.slice(0, 4).map(kind => pathOf({ ...kind, name }))
  yield `/${name}`
  for (const namespace of NAMESPACES) {
    yield* KINDS.filter(kind => kind.namespace !== '').map(kind => pathOf({ ...kind, namespace, name }))
  }
  yield* KINDS.slice(4).map(kind => pathOf({ ...kind, name }))
  for (const rule of policy.rules) if (rule.level !== 'None') yield* ownCandidates(rule, name)
}

const NAMESPACES = ['kube-system', 'default', 'kube-public'] as const

interface Place {
  readonly group: string
  readonly resource: string
  readonly namespace: string
}

const KINDS = [
  { group: '', resource: 'secrets', namespace: 'kube-system' },
  { group: '', resource: 'configmaps', namespace: 'kube-system' },
  { group: '', resource: 'pods', namespace: 'kube-system' },
  { group: '', resource: 'nodes', namespace: '' },
  { group: '', resource: 'services', namespace: 'default' },
  { group: '', resource: 'serviceaccounts', namespace: 'default' },
  { group: 'apps', resource: 'deployments', namespace: 'default' },
  { group: 'rbac.authorization.k8s.io', resource: 'roles', namespace: 'default' },
  { group: 'rbac.authorization.k8s.io', resource: 'clusterroles', namespace: '' },
  { group: '', resource: 'namespaces', namespace: '' },
  { group: '', resource: 'persistentvolumes', namespace: '' }
] as const satisfies readonly Place[]

// any version will do: the policy does not see it, and nobody gets as far as the object
const pathOf = (request: Place & { readonly name: string }): string => {
  const base = request.group === '' ? '/api/v1' : `/apis/${request.group}/v1`
  const [kind = '', subresource] = request.resource.split('/')
  const place = request.namespace === '' ? '' : `/namespaces/${request.namespace}`
  const tail = subresource === undefined ? '' : `/${subresource}`
  // a Namespace lies in itself, so the mark cannot be its name where a rule wants a certain one
  if (kind === 'namespaces' && request.namespace !== '') {
    return `${base}/namespaces/${request.namespace}${tail}?${request.name.replace(/^.*\?/, '')}`
  }
  const [name = '', query] = request.name.split('?')
  return `${base}${place}/${kind}/${name}${tail}${query === undefined ? '' : `?${query}`}`
}

function* ownCandidates(rule: Rule, name: string): Generator<string> {
  yield* rule.nonResourceURLs.flatMap(url => ownUrl(url, name))
  const namespaces = rule.namespaces.length > 0 ? rule.namespaces : [...NAMESPACES, '']
  const entries = rule.resources.length > 0 ? rule.resources : [{ group: '', resources: [], resourceNames: [] }]
  for (const namespace of namespaces.filter(each => each === '' || isName(each))) {
    for (const entry of entries) yield* ownResources(entry, namespace, name)
  }
}

const isName = (text: string): boolean => /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/i.test(text)

// these open a stream or reach through to a kubelet or a container
const NOT_HARMLESS = ['exec', 'attach', 'portforward', 'proxy', 'log']

const ownResources = (entry: GroupResources, namespace: string, name: string): string[] => {
  const group = entry.group === '*' ? '' : entry.group
  const names =
    entry.resourceNames.length > 0 ? entry.resourceNames.filter(isName).map(own => `${own}?${name}`) : [name]
  const resources = (entry.resources.length > 0 ? entry.resources : ['*'])
    .map(resource => resource.replace(/\/\*$/, '').replace(/^\*$/, 'secrets').replace(/^\*\//, 'pods/'))
    .filter(resource => /^[a-z0-9]+(\/[a-z]+)?$/.test(resource) && !NOT_HARMLESS.includes(resource.split('/')[1] ?? ''))
  return resources.flatMap(resource => names.map(each => pathOf({ group, resource, namespace, name: each })))
}

const ownUrl = (url: string, name: string): string[] => {
  const path = url.replace(/\*$/, '')
  // profiles and the node's logs cost something where somebody opened them to everyone
  if (!/^\/(?!.*\/\.)[-\w./]*$/.test(path) || /^\/(debug|logs)/.test(path)) return []
  if (!url.endsWith('*')) return [`${path}?${name}`]
  return [path.endsWith('/') ? `${path}${name}` : `${path}/${name}`, `${path}?${name}`]
}
