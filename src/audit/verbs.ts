/**
 * The verbs of requests for resources. `proxy` stands for the old URLs /api/v1/proxy/… alone.
 * k8s.io/apiserver pkg/endpoints/request/requestinfo.go, NewRequestInfo.
 */
export const RESOURCE_VERBS = [
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
  'proxy'
] as const

/** The verbs of requests for other URLs: the HTTP methods in lower case. */
export const URL_VERBS = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options', 'connect', 'trace'] as const

/** Verbs that authorization asks for, and that are no request's verb. */
export const RBAC_VERBS = [
  'use',
  'bind',
  'escalate',
  'impersonate',
  'approve',
  'sign',
  'attest',
  'request-serviceaccounts-token-audience'
] as const

/** Requests that change something. */
export const CHANGING_VERBS = ['create', 'update', 'patch', 'delete', 'deletecollection'] as const
