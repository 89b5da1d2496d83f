import type { Request, Sender } from '../audit/request.ts'
import { pathAttributes } from '../audit/request-path.ts'

/** What requests are for: a resource with a subresource and a name, or a URL. Empty parts are absent. */
export interface MapRow {
  readonly kind: 'resource' | 'url'
  /** The API group; null for a row that stands for a group which the policy does not name. */
  readonly group: string | null
  readonly label: string
  readonly apiGroup: string
  readonly resource: string
  readonly subresource: string
  /** The name of an object that a rule asks for. */
  readonly name: string
  /** The name in a request for any other object. */
  readonly otherName: string
  readonly path: string
  /** Where its objects are; `itself` for namespaces, whose name is their namespace; `either` where nobody knows. */
  readonly scope: 'namespaced' | 'cluster' | 'itself' | 'either'
  /** The verbs that an API server answers here; null where nobody knows. */
  readonly served: readonly string[] | null
  readonly isNamed: boolean
}

/** The request of a sender with a verb for what a row stands for; null where no request is of that kind. */
export const requestAt = (row: MapRow, verb: string, namespace: string, sender: Sender): Request | null => {
  const { user, groups } = sender
  const { apiGroup, resource, subresource, path } = row
  const resourceRequest = row.kind === 'resource'
  const request = {
    user,
    groups,
    verb,
    apiGroup,
    resource,
    subresource,
    path,
    resourceRequest,
    namespace: '',
    name: ''
  }
  const place = resourceRequest ? placeOf(row, verb, namespace) : pathAttributes(path).resourceRequest ? null : {}
  return place && { ...request, ...place }
}

const NAMELESS = ['list', 'watch', 'create', 'deletecollection']

// k8s.io/apiserver pkg/endpoints/request/requestinfo.go: what stands in the path makes the verb, the namespace and the name
const placeOf = (row: MapRow, verb: string, namespace: string): Pick<Request, 'namespace' | 'name'> | null => {
  const isNameless = NAMELESS.includes(verb) && row.subresource === ''
  if (NAMELESS.includes(verb) && verb !== 'create' && row.subresource !== '') return null
  // a list and a watch carry the name that their field selector asks for
  if (row.name !== '' && isNameless && verb !== 'list' && verb !== 'watch') return null
  const name = row.name === '' && !isNameless ? row.otherName : row.name
  if (row.scope === 'cluster') return { namespace: '', name }
  if (row.scope === 'itself') return placeOfNamespace(row, isNameless, namespace)
  if (row.scope === 'namespaced' && namespace === '' && verb !== 'list' && verb !== 'watch') return null
  return { namespace, name }
}

const placeOfNamespace = (row: MapRow, isNameless: boolean, namespace: string): ReturnType<typeof placeOf> => {
  if (isNameless) return { namespace: '', name: row.name }
  const name = row.name === '' ? namespace : row.name
  return name === '' ? null : { namespace: name, name }
}
