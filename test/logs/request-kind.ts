import type { Asked } from './event-line.ts'
import type { Sender } from './senders.ts'
import type { World } from './world.ts'

/** A kind of request: how many of a thousand are such, and one of them. */
export type Kind = readonly [weight: number, ask: () => Asked]

/** What every request has if nothing else is said. */
export const plain = (world: World): Pick<Asked, 'level' | 'code' | 'took' | 'isReceivedOmitted'> => ({
  level: 'Metadata',
  code: 200,
  took: 700 + world.dice.pick(19_000),
  isReceivedOmitted: true
})

const SECOND = 1_000_000

/** A watch as a reflector begins it: it takes some minutes. */
export const watchBy = (world: World, by: Sender, object: NonNullable<Asked['object']>, field = ''): Asked => {
  const seconds = 300 + world.dice.pick(299)
  const { resource, namespace, apiGroup, apiVersion } = object
  const base = apiGroup === undefined ? `/api/${apiVersion}` : `/apis/${apiGroup}/${apiVersion}`
  const place = namespace === undefined ? '' : `/namespaces/${namespace}`
  const selector = field === '' ? '' : `&fieldSelector=${encodeURIComponent(field)}`
  const limits = `timeout=${Math.floor(seconds / 60)}m${seconds % 60}s&timeoutSeconds=${seconds}`
  return {
    ...plain(world),
    ...{
      by,
      object,
      verb: 'watch',
      isLong: true,
      level: resource === 'secrets' || resource === 'configmaps' ? 'Metadata' : 'Request',
      took: seconds * SECOND + world.dice.pick(9000)
    },
    uri: `${base}${place}/${resource}?allowWatchBookmarks=true${selector}&resourceVersion=${world.revision()}&${limits}&watch=true`
  }
}

/** A GET of a URL that is none of a resource. */
export const url = (world: World, by: Sender, uri: string, more: Partial<Asked> = {}): Asked => ({
  ...{ ...plain(world), by, verb: 'get', uri },
  ...more
})
