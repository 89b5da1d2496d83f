import type { Unknown } from '../text/guard.ts'
import type { Request } from './request.ts'

/** The keys by which a request is written down. What is absent is empty; `apiVersion` plays no part in a policy. */
export const REQUEST_KEYS = [
  'user',
  'groups',
  'verb',
  'apiGroup',
  'apiVersion',
  'resource',
  'subresource',
  'namespace',
  'name',
  'path'
] as const

/** What is wrong with a request that was written down. */
export interface RequestFault {
  readonly key: string
  readonly message: string
}

const OF_RESOURCES = ['apiGroup', 'resource', 'subresource', 'namespace', 'name'] as const

/** The request that keys and values say, or what is wrong with them; other keys are not looked at. */
export const askedRequest = (asked: Unknown): Request | RequestFault => {
  for (const key of REQUEST_KEYS) {
    const value = asked[key] ?? undefined
    if (value === undefined) continue
    if (key === 'groups' ? !isStrings(value) : typeof value !== 'string')
      return {
        key,
        message: `${key}: a ${key === 'groups' ? 'list of strings' : 'string'} is wanted, found ${describe(value)}`
      }
  }
  const path = textAt(asked, 'path')
  const other = OF_RESOURCES.find(key => textAt(asked, key) !== '')
  if (path !== '' && other !== undefined)
    return { key: other, message: `${other} and path: a request is for a resource or for a path, not for both` }
  return requestOf(asked, path)
}

/** True where a request was understood. */
export const isRequest = (asked: Request | RequestFault): asked is Request => !('key' in asked)

/** A request by the keys that {@link askedRequest} reads, the empty ones left out. */
export const keysOfRequest = (request: Request): Readonly<Record<string, unknown>> => {
  const { user, groups, verb } = request
  const place = request.resourceRequest
    ? Object.fromEntries(OF_RESOURCES.filter(key => request[key] !== '').map(key => [key, request[key]]))
    : { path: request.path }
  return {
    ...(user === '' ? {} : { user }),
    ...(groups.length === 0 ? {} : { groups }),
    ...(verb === '' ? {} : { verb }),
    ...place
  }
}

const requestOf = (asked: Unknown, path: string): Request => ({
  user: asked.user === null ? null : textAt(asked, 'user'),
  groups: isStrings(asked.groups) ? asked.groups : [],
  verb: textAt(asked, 'verb'),
  resourceRequest: path === '',
  apiGroup: textAt(asked, 'apiGroup'),
  resource: textAt(asked, 'resource'),
  subresource: textAt(asked, 'subresource'),
  namespace: textAt(asked, 'namespace'),
  name: textAt(asked, 'name'),
  path
})

const textAt = (asked: Unknown, key: (typeof REQUEST_KEYS)[number]): string => {
  const value = asked[key]
  return typeof value === 'string' ? value : ''
}

const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every(item => typeof item === 'string')

const describe = (value: unknown): string => {
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
