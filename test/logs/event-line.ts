import type { Level, Stage } from '../../src/audit/level.ts'
import { goText } from './go-text.ts'
import type { Sender } from './senders.ts'

/** What an objectRef holds. */
export interface Reference {
  readonly resource: string
  readonly namespace?: string
  readonly name?: string
  readonly uid?: string
  readonly apiGroup?: string
  readonly apiVersion: string
  readonly resourceVersion?: string
  readonly subresource?: string
}

/** A request as a log tells of it. */
export interface Asked {
  readonly by: Sender
  readonly verb: string
  readonly uri: string
  readonly level: Level
  readonly object?: Reference
  readonly code: number
  /** Of a refusal. */
  readonly status?: { readonly message: string; readonly reason: string }
  /** JSON, as it was sent and answered; left out where the level is too low. */
  readonly sent?: string
  readonly answered?: string
  /** The user acted as, as JSON. */
  readonly as?: string
  /** More annotations, as JSON with a comma in front. */
  readonly notes?: string
  /** Microseconds until the answer is complete. */
  readonly took: number
  /** True where the policy omits RequestReceived. */
  readonly isReceivedOmitted: boolean
  readonly isLong?: boolean
}

const timeText = (microseconds: number): string =>
  `${new Date(Math.floor(microseconds / 1000)).toISOString().slice(0, 23)}${String(microseconds % 1000).padStart(3, '0')}Z`

const objectText = (object: Reference): string => {
  const { resource, namespace, name, uid, apiGroup, apiVersion, resourceVersion, subresource } = object
  const part = (key: string, value: string | undefined): string => (value === undefined ? '' : `,"${key}":"${value}"`)
  return `,"objectRef":{"resource":"${resource}"${part('namespace', namespace)}${part('name', name)}${part('uid', uid)}${part('apiGroup', apiGroup)},"apiVersion":"${apiVersion}"${part('resourceVersion', resourceVersion)}${part('subresource', subresource)}}`
}

const statusText = ({ status, code, object }: Asked): string => {
  if (status === undefined) return `,"responseStatus":{"metadata":{},"code":${code}}`
  const { message, reason } = status
  const details = object === undefined ? '' : `,"details":{"kind":"${object.resource}"}`
  return `,"responseStatus":{"metadata":{},"status":"Failure","message":${goText(message)},"reason":"${reason}"${details},"code":${code}}`
}

/** The line of a log about a stage of a request, without its line break, as the API server writes it. */
export const eventLine = (asked: Asked, stage: Stage, id: string, received: number, at: number): string => {
  const { level, by, object, sent, answered } = asked
  const isAnswered = stage !== 'RequestReceived'
  const isComplete = stage === 'ResponseComplete' || stage === 'Panic'
  const isDecided = isAnswered && asked.code !== 401
  return [
    `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"${level}","auditID":"${id}","stage":"${stage}","requestURI":${goText(asked.uri)},"verb":"${asked.verb}","user":${by.user()}`,
    asked.as === undefined ? '' : `,"impersonatedUser":${asked.as}`,
    `,"sourceIPs":["${by.ip}"],"userAgent":${goText(by.agent)}`,
    object === undefined ? '' : objectText(object),
    isAnswered ? statusText(asked) : '',
    isAnswered && sent !== undefined && level !== 'Metadata' ? `,"requestObject":${sent}` : '',
    isComplete && answered !== undefined && level === 'RequestResponse' ? `,"responseObject":${answered}` : '',
    `,"requestReceivedTimestamp":"${timeText(received)}","stageTimestamp":"${timeText(at)}"`,
    isDecided
      ? `,"annotations":{"authorization.k8s.io/decision":"${asked.code === 403 ? 'forbid' : 'allow'}","authorization.k8s.io/reason":${goText(asked.code === 403 ? '' : by.reason)}${asked.notes ?? ''}}`
      : '',
    '}'
  ].join('')
}
