import { ANONYMOUS, type Request } from '../audit/request.ts'
import { CHANGING_VERBS } from '../audit/verbs.ts'
import type { LogEvent } from './log-event.ts'
import type { EventFacts } from './summary-facts.ts'
import type { Totals } from './summary-part.ts'
import type { TableName } from './summary-tables.ts'

/** Takes what is out of the ordinary about a request: what it adds to, and the row of a table that tells of it. */
export interface AddNotable {
  readonly count: (total: keyof Totals) => void
  readonly row: (table: TableName, ...parts: readonly (string | null)[]) => void
}

/** Tells what is out of the ordinary about a request that was answered with a code. */
export const tellNotable = (event: LogEvent, facts: EventFacts, code: number, add: AddNotable): void => {
  const { request } = event
  const { user, verb, apiGroup } = request
  if (code >= 400 || facts.decision === 'forbid') tellRefusal(request, facts, code, add)
  if (event.stage === 'Panic') add.count('panics')
  if (user === ANONYMOUS.user) tellAnonymous(request, code, add)
  if (facts.as !== null) {
    add.count('impersonated')
    add.row('impersonation', user, facts.as)
  }
  if (isSession(request)) {
    add.count('sessions')
    add.row('sessions', ...sessionParts(request, facts, code))
  }
  if (isReached(code)) tellReached(request, facts, add)
  if (isSecretRecorded(event, code)) {
    add.count('recordedSecrets')
    add.row('recordedSecrets', whatOf(request), apiGroup, verb, event.level)
  }
}

const tellAnonymous = (request: Request, code: number, add: AddNotable): void => {
  const { verb, apiGroup, namespace } = request
  add.count('anonymous')
  add.row('anonymous', verb, whatOf(request), apiGroup, namespace, String(code))
  if (!isReached(code) || !request.resourceRequest || isPublic(request)) return
  add.count('anonymousReached')
  add.row('anonymousReached', verb, whatOf(request), apiGroup, namespace)
}

const tellReached = (request: Request, facts: EventFacts, add: AddNotable): void => {
  const { user, verb, apiGroup, resource, namespace, name } = request
  if (resource === 'secrets' && apiGroup === '' && READING.includes(verb)) {
    add.count('secretReads')
    add.row('secretReaders', user)
    add.row('secretReads', user, verb, namespace, name)
  }
  if (!isChange(request, facts)) return
  add.count('changes')
  add.row('changeVerbs', verb)
  add.row('changes', user, verb, whatOf(request), apiGroup)
}

const tellRefusal = (request: Request, facts: EventFacts, code: number, add: AddNotable): void => {
  const { user, verb, apiGroup, namespace } = request
  const what = whatOf(request)
  if (code === 401) {
    add.count('unauthenticated')
    add.row('unauthenticated', facts.source, facts.userAgent, verb, what, apiGroup)
  }
  if (isDenied(facts, code)) {
    add.count('denied')
    // whoever acts in another's name is refused what that one may not do
    add.row('denied', user, verb, what, apiGroup, namespace, facts.decision, facts.as ?? '')
  }
  if (code >= 500) {
    add.count('failed')
    add.row('failures', String(code), user, verb, what, apiGroup)
  }
}

/** Whether a request was refused by authorization, or later with the same answer. */
export const isDenied = ({ decision }: EventFacts, code: number): boolean => code === 403 || decision === 'forbid'

/** Whether a request was let through, and found what it asked for; 101 is the answer to a session of exec. */
const isReached = (code: number): boolean => code === 101 || (code >= 200 && code < 300)

const READING: readonly string[] = ['get', 'list', 'watch']
const CHANGING: readonly string[] = CHANGING_VERBS
const SESSIONS: readonly string[] = ['exec', 'attach', 'portforward']
// what is created there, or below them, is an answer and nothing that stays
const REVIEWS: readonly string[] = ['authentication.k8s.io', 'authorization.k8s.io']
const CONNECTIONS: readonly string[] = [...SESSIONS, 'proxy']

/** What a request is for: the resource with its subresource, or the path. */
export const whatOf = ({ resourceRequest, resource, subresource, path }: Request): string =>
  !resourceRequest ? path : subresource === '' ? resource : `${resource}/${subresource}`

/** Whether a request is for what kubeadm lets everybody read, so that a node can join. */
const isPublic = ({ verb, resource, apiGroup, namespace, name }: Request): boolean =>
  verb === 'get' &&
  resource === 'configmaps' &&
  apiGroup === '' &&
  namespace === 'kube-public' &&
  name === 'cluster-info'

const isSession = ({ resource, apiGroup, subresource }: Request): boolean =>
  resource === 'pods' && apiGroup === '' && SESSIONS.includes(subresource)

const sessionParts = (
  { user, subresource, namespace, name }: Request,
  { uri, source }: EventFacts,
  code: number
): (string | null)[] => {
  const query = queryOf(uri)
  const words =
    subresource === 'portforward'
      ? query.getAll('ports').map(port => `port ${port}`)
      : query.getAll('command').map(word)
  return [user, subresource, namespace, name, query.get('container') ?? '', words.join(' '), String(code), source]
}

const queryOf = (uri: string): URLSearchParams =>
  new URLSearchParams(uri.includes('?') ? uri.slice(uri.indexOf('?')) : '')

const word = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : JSON.stringify(text))

const isChange = ({ resourceRequest, verb, apiGroup, subresource }: Request, { uri }: EventFacts): boolean =>
  resourceRequest &&
  CHANGING.includes(verb) &&
  !REVIEWS.includes(apiGroup) &&
  !CONNECTIONS.includes(subresource) &&
  !(uri.includes('dryRun=') && queryOf(uri).has('dryRun'))

const holdsSecret = ({ resource, subresource, apiGroup }: Request): boolean =>
  (resource === 'secrets' && apiGroup === '') ||
  (resource === 'tokenreviews' && apiGroup === 'authentication.k8s.io') ||
  (resource === 'serviceaccounts' && subresource === 'token')

/** Whether the event itself holds a secret: in what was sent, or in the answer where it was no refusal. */
const isSecretRecorded = (event: LogEvent, code: number): boolean => {
  if (event.level === 'Metadata' || event.level === 'None' || !holdsSecret(event.request)) return false
  const { request, response } = event.bodies()
  const { verb } = event.request
  // what is deleted is answered with a status
  const isAnswer = response > 0 && isReached(code) && !verb.startsWith('delete') && verb !== 'watch'
  return isAnswer || (request > 0 && ['create', 'update', 'patch'].includes(verb))
}
