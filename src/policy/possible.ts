import type { Request } from '../audit/request.ts'
import { pathAttributes } from '../audit/request-path.ts'
import { isServed, RESOURCE_KINDS } from '../audit/resources.ts'
import { LONG_RUNNING } from '../audit/stages.ts'
import { URL_VERBS } from '../audit/verbs.ts'
import type { KubernetesVersion } from '../audit/version.ts'
import { AuditError } from '../errors.ts'
import { pathsIn, type Within } from './choices.ts'
import type { Policy } from './policy.ts'
import { senderViews, type SenderView } from './possible-senders.ts'
import { decisionsAmong, type ReachedDecision } from './reach.ts'
import { freshWord, vocabularyOf } from './vocabulary.ts'

/**
 * Every combination of rules that decides some request which a client can really send to an API server of a version, with
 * the built-in resources and custom ones, each with one such request. Combinations come once for each sort of request
 * that goes through stages of its own: a watch has one that a get has not. So what two policies record of all these
 * requests is the same where it is the same of those that are given. Others, as `update` of a subresource that has none or
 * nodes in a namespace, are left out: no answer but an error comes to them. Throws TOO_COMPLEX as reachableDecisions does.
 */
export const possibleDecisions = (
  policies: readonly Policy[],
  version: KubernetesVersion
): readonly ReachedDecision[] => {
  const bounds = boundsOf(policies, version)
  const views = senderViews(policies)
  if (views.length > MOST_SENDERS)
    throw new AuditError('TOO_COMPLEX', 'the rules tell too many senders apart to try them all')
  const found = new Map<string, ReachedDecision>()
  for (const view of views) {
    const among = decisionsAmong(view.policies)
    for (const [sort, own] of bounds) {
      for (const { rules, request } of among(own)) {
        const at = rules.map((rule, index) => (rule === null ? null : (view.at[index]?.[rule] ?? null)))
        const key = `${sort} ${view.user === null} ${at.join()}`
        if (!found.has(key)) found.set(key, { rules: at, request: sentBy(view, request) })
      }
    }
  }
  return [...found.values()]
}

/** How many senders are tried at most: a second or two. */
const MOST_SENDERS = 200

const sentBy = ({ user, groups }: SenderView, request: Request): Request => ({
  ...request,
  user,
  groups: [...groups, ...request.groups]
})

interface Served {
  readonly apiGroup: string
  readonly resource: string
  readonly subresource: string
  readonly namespaced: boolean
  readonly verbs: readonly string[]
}

// what people know best is tried first, and so comes up as an example
const KNOWN = ['pods', 'secrets', 'configmaps', 'services', 'nodes', 'namespaces', 'deployments']
const KNOWN_BELOW = ['exec', 'log', 'portforward', 'attach', 'scale', 'status']

const rank = (word: string, known: readonly string[]): number =>
  known.includes(word) ? known.indexOf(word) : known.length

const ALL = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection']
const STATUS = ['get', 'update', 'patch']

/**
 * Custom resources that a cluster may serve: of a group that no policy names, and of those groups that are named and are no
 * built-in ones, such as metrics.k8s.io; under names that no policy knows, and under those that it wants there. The group of a
 * custom resource has a dot.
 */
const customKinds = (policies: readonly Policy[], groups: ReadonlySet<string>, names: ReadonlySet<string>) => {
  const { apiGroups } = vocabularyOf(policies)
  const fresh = freshWord('example.com', word => apiGroups.has(word))
  const own = [fresh, ...[...apiGroups].filter(group => GROUP.test(group) && !groups.has(group))]
  const entries = policies.flatMap(({ rules }) => rules.flatMap(rule => rule.resources))
  return own.flatMap(group => {
    const words = entries
      .filter(entry => entry.group === group || entry.group === '*')
      .flatMap(entry => entry.resources.map(word => ({ word: word.replace(/\/.*/, ''), isAny: entry.group === '*' })))
      // a built-in resource by the group * is what is meant, whoever else has that name
      .filter(({ word, isAny }) => /^[a-z][a-z0-9-]*$/.test(word) && !(isAny && names.has(word)))
    const wanted = new Set(['widgets', 'clusterwidgets', ...words.map(({ word }) => word)])
    return [...wanted].map(name => ({
      group,
      name,
      namespaced: name !== 'clusterwidgets',
      verbs: ALL,
      subresources: { status: { verbs: STATUS }, scale: { verbs: STATUS } }
    }))
  })
}

const GROUP = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/

const servedBy = (policies: readonly Policy[], version: KubernetesVersion): Served[] => {
  const builtIn = RESOURCE_KINDS.filter(kind => isServed(kind, version))
  const kinds = builtIn.sort((a, b) => rank(a.name, KNOWN) - rank(b.name, KNOWN))
  const custom = customKinds(
    policies,
    new Set(builtIn.map(({ group }) => group)),
    new Set(builtIn.map(({ name }) => name))
  )
  return [...kinds, ...custom].flatMap(({ group, name, namespaced, verbs, subresources = {} }) => [
    { apiGroup: group, resource: name, subresource: '', namespaced, verbs },
    ...Object.entries(subresources)
      .sort(([a], [b]) => rank(a, KNOWN_BELOW) - rank(b, KNOWN_BELOW))
      .flatMap(([subresource, own]) =>
        isServed(own, version) ? { apiGroup: group, resource: name, subresource, namespaced, verbs: own.verbs } : []
      )
  ])
}

