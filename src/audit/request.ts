import { pathAttributes } from './request-path.ts'

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

/**
 * The attributes of a GET, from its URL path, as the API server works them out. A query is ignored, so a watch by
 * `?watch=true` is taken for a list.
 */
export const getRequest = (uri: string, sender: Sender): Request => {
  const { pathVerb, ...attributes } = pathAttributes(uri)
  // k8s.io/apiserver pkg/endpoints/request/requestinfo.go: without a name a get was a list or a watch
  const verb = attributes.resourceRequest && attributes.name === '' ? 'list' : 'get'
  return { ...sender, verb: pathVerb === '' ? verb : pathVerb, ...attributes }
}
