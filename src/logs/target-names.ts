import type { Request } from '../audit/request.ts'
import { detached } from './remember.ts'

/**
 * A function that names what a request is for: a resource, as pods/log or leases.coordination.k8s.io, or the beginning of
 * another path. It remembers the names of resources.
 */
export const targetNames = (): ((request: Request) => string) => {
  const known = new Map<string, Named[]>()
  return request => {
    const { resource, apiGroup, subresource } = request
    if (!request.resourceRequest) return pathName(request.path)
    const ofResource = known.get(resource) ?? []
    for (const named of ofResource)
      if (named.subresource === subresource && named.apiGroup === apiGroup) return named.name
    const name = resourceName(request)
    if (known.size < MOST_RESOURCES && ofResource.length < MOST_OF_RESOURCE)
      known.set(detached(resource), [
        ...ofResource,
        { apiGroup: detached(apiGroup), subresource: detached(subresource), name }
      ])
    return name
  }
}

interface Named {
  readonly apiGroup: string
  readonly subresource: string
  readonly name: string
}

// a client may ask for any resource, also one that is not there
const MOST_RESOURCES = 1024
const MOST_OF_RESOURCE = 64

const pathName = (path: string): string => detached(path.replace(/^(\/[^/]*\/?[^/]*)[^]*$/, '$1'))

const resourceName = ({ apiGroup, resource, subresource }: Request): string => {
  const name = subresource === '' ? resource : `${resource}/${subresource}`
  return detached(apiGroup === '' ? name : `${name}.${apiGroup}`)
}
