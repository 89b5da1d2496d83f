/** What the API server knows of a request when it asks the audit policy. Absent parts are empty strings. */
export interface Request {
  /** Null where authentication failed: then no rule with users or userGroups can match. */
  readonly user: string | null
  readonly groups: readonly string[]
  /** For resources get, list, watch, create, ...; for other URLs the HTTP method in lower case. */
  readonly verb: string
  readonly resourceRequest: boolean
  readonly apiGroup: string
  readonly resource: string
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  readonly path: string
}

/** Who sends a request. */
export type Sender = Pick<Request, 'user' | 'groups'>

/** The sender of a request without credentials, where anonymous authentication is on. */
export const ANONYMOUS: Sender = { user: 'system:anonymous', groups: ['system:unauthenticated'] }

/** The sender of a request that was answered 401. */
export const UNKNOWN_SENDER: Sender = { user: null, groups: [] }

const NAMESPACE_SUBRESOURCES = ['status', 'finalize']
const VERBS_IN_THE_PATH = ['proxy', 'watch']

/**
 * The attributes of a GET, from its URL path, as the API server works them out. A query is ignored, so a watch by
 * `?watch=true` is taken for a list.
 */
export const getRequest = (uri: string, sender: Sender): Request => {
  const path = uri.replace(/[?#].*$/s, '')
  const place = placeOf(path)
  const other = { ...sender, verb: 'get', resourceRequest: false, path, ...NOTHING }
  if (place === undefined) return other
  const { apiGroup, verb, namespace, parts } = place
  const [resource = '', name = '', subresource = ''] = parts
  // k8s.io/apiserver pkg/endpoints/request/requestinfo.go: without a name a get was a list or a watch
  const named = name !== '' || verb !== 'get'
  const own = verb === 'proxy' ? '' : subresource
  return {
    ...other,
    resourceRequest: true,
    verb: named ? verb : 'list',
    apiGroup,
    namespace,
    resource,
    name,
    subresource: own
  }
}

const NOTHING = { apiGroup: '', resource: '', subresource: '', namespace: '', name: '' }

interface Place {
  readonly apiGroup: string
  readonly verb: string
  readonly namespace: string
  readonly parts: readonly string[]
}

const placeOf = (path: string): Place | undefined => {
  const trimmed = path.replace(/^\/+|\/+$/g, '')
  const steps = trimmed === '' ? [] : trimmed.split('/')
  const [prefix = '', ...rest] = steps
  if (prefix === 'api' && rest.length >= 2) return inside('', rest.slice(1))
  if (prefix === 'apis' && rest.length >= 3) return inside(rest[0] ?? '', rest.slice(2))
  return undefined
}

const inside = (apiGroup: string, steps: readonly string[]): Place => {
  const [first = ''] = steps
  const verb = VERBS_IN_THE_PATH.includes(first) ? first : 'get'
  const parts = verb === 'get' ? steps : steps.slice(1)
  if (parts[0] !== 'namespaces') return { apiGroup, verb, namespace: '', parts }
  const namespace = parts[1] ?? ''
  const isNamespaceItself = parts.length < 3 || NAMESPACE_SUBRESOURCES.includes(parts[2] ?? '')
  return { apiGroup, verb, namespace, parts: isNamespaceItself ? parts : parts.slice(2) }
}
