import { requestOf, requestOfEvent, verbOfMethod } from '../../audit/event-request.ts'
import type { Request, Sender } from '../../audit/request.ts'
import { AuditError } from '../../errors.ts'
import { readLocalFile, readWhole } from '../../host/local-files.ts'
import { type Doubt, doubtsAbout, pathOfUrl } from '../../policy/doubts.ts'
import type { Policy } from '../../policy/policy.ts'
import { harmless } from '../../render/paint.ts'
import { shellWord } from '../../render/request-words.ts'
import { parseJson } from '../../text/json.ts'
import { decodeText, MAX_BYTES } from '../../text/source.ts'
import type { Io } from '../io.ts'
import type { Args, OptionName } from '../options.ts'
import { onlyOf, type Session } from '../session.ts'

const FORMS = ['resource', 'url', 'event', 'requests'] as const
type Form = (typeof FORMS)[number]

// what belongs to each way of asking
const PARTS: Readonly<Record<Form, readonly OptionName[]>> = {
  resource: ['verb', 'api-group', 'namespace', 'name', 'user', 'group'],
  url: ['verb', 'user', 'group'],
  event: [],
  requests: []
}

/** Which way the options ask for a request. Throws USAGE for none, for two, and for options that belong to another. */
export const formOf = (args: Args): Form => {
  const given = FORMS.filter(form => isGiven(args, form))
  const [form, other] = given
  if (form === undefined) throw new AuditError('USAGE', 'a request is wanted: --resource, --url, --event or --requests')
  if (other !== undefined) throw new AuditError('USAGE', `give --${form} or --${other}, not both`)
  const stray = PARTS.resource.find(name => isGiven(args, name) && !PARTS[form].includes(name))
  if (stray !== undefined) throw new AuditError('USAGE', `--${stray} does not go with --${form}`)
  return form
}

const isGiven = (args: Args, name: OptionName): boolean => args.text(name) !== undefined || args.list(name).length > 0

/** The one request that the options ask for. Says on stderr what a reader may not expect of it. */
export const requestOfOptions = (
  form: 'resource' | 'url' | 'event',
  args: Args,
  io: Io,
  session: Session,
  policy: Policy
): Request => {
  if (form === 'event') return readEvent(args.text('event') ?? '', io)
  const request = form === 'url' ? urlRequest(args, session) : resourceRequest(args)
  for (const doubt of doubtsAbout(request, policy)) session.talk(harmless(`note: ${hintOf(doubt, request, form)}`))
  return request
}

const senderOf = (args: Args): Sender => ({ user: onlyOf(args, 'user') ?? '', groups: args.list('group') })

const resourceRequest = (args: Args): Request => {
  const [resource = '', ...rest] = (onlyOf(args, 'resource') ?? '').split('/')
  return {
    ...senderOf(args),
    verb: onlyOf(args, 'verb') ?? 'get',
    resourceRequest: true,
    apiGroup: onlyOf(args, 'api-group') ?? '',
    resource,
    subresource: rest.join('/'),
    namespace: onlyOf(args, 'namespace') ?? '',
    name: onlyOf(args, 'name') ?? '',
    path: ''
  }
}

const urlRequest = (args: Args, session: Session): Request => {
  const url = pathOf(args.text('url') ?? '', session)
  const method = (onlyOf(args, 'verb') ?? 'get').toLowerCase()
  const request = requestOf(verbOfMethod(method, url), url, senderOf(args))
  if (request.resourceRequest)
    session.talk(harmless(`note: ${url} is the URL of a resource: no rule's nonResourceURLs match it`))
  return request
}

const pathOf = (given: string, session: Session): string => {
  if (given.startsWith('/')) return given
  const path = pathOfUrl(given)
  if (path === undefined)
    throw new AuditError('USAGE', `--url: a path that begins with a slash is wanted, found "${given}"`)
  session.talk(harmless(`note: a policy knows the path of a URL alone: ${path}`))
  return path
}

const hintOf = ({ message, instead }: Doubt, { groups }: Request, form: 'resource' | 'url'): string => {
  const { verb, resource, subresource = '', apiGroup, namespace } = instead
  const isTarget = resource !== undefined || apiGroup !== undefined
  const options = [
    ...(verb === undefined ? [] : ['--verb', verb]),
    ...(resource === undefined ? [] : ['--resource', subresource === '' ? resource : `${resource}/${subresource}`]),
    ...(apiGroup === undefined ? [] : ['--api-group', apiGroup]),
    ...(namespace === undefined ? [] : ['--namespace', namespace]),
    ...(instead.groups ?? []).filter(group => !groups.includes(group)).flatMap(group => ['--group', group])
  ]
  if (options.length === 0) return message
  // what a URL names is not asked for by options
  if (form === 'url' && isTarget) return resource === undefined ? message : `${message}; ${resource} is nearest`
  return `${message}: give ${options.map(shellWord).join(' ')}`
}

const readEvent = (file: string, io: Io): Request => {
  const name = file === '-' ? 'standard input' : file
  const bytes = file === '-' ? readWhole(io.input(), name, MAX_BYTES) : readLocalFile(file, MAX_BYTES)
  const request = requestOfEvent(parseEvent(decodeText(bytes, name), name))
  if (request) return request
  throw new AuditError('BAD_REQUEST', `${name} holds no audit event: a verb and a requestURI are wanted`, {
    path: name
  })
}

const parseEvent = (text: string, name: string): unknown => {
  try {
    return parseJson(text, name)
  } catch (cause) {
    if (cause instanceof AuditError) throw cause
    throw new AuditError('BAD_REQUEST', `${name} is no JSON; one audit event is wanted`, { path: name, cause })
  }
}
