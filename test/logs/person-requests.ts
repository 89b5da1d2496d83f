import type { Asked } from './event-line.ts'
import { largeKinds, refusedKinds } from './rare-requests.ts'
import { type Kind, plain, url } from './request-kind.ts'
import { anonymousAt, personOf } from './senders.ts'
import type { World } from './world.ts'

const PATHS = ['/api?timeout=32s', '/apis?timeout=32s', '/openapi/v3?timeout=32s', '/version', '/apis/apps/v1']

/** What people ask, and who comes from outside. */
export const personKinds = (world: World): Kind[] => {
  const { dice } = world
  const names = ['jane.doe', 'bob', 'alice.meyer', 'carol', 'zoë.müller', 'ravi.k', 'li.wei', 'ci-runner']
  const people = names.map(name => personOf(world, `${name}@example.com`, ['developers', dice.one(['ops', 'shop'])]))
  const probe = world.nodes.slice(0, 3).map(({ ip }) => anonymousAt(ip, 'kube-probe/1.36'))
  const inCore = (verb: string, resource: string, tail: string, more: Partial<Asked>): Asked => {
    const namespace = dice.one(world.namespaces)
    const path = tail.replace(/\?.*/, '').split('/')
    return {
      ...{ ...plain(world), by: dice.one(people), verb },
      uri: `/api/v1/namespaces/${namespace}/${resource}${tail}`,
      object: {
        ...{ resource, namespace, apiVersion: 'v1' },
        ...(path[1] === undefined ? {} : { name: path[1] }),
        ...(path[2] === undefined ? {} : { subresource: path[2] })
      },
      ...more
    }
  }
  const list = (): string => `?limit=500&labelSelector=app%3D${dice.one(world.apps)}`
  const exec = `exec?command=sh&command=-c&command=${encodeURIComponent('ls -l /tmp && cat "/etc/hosts"')}&container=app&stdin=true&stdout=true&tty=true`
  return [
    [35, () => url(world, dice.one(people), dice.one(PATHS))],
    [30, () => url(world, dice.one(probe), dice.one(['/livez', '/readyz', '/healthz']))],
    [
      20,
      () =>
        inCore('list', dice.one(['pods', 'services', 'events']), list(), { level: 'Request', isReceivedOmitted: false })
    ],
    [
      8,
      () =>
        inCore('get', 'pods', `/${world.podName()}/log?container=app&follow=true`, { isLong: true, took: 45_000_000 })
    ],
    [4, () => inCore('get', 'pods', `/${world.podName()}/${exec}`, { isLong: true, code: 101, took: 90_000_000 })],
    [4, () => inCore('get', 'secrets', `/${dice.one(world.apps)}-settings`, {})],
    [
      3,
      () =>
        inCore('delete', 'pods', `/${world.podName()}`, {
          level: 'Request',
          sent: '{"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"Background"}'
        })
    ],
    [
      2,
      () =>
        inCore('list', 'pods', '?limit=500', {
          as: '{"username":"carol","groups":["developers","system:authenticated"]}',
          isReceivedOmitted: false
        })
    ],
    ...largeKinds(world, inCore),
    ...refusedKinds(world, people, inCore)
  ]
}
