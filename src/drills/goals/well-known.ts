import type { Request } from '../../audit/request.ts'

/** The same, those first whose request says most to a reader: of a user, for a resource that everybody knows, by a plain verb. */
export const bestKnownFirst = <T extends { readonly request: Request }>(all: readonly T[]): T[] =>
  all
    .map(each => ({ each, strangeness: strangenessOf(each.request) }))
    .sort((a, b) => a.strangeness - b.strangeness)
    .map(({ each }) => each)

const RESOURCES = [
  'pods',
  'secrets',
  'configmaps',
  'deployments',
  'services',
  'nodes',
  'namespaces',
  'cronjobs',
  'jobs'
]
const SUBRESOURCES = ['exec', 'log', 'portforward', 'attach', 'scale', 'status']
const VERBS = ['get', 'create', 'delete', 'update', 'list', 'patch', 'watch', 'deletecollection']

const strangenessOf = ({ user, resourceRequest, resource, subresource, verb, name, path }: Request): number =>
  (user === null ? 8 : user === 'system:anonymous' ? 6 : user.startsWith('system:') ? 2 : 0) +
  (resourceRequest ? placeIn(RESOURCES, resource) / 4 : 2) +
  (subresource === '' ? 0 : 1 + placeIn(SUBRESOURCES, subresource) / 8) +
  placeIn(VERBS, verb) / 8 +
  (['list', 'watch'].includes(verb) && name !== '' ? 3 : 0) +
  (path.startsWith('/debug') ? 1 : 0)

const placeIn = (list: readonly string[], word: string): number => {
  const index = list.indexOf(word)
  return index === -1 ? list.length : index
}
