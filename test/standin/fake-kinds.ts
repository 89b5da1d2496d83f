import type { Stage } from '../../src/audit/level.ts'
import type { Sent } from './fake-requests.ts'

/** A request of one kind, and the stages that its events tell of at level Metadata. */
export interface Kind extends Sent {
  readonly stages: readonly Stage[]
}

const SHORT = ['RequestReceived', 'ResponseComplete'] as const
const LONG = ['RequestReceived', 'ResponseStarted', 'ResponseComplete'] as const
const REFUSED = ['ResponseStarted'] as const
const FAILED = ['RequestReceived', 'Panic'] as const

const PODS = '/api/v1/namespaces/default/pods'
const POD = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { containers: [] } }
const TOKEN = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: [] } }
const REVIEW = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: 'x' } }
const EVICTION = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'web', namespace: 'default' } }
const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'api' }, spec: {} }

type Row = readonly [
  id: string,
  as: Sent['as'],
  method: string,
  path: string,
  status: number,
  stages: readonly Stage[],
  more?: Partial<Sent>
]

// in this order: later ones ask for what earlier ones made
const ROWS: readonly Row[] = [
  ['create', 'admin', 'POST', PODS, 201, SHORT, { body: POD }],
  ['create again', 'admin', 'POST', PODS, 409, SHORT, { body: POD }],
  ['create broken', 'admin', 'POST', PODS, 400, SHORT, { body: {} }],
  ['get', 'admin', 'GET', `${PODS}/web`, 200, SHORT],
  ['get as a person', 'jane', 'GET', `${PODS}/web`, 200, SHORT],
  ['get nothing', 'admin', 'GET', `${PODS}/nobody`, 404, SHORT],
  ['head', 'admin', 'HEAD', `${PODS}/web`, 200, SHORT],
  ['list', 'admin', 'GET', PODS, 200, SHORT],
  ['list everywhere', 'robot', 'GET', '/api/v1/pods?limit=500', 200, SHORT],
  ['list by name', 'jane', 'GET', `${PODS}?fieldSelector=metadata.name%3Dweb`, 200, SHORT],
  ['watch', 'admin', 'GET', `${PODS}?watch=true&timeoutSeconds=1`, 200, LONG],
  ['watch by path', 'jane', 'GET', `/api/v1/watch/namespaces/default/pods?timeoutSeconds=1`, 200, LONG],
  ['watch, client leaves', 'robot', 'GET', `${PODS}?watch=1`, 200, LONG, { leaves: true }],
  ['watch forbidden', 'anonymous', 'GET', `${PODS}?watch=1`, 403, LONG],
  [
    'update',
    'admin',
    'PUT',
    `${PODS}/web`,
    200,
    SHORT,
    { body: { ...POD, metadata: { name: 'web', labels: { a: 'b' } } } }
  ],
  ['update nothing', 'admin', 'PUT', `${PODS}/nobody`, 404, SHORT, { body: { ...POD, metadata: { name: 'nobody' } } }],
  ['patch', 'admin', 'PATCH', `${PODS}/web`, 200, SHORT, { body: { metadata: { labels: { c: 'd' } } } }],
  ['patch status', 'admin', 'PATCH', `${PODS}/web/status`, 200, SHORT, { body: { status: { phase: 'Running' } } }],
  ['exec over SPDY', 'admin', 'POST', `${PODS}/web/exec?command=id`, 101, LONG, { upgrade: 'SPDY/3.1' }],
  ['exec over WebSocket', 'admin', 'GET', `${PODS}/web/exec?command=id`, 101, LONG, { upgrade: 'websocket' }],
  ['exec without', 'admin', 'POST', `${PODS}/web/exec?command=id`, 400, LONG],
  ['exec forbidden', 'jane', 'GET', `${PODS}/web/exec?command=id`, 403, LONG, { upgrade: 'websocket' }],
  ['attach', 'admin', 'GET', `${PODS}/web/attach`, 101, LONG, { upgrade: 'websocket' }],
  ['portforward', 'admin', 'POST', `${PODS}/web/portforward`, 101, LONG, { upgrade: 'SPDY/3.1' }],
  ['log', 'admin', 'GET', `${PODS}/web/log`, 200, LONG],
  ['log, client leaves', 'admin', 'GET', `${PODS}/web/log?follow=true`, 200, LONG, { leaves: true }],
  ['proxy to a pod', 'admin', 'GET', `${PODS}/web/proxy/a/b`, 200, LONG],
  ['proxy to a service', 'admin', 'PUT', '/api/v1/namespaces/default/services/web:80/proxy/', 200, LONG],
  ['proxy by path', 'admin', 'GET', '/api/v1/proxy/namespaces/default/services/web/x', 200, LONG],
  ['evict', 'admin', 'POST', `${PODS}/web/eviction`, 201, SHORT, { body: EVICTION }],
  ['token', 'admin', 'POST', '/api/v1/namespaces/default/serviceaccounts/default/token', 201, SHORT, { body: TOKEN }],
  ['review', 'admin', 'POST', '/apis/authentication.k8s.io/v1/tokenreviews', 201, SHORT, { body: REVIEW }],
  [
    'create in a group',
    'admin',
    'POST',
    '/apis/apps/v1/namespaces/default/deployments',
    201,
    SHORT,
    { body: DEPLOYMENT }
  ],
  ['scale', 'admin', 'GET', '/apis/apps/v1/namespaces/default/deployments/api/scale', 200, SHORT],
  ['namespace', 'jane', 'GET', '/api/v1/namespaces/default', 200, SHORT],
  ['namespace status', 'jane', 'GET', '/api/v1/namespaces/default/status', 200, SHORT],
  ['custom', 'admin', 'GET', '/apis/example.org/v1alpha1/widgets', 200, SHORT],
  ['delete', 'admin', 'DELETE', `${PODS}/web`, 200, SHORT],
  ['delete collection', 'admin', 'DELETE', PODS, 200, SHORT],
  ['secrets forbidden', 'jane', 'GET', '/api/v1/namespaces/default/secrets', 403, SHORT],
  ['forbidden', 'anonymous', 'GET', PODS, 403, SHORT],
  ['create forbidden', 'jane', 'POST', PODS, 403, SHORT, { body: POD }],
  ['impersonated', 'admin', 'GET', PODS, 200, SHORT, { headers: { 'impersonate-user': 'jane' } }],
  ['impersonation forbidden', 'jane', 'GET', PODS, 403, SHORT, { headers: { 'impersonate-user': 'root' } }],
  ['unknown sender', 'stranger', 'GET', PODS, 401, REFUSED],
  ['unknown sender watches', 'stranger', 'GET', `${PODS}?watch=1`, 401, REFUSED],
  ['unknown sender asks health', 'stranger', 'GET', '/livez', 401, REFUSED],
  ['livez', 'anonymous', 'GET', '/livez', 200, SHORT],
  ['readyz', 'anonymous', 'GET', '/readyz?verbose', 200, SHORT],
  ['version', 'anonymous', 'GET', '/version', 200, SHORT],
  ['health below', 'anonymous', 'GET', '/healthz/etcd', 403, SHORT],
  ['root', 'anonymous', 'GET', '/', 403, SHORT],
  ['post to health', 'admin', 'POST', '/livez', 200, SHORT],
  ['nothing there', 'admin', 'GET', '/nope', 404, SHORT],
  ['schemas', 'admin', 'GET', '/openapi/v3', 404, SHORT],
  ['discovery', 'jane', 'GET', '/api', 200, SHORT],
  ['discovery of a group', 'robot', 'GET', '/apis/apps/v1', 200, SHORT],
  ['profile', 'admin', 'GET', '/debug/pprof/goroutine?debug=1', 200, LONG],
  ['panic', 'admin', 'GET', '/apis/standin.test/v1/panics', 500, FAILED, { hangsUp: true }]
]

/** One request of every kind, in an order in which all can be answered. */
export const KINDS: readonly Kind[] = ROWS.map(([id, as, method, path, status, stages, more]) => ({
  id: id.replaceAll(/[ ,]+/g, '-'),
  as,
  method,
  path,
  status,
  stages,
  ...more
}))
