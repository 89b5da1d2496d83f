import { isRecord, listAt, recordAt, stringAt } from '../text/guard.ts'
import { selectedName } from './field-selector.ts'
import { type PathAttributes, pathAttributes, queryValues } from './request-path.ts'
import { type Request, type Sender, UNKNOWN_SENDER } from './request.ts'

/**
 * The request that an audit event tells of, as the policy saw it: from the event's verb, requestURI and user, since the
 * objectRef may have been filled in from the body later. Null for what is no audit event.
 */
export const requestOfEvent = (event: unknown): Request | null => {
  const verb = stringAt(event, 'verb')
  const uri = stringAt(event, 'requestURI')
  return verb === undefined || uri === undefined ? null : requestOf(verb, uri, senderOf(event))
}

/** The request of a verb and a URI, as the API server sees it; the verb is that of the API, not the HTTP method. */
export const requestOf = (
  verb: string,
  uri: string,
  sender: Sender,
  attributes: PathAttributes = pathAttributes(uri)
): Request => {
  // one by one: of millions of requests a copy of all members at once takes longer than all the rest
  const { resourceRequest, apiGroup, resource, subresource, namespace, path, pathVerb } = attributes
  // requestinfo.go looks at the query of a GET only, and not with a verb in the path, nor with a name
  const isNamedByQuery =
    resourceRequest && attributes.name === '' && pathVerb === '' && (verb === 'list' || verb === 'watch')
  const name = isNamedByQuery ? nameInQuery(uri) : attributes.name
  const { user, groups } = sender
  return { user, groups, verb, resourceRequest, apiGroup, resource, subresource, namespace, name, path }
}

/** The API's verb for an HTTP method in lower case on a URI; a verb that is no method stays. */
export const verbOfMethod = (method: string, uri: string): string => {
  const { resourceRequest, pathVerb, name } = pathAttributes(uri)
  if (!resourceRequest) return method
  if (pathVerb !== '') return pathVerb
  const verb = VERBS.get(method) ?? method
  if (name !== '') return verb
  if (verb === 'delete') return 'deletecollection'
  if (verb !== 'get') return verb
  const { watch } = queryValues(uri, ['watch'])
  return watch === undefined || watch === '0' || watch.toLowerCase() === 'false' ? 'list' : 'watch'
}

const VERBS = new Map([
  ['get', 'get'],
  ['head', 'get'],
  ['post', 'create'],
  ['put', 'update'],
  // the server has no verb for these where a resource is asked for
  ['options', ''],
  ['trace', ''],
  ['connect', '']
])

const isInt64 = (text: string): boolean => /^\d{1,18}$/.test(text) || isLongInt64(text)

const isLongInt64 = (text: string): boolean =>
  /^[+-]?\d+$/.test(text) && BigInt.asIntN(64, BigInt(text.replace('+', ''))) === BigInt(text.replace('+', ''))

const nameInQuery = (uri: string): string => {
  const { fieldSelector, limit, timeoutSeconds } = queryValues(uri, ['fieldSelector', 'limit', 'timeoutSeconds'])
  if (fieldSelector === undefined) return ''
  // one option that cannot be read loses them all
  const isBroken = [limit, timeoutSeconds].some(value => value !== undefined && !isInt64(value))
  return isBroken ? '' : (selectedName(fieldSelector) ?? '')
}

/**
 * Who sent the request of an event, as the policy saw it: the one who was authenticated, for impersonation comes after the
 * policy was asked; not known where the user is empty, as in the event of a 401.
 */
export const senderOf = (event: unknown): Sender => {
  const user = recordAt(event, 'user')
  const isUnknown = !Object.values(user).some(part => (isRecord(part) ? Object.keys(part).length > 0 : part !== null))
  if (isUnknown) return UNKNOWN_SENDER
  const groups = listAt(user, 'groups').filter(group => typeof group === 'string')
  return { user: stringAt(user, 'username') ?? '', groups }
}
