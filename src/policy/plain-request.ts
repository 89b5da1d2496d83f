import type { Request } from '../audit/request.ts'

const UNNAMED = ['list', 'watch', 'create', 'deletecollection']

/**
 * A request of which something holds, changed, where it then still holds, into one that people know: a list has no name, an
 * authenticated sender is in the group of them all.
 */
export const plainRequest = (request: Request, holds: (request: Request) => boolean): Request => {
  let plain = request
  for (const change of CHANGES) {
    const changed = { ...plain, ...change(plain) }
    if (holds(changed)) plain = changed
  }
  return plain
}

const NOTHING: Partial<Request> = {}

const CHANGES: readonly ((request: Request) => Partial<Request>)[] = [
  ({ user }) => (user === '' ? { user: 'jane' } : NOTHING),
  ({ user, groups }) => (user === null ? { groups: [] } : { groups: [...new Set([...groups, groupOf(user)])] }),
  ({ resourceRequest, verb }) => (resourceRequest && UNNAMED.includes(verb) ? { name: '' } : NOTHING),
  ({ resourceRequest, verb, name }) =>
    resourceRequest && !UNNAMED.includes(verb) && name === '' ? { name: 'example' } : NOTHING,
  ({ resourceRequest, verb, name }) => (resourceRequest && verb === 'get' && name === '' ? { verb: 'list' } : NOTHING)
]

const groupOf = (user: string): string =>
  user === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated'