/** Verbs by what the URL of such a request names: an object, a collection, or a collection over all namespaces. */
const FORMS: readonly {
  readonly verbs: readonly string[]
  readonly hasName: boolean
  readonly everywhere: boolean
}[] = [
  { verbs: ['get', 'create', 'update', 'patch', 'delete'], hasName: true, everywhere: false },
  { verbs: ['list', 'create', 'deletecollection'], hasName: false, everywhere: false },
  { verbs: ['list'], hasName: false, everywhere: true },
  { verbs: ['watch'], hasName: false, everywhere: false },
  { verbs: ['watch'], hasName: false, everywhere: true },
  // a watch or list of one object, by a field selector
  { verbs: ['list'], hasName: true, everywhere: false },
  { verbs: ['list'], hasName: true, everywhere: true },
  { verbs: ['watch'], hasName: true, everywhere: false },
  { verbs: ['watch'], hasName: true, everywhere: true }
]

/** A sort of requests that go through the same stages, and what is in the bounds of it. */
type Bounds = readonly (readonly [sort: string, bounds: readonly Within[]])[]

const boundsOf = (policies: readonly Policy[], version: KubernetesVersion): Bounds => {
  const resources = resourceBounds(policies, version)
  const paths = ['/', LONG_RUNNING.path].map(prefix =>
    pathsIn(vocabularyOf(policies), prefix).filter(path => !pathAttributes(path).resourceRequest)
  )
  const [short, long] = paths.map((all, index) => all.filter(path => path.startsWith(LONG_RUNNING.path) === index > 0))
  return [
    ['resource', resources.filter(each => !each.isLong)],
    ['long resource', resources.filter(each => each.isLong)],
    ['path', [{ paths: short ?? [], verbs: URL_VERBS }]],
    ['long path', [{ paths: long ?? [], verbs: URL_VERBS }]]
  ]
}

const resourceBounds = (policies: readonly Policy[], version: KubernetesVersion) => {
  const namespaces = namespacesOf(policies)
  const names = namesOf(policies)
  return [...classesOf(servedBy(policies, version))].flatMap(targets => {
    const [first] = targets
    if (!first) return []
    const { verbs: own, subresource, namespaced } = first
    const isSub = subresource !== ''
    return FORMS.flatMap(({ verbs: some, hasName, everywhere }) => {
      const verbs = some.filter(verb => own.includes(verb) && (verb !== 'create' || hasName === isSub))
      if (verbs.length === 0 || (everywhere && !namespaced)) return []
      const isLong = verbs.includes('watch') || LONG_RUNNING.subresources.includes(subresource)
      const places = namespaced && !everywhere ? namespaces : ['']
      const within = { targets, verbs, namespaces: places, names: hasName ? names : [''], isLong }
      // a Namespace lies in itself
      if (!isNamespace(first) || !hasName || verbs.includes('list') || verbs.includes('watch')) return [within]
      return [...new Set([...namespaces, ...names.filter(isNamespaceName)])].map(each => ({
        ...within,
        namespaces: [each],
        names: [each]
      }))
    })
  })
}

const isNamespace = ({ apiGroup, resource }: Served): boolean => apiGroup === '' && resource === 'namespaces'

/** Those that are served alike, together. */
const classesOf = (served: readonly Served[]): Iterable<readonly Served[]> => {
  const classes = new Map<string, Served[]>()
  for (const each of served) {
    const { namespaced, subresource, verbs } = each
    const isLong = LONG_RUNNING.subresources.includes(subresource)
    const key = `${namespaced} ${subresource !== ''} ${isLong} ${isNamespace(each)} ${verbs.join()}`
    const own = classes.get(key)
    if (own) own.push(each)
    else classes.set(key, [each])
  }
  return classes.values()
}

const isNamespaceName = (word: string): boolean => /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(word)

const namespacesOf = (policies: readonly Policy[]): string[] => {
  const { namespaces } = vocabularyOf(policies)
  return [
    ...new Set([
      'default',
      ...[...namespaces].filter(isNamespaceName),
      'kube-system',
      freshWord('other-namespace', word => namespaces.has(word))
    ])
  ]
}

const namesOf = (policies: readonly Policy[]): string[] => {
  const own = new Set(
    policies.flatMap(({ rules }) => rules.flatMap(rule => rule.resources.flatMap(each => each.resourceNames)))
  )
  return [freshWord('example', word => own.has(word)), ...[...own].filter(name => /^[\w.:-]+$/.test(name))]
}
