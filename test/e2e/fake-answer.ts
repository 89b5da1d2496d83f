import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answer, Auditor } from './fake-auditor.ts'
import { attributesOf, userOf, type User } from './fake-request.ts'
import type { Attributes } from './fake-policy.ts'

/** How far the server is: RBAC not synced, not ready, ready, or told to end. */
export type Phase = 'starting' | 'unready' | 'ready' | 'ending'

/** What an answer depends on. */
export interface Service {
  readonly auditor: Auditor
  readonly anonymous: boolean
  readonly version: string
  readonly phase: () => Phase
}

interface Reply {
  readonly answer: Answer
  readonly body: string
}

const HEALTH = ['/healthz', '/livez', '/readyz']
const PUBLIC = [...HEALTH, '/version', '/version/']

/** Answers one request and audits it. */
export const answerRequest = (request: IncomingMessage, response: ServerResponse, service: Service): void => {
  const user = userOf(request, service.anonymous)
  const uri = request.url ?? '/'
  const attributes = attributesOf(request.method ?? 'GET', uri, user)
  const id = request.headers['audit-id']
  const audited = service.auditor.audit({
    attributes,
    uri,
    auditID: typeof id === 'string' ? id : undefined,
    sourceIPs: [request.socket.remoteAddress ?? '127.0.0.1'],
    userAgent: request.headers['user-agent'] ?? '',
    received: new Date()
  })
  const reply = user === null ? unauthorized() : audited.begin() ? replyTo(attributes, user, service) : unstored()
  request.resume()
  response.writeHead(reply.answer.code, {
    'audit-id': audited.auditID,
    'cache-control': 'no-cache, private',
    'content-type': reply.body.startsWith('{') ? 'application/json' : 'text/plain; charset=utf-8'
  })
  response.end(request.method === 'HEAD' ? undefined : reply.body)
  response.once('close', () => audited.complete(reply.answer, user === null ? 'ResponseStarted' : 'ResponseComplete'))
}

const replyTo = (attributes: Attributes, user: NonNullable<User>, service: Service): Reply => {
  const phase = service.phase()
  const master = user.groups.includes('system:masters')
  const visible = PUBLIC.includes(attributes.path) && ['get', 'head'].includes(attributes.verb)
  if (!master && (phase === 'starting' || !visible)) return forbidden(attributes, user)
  const annotations = allowed(master)
  if (HEALTH.some(path => attributes.path === path || attributes.path.startsWith(`${path}/`)))
    return health(attributes.path, phase, annotations)
  if (attributes.path.startsWith('/version'))
    return { answer: { code: 200, annotations }, body: versionBody(service.version) }
  if (['list', 'watch'].includes(attributes.verb))
    return { answer: { code: 200, annotations }, body: emptyList(attributes) }
  if (attributes.path === '/api' || attributes.path === '/apis')
    return { answer: { code: 200, annotations }, body: '{"kind":"APIVersions","versions":["v1"]}' }
  return failure(404, 'NotFound', 'the server could not find the requested resource', annotations)
}

const allowed = (master: boolean): Record<string, string> => ({
  'authorization.k8s.io/decision': 'allow',
  'authorization.k8s.io/reason': master
    ? ''
    : 'RBAC: allowed by ClusterRoleBinding "system:public-info-viewer" of ClusterRole "system:public-info-viewer" to Group "system:unauthenticated"'
})

const health = (path: string, phase: Phase, annotations: Record<string, string>): Reply => {
  const good = phase === 'ready' || (phase === 'ending' && !path.startsWith('/readyz'))
  if (good) return { answer: { code: 200, annotations }, body: 'ok' }
  const check =
    phase === 'ending'
      ? '[-]shutdown failed: reason withheld'
      : '[-]poststarthook/rbac/bootstrap-roles failed: reason withheld'
  return {
    answer: { code: 500, annotations },
    body: `[+]ping ok\n[+]log ok\n[+]etcd ok\n${check}\n${path.slice(1)} check failed\n`
  }
}

const versionBody = (version: string): string => {
  const [, major = '1', minor = '36'] = /^v(\d+)\.(\d+)/.exec(version) ?? []
  return JSON.stringify({ major, minor, gitVersion: version, platform: 'linux/amd64' })
}

const emptyList = ({ apiGroup, apiVersion }: Attributes): string =>
  JSON.stringify({
    kind: 'List',
    apiVersion: apiGroup === '' ? apiVersion : `${apiGroup}/${apiVersion}`,
    metadata: { resourceVersion: '1' },
    items: []
  })

const failure = (code: number, reason: string, message: string, annotations: Record<string, string>): Reply => {
  const status = { status: 'Failure', message, reason, details: {} }
  return {
    answer: { code, status, annotations },
    body: JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, ...status, code })
  }
}

const forbidden = (attributes: Attributes, user: NonNullable<User>): Reply => {
  const { verb, resource, apiGroup, path, namespace } = attributes
  const place = namespace === '' ? ' at the cluster scope' : ` in the namespace "${namespace}"`
  const message = attributes.resourceRequest
    ? `${resource} is forbidden: User "${user.username}" cannot ${verb} resource "${resource}" in API group "${apiGroup}"${place}`
    : `forbidden: User "${user.username}" cannot ${verb} path "${path}"`
  return failure(403, 'Forbidden', message, {
    'authorization.k8s.io/decision': 'forbid',
    'authorization.k8s.io/reason': ''
  })
}

const unauthorized = (): Reply => failure(401, 'Unauthorized', 'Unauthorized', {})

const unstored = (): Reply => failure(500, 'InternalError', 'Internal error occurred: failed to store audit event', {})
