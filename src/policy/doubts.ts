import { resourceDoubts } from './doubts-of-resources.ts'
import { groupsOf } from './map-senders.ts'
import { nearestWord } from '../text/nearest.ts'
import type { Policy } from './policy.ts'
import { ANONYMOUS, type Request } from '../audit/request.ts'
import { pathAttributes } from '../audit/request-path.ts'
import { RBAC_VERBS, RESOURCE_VERBS, URL_VERBS } from '../audit/verbs.ts'

/** Something about a request that was written by hand for which no API server ever asks the policy. */
export interface Doubt {
  readonly about: 'groups' | 'namespace' | 'path' | 'resource' | 'verb'
  readonly message: string
  /** The parts that are probably meant, as they should be; none where nothing is near. */
  readonly instead: Partial<
    Pick<Request, 'groups' | 'verb' | 'apiGroup' | 'resource' | 'subresource' | 'namespace' | 'path'>
  >
}

/** What in a request cannot come from an API server, as far as it matters to a policy. */
export const doubtsAbout = (request: Request, policy: Policy): Doubt[] => [
  ...groupDoubts(request, policy),
  ...(request.resourceRequest ? resourceDoubts(request) : pathDoubts(request)),
  ...verbDoubts(request),
  ...namespaceDoubts(request)
]

const UNAUTHENTICATED = 'system:unauthenticated'

// k8s.io/apiserver pkg/authentication/group/authenticated_group_adder.go: who is in the one group is not put into the other
const groupDoubts = ({ user, groups }: Request, policy: Policy): Doubt[] => {
  if (user === null || user === '' || !policy.rules.some(({ userGroups }) => userGroups.length > 0)) return []
  const isMarked = groups.includes(UNAUTHENTICATED) && user !== ANONYMOUS.user
  const missing = groupsOf(user).filter(group => !groups.includes(group) && !(isMarked && group === AUTHENTICATED))
  if (missing.length === 0) return []
  const own = groups.length === 0 ? 'the user is in no group' : `the user is in ${groups.join(', ')} alone`
  const message = `${own}, but the API server sees ${user} in ${missing.join(', ')}`
  return [{ about: 'groups', message, instead: { groups: [...groups, ...missing] } }]
}

const AUTHENTICATED = 'system:authenticated'

const pathDoubts = ({ path }: Request): Doubt[] => {
  if (pathAttributes(path).resourceRequest)
    return [{ about: 'path', message: `${path} is the URL of a resource: such a request has no path`, instead: {} }]
  if (path.startsWith('/')) return []
  const full = pathOfUrl(path)
  return [{ about: 'path', message: 'a path begins with a slash', instead: { path: full ?? `/${path}` } }]
}

/** The path and query of a URL with a host; undefined for what is none. */
export const pathOfUrl = (url: string): string | undefined => {
  const [, rest] = /^https?:\/\/[^/?#]*([^#]*)/i.exec(url) ?? []
  return rest === undefined || rest.startsWith('/') ? rest : `/${rest}`
}

/** The verbs of the API for HTTP methods, and the other way round. */
const FOR_METHODS: Readonly<Record<string, string>> = { post: 'create', put: 'update', head: 'get' }
const FOR_VERBS: Readonly<Record<string, string>> = {
  list: 'get',
  watch: 'get',
  create: 'post',
  update: 'put',
  deletecollection: 'delete'
}

const verbDoubts = ({ verb, resourceRequest }: Request): Doubt[] => {
  const known: readonly string[] = resourceRequest ? RESOURCE_VERBS : URL_VERBS
  if (verb === '' || known.includes(verb)) return []
  const small = verb.toLowerCase()
  const meant = known.includes(small)
    ? small
    : ((resourceRequest ? FOR_METHODS : FOR_VERBS)[small] ?? nearestWord(small, known))
  const message =
    small !== verb
      ? `verbs are in lower case; no request has the verb ${verb}`
      : RBAC_VERBS.some(each => each === verb)
        ? `${verb} is a verb of authorization alone; no request has it`
        : `no request for ${resourceRequest ? 'a resource' : 'a path'} has the verb ${verb}${meant === undefined ? `; there are ${known.join(', ')}` : ''}`
  return [{ about: 'verb', message, instead: meant === undefined ? {} : { verb: meant } }]
}

// a list or a watch of one Namespace, by a field selector, stays in no namespace
const OF_ONE = ['get', 'update', 'patch', 'delete']

const namespaceDoubts = ({ apiGroup, resource, verb, name, namespace }: Request): Doubt[] => {
  const isItself = apiGroup === '' && resource === 'namespaces' && OF_ONE.includes(verb)
  if (!isItself || name === '' || name === namespace) return []
  const message = `the API server sets the namespace of a request for the Namespace ${name} to ${name}`
  return [{ about: 'namespace', message, instead: { namespace: name } }]
}
