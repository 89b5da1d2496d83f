import { requestOf, requestOfEvent, verbOfMethod } from '../../audit/event-request.ts'
import type { Request, Sender } from '../../audit/request.ts'
import { RESOURCE_KINDS } from '../../audit/resources.ts'
import { AuditError } from '../../errors.ts'
import { readLocalFile, readWhole } from '../../host/local-files.ts'
import type { Policy } from '../../policy/policy.ts'
import { harmless } from '../../render/paint.ts'
import { parseJson } from '../../text/json.ts'
import { decodeText, MAX_BYTES } from '../../text/source.ts'
import type { Io } from '../io.ts'
import type { Args, OptionName } from '../options.ts'
import type { Session } from '../session.ts'

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
  const given = FORMS.filter(form => args.text(form) !== undefined)
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
  for (const hint of hintsFor(request, args, policy)) session.talk(harmless(`note: ${hint}`))
  return request
}

const senderOf = (args: Args): Sender => ({ user: args.text('user') ?? '', groups: args.list('group') })

const resourceRequest = (args: Args): Request => {
  const [resource = '', ...rest] = (args.text('resource') ?? '').split('/')
  return {
    ...senderOf(args),
    verb: args.text('verb') ?? 'get',
    resourceRequest: true,
    apiGroup: args.text('api-group') ?? '',
    resource,
    subresource: rest.join('/'),
    namespace: args.text('namespace') ?? '',
    name: args.text('name') ?? '',
    path: ''
  }
}

const urlRequest = (args: Args, session: Session): Request => {
  const url = args.text('url') ?? ''
  const method = (args.text('verb') ?? 'get').toLowerCase()
  const request = requestOf(verbOfMethod(method, url), url, senderOf(args))
  if (request.resourceRequest)
    session.talk(harmless(`note: ${url} is the URL of a resource: no rule's nonResourceURLs match it`))
  return request
}

function* hintsFor(request: Request, args: Args, policy: Policy): Generator<string> {
  const { resourceRequest, apiGroup, resource, verb, user, groups } = request
  const asksForGroups = policy.rules.some(({ userGroups }) => userGroups.length > 0)
  if (user !== '' && groups.length === 0 && asksForGroups)
    yield 'the user is in no group; who is logged in has --group system:authenticated'
  if (!resourceRequest) return
  if (/[A-Z]/.test(verb)) yield `verbs are in lower case; no request has the verb ${verb}`
  const named = RESOURCE_KINDS.filter(({ name }) => name === resource)
  if (named.length === 0 || named.some(({ group }) => group === apiGroup)) return
  const others = [...new Set(named.map(({ group }) => (group === '' ? '""' : group)))]
  yield args.text('api-group') === undefined
    ? `${resource} is looked for in the core group, but Kubernetes has it in ${others.join(', ')}: give --api-group`
    : `Kubernetes has no ${resource} in ${apiGroup === '' ? 'the core group' : apiGroup}, but in ${others.join(', ')}`
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
