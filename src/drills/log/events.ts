import { requestOf } from '../../audit/event-request.ts'
import type { Stage } from '../../audit/level.ts'
import type { Request } from '../../audit/request.ts'
import { recordedStages } from '../../audit/stages.ts'
import { evaluate } from '../../policy/evaluate.ts'
import type { Policy } from '../../policy/policy.ts'
import { goQuote } from '../../text/go-quote.ts'
import { type Client, reasonOf } from './clients.ts'
import { uuid } from './uuid.ts'

/** A request of which an audit log tells. Times are microseconds, moments are counted from 1970. */
export interface Sent {
  readonly at: number
  /** How long it went on; null while it goes on. */
  readonly took: number | null
  readonly by: Client
  /** The user in whose name it was sent. */
  readonly as?: Pick<Client, 'user' | 'binding'>
  readonly verb: string
  readonly uri: string
  /** 200 where nothing is said, 201 for what is created. */
  readonly code?: number
  /** Of the object that was sent: what the URI does not tell. */
  readonly sent?: { readonly name?: string; readonly uid?: string; readonly resourceVersion?: string }
  /** The body, which the policy may record. */
  readonly body?: object
  /** True where the sender had no right to act in another's name: then nobody's name is recorded. */
  readonly isRefusedName?: boolean
}

/** The id that all events of a request have; `salt` is the log's own. */
export const auditIdOf = (salt: string, { at, uri, by }: Sent): string =>
  uuid(`${salt} ${at} ${by.user.username} ${uri}`)

/** A moment as events have it. */
export const timeText = (at: number): string =>
  `${new Date(Math.floor(at / 1000)).toISOString().slice(0, -1)}${String(at % 1000).padStart(3, '0')}Z`

/** What a log that is written by a policy says of requests: a line of JSON for each event, in the order of time. */
export const auditLog = (requests: readonly Sent[], policy: Policy, salt: string): string =>
  requests
    .flatMap(sent => eventsOf(sent, policy, salt))
    .sort((one, other) => one.at - other.at)
    .map(({ event }) => `${asGo(JSON.stringify(event))}\n`)
    .join('')

// encoding/json
const asGo = (text: string): string =>
  text.replaceAll('&', '\\u0026').replaceAll('<', '\\u003c').replaceAll('>', '\\u003e')

/** The stages at which a policy has a request recorded. */
export const stagesIn = (policy: Policy, sent: Sent): Stage[] => {
  const request = requestIn(sent)
  const stages = recordedStages(request, evaluate(policy, request))
  return stages.filter(stage => stage !== 'ResponseComplete' || sent.took !== null)
}

const requestIn = ({ verb, uri, by }: Sent): Request =>
  requestOf(verb, uri, { user: by.user.username, groups: by.user.groups })

const eventsOf = (sent: Sent, policy: Policy, salt: string): { at: number; event: object }[] => {
  const request = requestIn(sent)
  const { level } = evaluate(policy, request)
  return stagesIn(policy, sent).map(stage => {
    const at = stageTime(sent, stage)
    return { at, event: eventOf(sent, request, { stage, level, at, id: auditIdOf(salt, sent) }) }
  })
}

const stageTime = ({ at, took }: Sent, stage: Stage): number => {
  if (stage === 'RequestReceived') return at
  return stage === 'ResponseStarted' ? at + Math.min(took ?? Infinity, 2300 + (at % 1700)) : at + (took ?? 0)
}

interface Moment {
  readonly stage: Stage
  readonly level: string
  readonly at: number
  readonly id: string
}

// the keys in the order of the server's own type; what is undefined is left out
const eventOf = (sent: Sent, request: Request, { stage, level, at, id }: Moment): object => {
  const isAnswered = stage !== 'RequestReceived'
  const code = codeOf(sent)
  const isImpersonated = isAnswered && !sent.isRefusedName
  const isDecided = isAnswered && !sent.isRefusedName
  return {
    ...{ kind: 'Event', apiVersion: 'audit.k8s.io/v1', level, auditID: id, stage },
    ...{ requestURI: sent.uri, verb: sent.verb, user: sent.by.user },
    ...(isImpersonated && sent.as
      ? { impersonatedUser: sent.as.user, authenticationMetadata: constraintOf(sent.as) }
      : {}),
    sourceIPs: [sent.by.ip],
    userAgent: sent.by.agent,
    objectRef: request.resourceRequest ? objectOf(sent, request, isAnswered && code < 400) : undefined,
    responseStatus: isAnswered ? statusOf(sent, request, code) : undefined,
    requestObject: isAnswered && code < 400 && level !== 'Metadata' ? sent.body : undefined,
    requestReceivedTimestamp: timeText(sent.at),
    stageTimestamp: timeText(at),
    annotations: isDecided
      ? {
          'authorization.k8s.io/decision': code === 403 ? 'forbid' : 'allow',
          'authorization.k8s.io/reason': code === 403 ? '' : reasonOf(sent.as ?? sent.by, request)
        }
      : undefined
  }
}

const codeOf = ({ code, verb }: Sent): number => code ?? (verb === 'create' ? 201 : 200)

const constraintOf = ({ user }: Pick<Client, 'user'>): object => ({
  impersonationConstraint: `impersonate:${user.username.startsWith('system:serviceaccount:') ? 'serviceaccount' : 'user-info'}`
})

// what the path does not tell is known once the body has been read
const objectOf = ({ uri, sent = {} }: Sent, request: Request, isRead: boolean): object => {
  const [, prefix, first, second] = uri.replace(/\?.*/, '').split('/')
  const read = isRead ? sent : {}
  const given = (text: string | undefined): string | undefined => (text === '' ? undefined : text)
  return {
    resource: request.resource,
    namespace: given(request.namespace),
    name: given(request.name) ?? read.name,
    uid: read.uid,
    apiGroup: given(request.apiGroup),
    apiVersion: prefix === 'api' ? first : second,
    resourceVersion: read.resourceVersion,
    subresource: given(request.subresource)
  }
}

const statusOf = (sent: Sent, request: Request, code: number): object => {
  if (code !== 403 && code !== 404) return { metadata: {}, code }
  const { apiGroup, resource, name } = request
  const kind = apiGroup === '' ? resource : `${resource}.${apiGroup}`
  const subject = resource === '' ? '' : `${kind}${name === '' ? '' : ` ${goQuote(name)}`}`
  const details = { name: name || undefined, group: apiGroup || undefined, kind: resource || undefined }
  const failure = { metadata: {}, status: 'Failure' }
  return code === 404
    ? { ...failure, message: `${subject} not found`, reason: 'NotFound', details, code }
    : {
        ...failure,
        message: `${subject === '' ? '' : `${subject} is `}forbidden: ${refusalOf(sent, request)}`,
        ...{ reason: 'Forbidden', details, code }
      }
}

// k8s.io/apiserver pkg/endpoints/handlers/responsewriters/errors.go
const refusalOf = ({ by, as, isRefusedName }: Sent, request: Request): string => {
  const user = goQuote((isRefusedName || as === undefined ? by : as).user.username)
  if (!request.resourceRequest) return `User ${user} cannot ${request.verb} path ${goQuote(request.path)}`
  const { resource, subresource, apiGroup, namespace } = request
  const verb = isRefusedName ? `impersonate-on:user-info:${request.verb}` : request.verb
  const what = goQuote(subresource === '' ? resource : `${resource}/${subresource}`)
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${goQuote(namespace)}`
  return `User ${user} cannot ${verb} resource ${what} in API group ${goQuote(apiGroup)} ${where}`
}
