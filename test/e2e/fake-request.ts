import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import type { Attributes } from './fake-policy.ts'

const VERBS = {
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
  GET: 'get',
  HEAD: 'get'
} as const satisfies Record<string, string>

/** Who sent a request; null when it could not be authenticated. */
export type User = Attributes['user']

/** The user of a request: its client certificate's subject, the anonymous user, or null (a token, or no anonymous access). */
export const userOf = (request: IncomingMessage, anonymous: boolean): User => {
  const subject = request.socket instanceof TLSSocket ? request.socket.getPeerCertificate().subject : undefined
  if (subject?.CN !== undefined)
    return { username: textOf(subject.CN), groups: [...textsOf(subject.O), 'system:authenticated'] }
  if (request.headers.authorization !== undefined || !anonymous) return null
  return { username: 'system:anonymous', groups: ['system:unauthenticated'] }
}

const textsOf = (value: string | string[] | undefined): string[] => (value === undefined ? [] : [value].flat())

const textOf = (value: string | string[]): string => textsOf(value)[0] ?? ''

/** What the policy sees of a request. */
export const attributesOf = (method: string, uri: string, user: User): Attributes => {
  const url = new URL(uri, 'https://localhost')
  const parts = url.pathname
    .split('/')
    .filter(part => part !== '')
    .map(decode)
  const core = parts[0] === 'api' && parts.length > 2
  const grouped = parts[0] === 'apis' && parts.length > 3
  const base = { user, path: url.pathname }
  if (!core && !grouped) return { ...base, verb: method.toLowerCase(), ...NO_RESOURCE }
  const [apiGroup, apiVersion] = core ? ['', parts[1] ?? ''] : [parts[1] ?? '', parts[2] ?? '']
  const target = targetOf(parts.slice(core ? 2 : 3))
  const selected = /(?:^|,)metadata\.name=([^,]+)/.exec(url.searchParams.get('fieldSelector') ?? '')?.[1] ?? ''
  const verb = verbOf(method, target.name, ['1', 'true'].includes(url.searchParams.get('watch') ?? ''))
  const name = target.name === '' && ['list', 'watch'].includes(verb) ? selected : target.name
  return { ...base, verb, resourceRequest: true, apiGroup, apiVersion, ...target, name }
}

const decode = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

const NO_RESOURCE = {
  resourceRequest: false,
  apiGroup: '',
  apiVersion: '',
  resource: '',
  subresource: '',
  namespace: '',
  name: ''
} as const

const targetOf = (parts: readonly string[]) => {
  const [first = '', second = '', third = ''] = parts
  const inNamespace =
    first === 'namespaces' && parts.length > 2 && !(parts.length === 3 && ['status', 'finalize'].includes(third))
  const [resource = '', name = '', subresource = ''] = inNamespace ? parts.slice(2) : parts
  return { resource, name, subresource, namespace: first === 'namespaces' ? second : '' }
}

const verbOf = (method: string, name: string, watch: boolean): string => {
  const verb = method in VERBS ? VERBS[method as keyof typeof VERBS] : method.toLowerCase() // as: checked by `in`
  if (verb === 'get' && name === '') return watch ? 'watch' : 'list'
  if (verb === 'get' && watch) return 'watch'
  return verb === 'delete' && name === '' ? 'deletecollection' : verb
}
