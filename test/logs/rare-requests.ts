import { eventBody, podBody, podList } from './bodies.ts'
import type { Asked } from './event-line.ts'
import { type Kind, url } from './request-kind.ts'
import { anonymousAt, componentOf, type Sender, unknownAt } from './senders.ts'
import type { World } from './world.ts'

const MUTATION = `,"mutation.webhook.admission.k8s.io/round_0_index_0":"{\\"configuration\\":\\"istio-sidecar-injector\\",\\"webhook\\":\\"rev.namespace.sidecar-injector.istio.io\\",\\"mutated\\":true}","pod-security.kubernetes.io/enforce-policy":"baseline:latest"`

/** Makes a request for an object of the core group in some namespace. */
export type InCore = (verb: string, resource: string, tail: string, more: Partial<Asked>) => Asked

/** The few that carry whole objects: some 15 kB each. */
export const largeKinds = (world: World, inCore: InCore): Kind[] => {
  const scheduler = componentOf(world, 'kube-scheduler', 'scheduler')
  const large = { level: 'RequestResponse' as const }
  const named = () => ({ namespace: world.dice.one(world.namespaces), name: world.podName() })
  return [
    [8, () => inCore('list', 'pods', '?limit=500', { ...large, answered: podList(world, 'shop', 4) })],
    [
      14,
      () => {
        const body = podBody(world, named())
        return inCore('create', 'pods', '', { ...large, code: 201, sent: body, answered: body, notes: MUTATION })
      }
    ],
    [
      25,
      () =>
        inCore('create', 'events', '', {
          by: scheduler,
          level: 'Request',
          sent: eventBody(world, named(), 'scheduler')
        })
    ]
  ]
}

/** What is refused, or fails. */
export const refusedKinds = (world: World, people: readonly Sender[], inCore: InCore): Kind[] => {
  const { dice } = world
  const scanner = unknownAt('203.0.113.77', 'curl/8.15.0')
  const answer = (code: number, reason: string, message: string): Partial<Asked> => ({
    code,
    status: { reason, message }
  })
  const forbidden = (resource: string): Partial<Asked> =>
    answer(
      403,
      'Forbidden',
      `${resource} is forbidden: User "oidc:bob@example.com" cannot list resource "${resource}" in API group "" in the namespace "payments"`
    )
  return [
    [6, () => inCore('list', 'secrets', '?limit=500', { by: scanner, ...answer(401, 'Unauthorized', 'Unauthorized') })],
    [6, () => inCore('list', 'secrets', '', { by: dice.one(people), ...forbidden('secrets') })],
    [
      3,
      () =>
        url(world, anonymousAt('203.0.113.78', 'Mozilla/5.0 zgrab/0.x'), '/.env', {
          ...answer(403, 'Forbidden', 'forbidden: User "system:anonymous" cannot get path "/.env"')
        })
    ],
    [
      8,
      () =>
        inCore(
          'get',
          'configmaps',
          `/${dice.one(world.apps)}-none`,
          answer(404, 'NotFound', 'configmaps "none" not found')
        )
    ],
    [
      4,
      () =>
        inCore('create', 'pods', '', {
          ...answer(
            500,
            'InternalError',
            'Internal error occurred: failed calling webhook "validate.example.com": Post "https://hook.ci.svc:443/v?timeout=10s": context deadline exceeded'
          ),
          took: 10_000_000
        })
    ],
    [
      2,
      () =>
        inCore(
          'list',
          'events',
          '',
          answer(503, 'ServiceUnavailable', 'the server is currently unable to handle the request')
        )
    ],
    [
      2,
      () =>
        inCore('get', 'pods', `/${world.podName()}`, {
          ...answer(504, 'Timeout', 'Timeout: request did not complete within the allotted timeout'),
          took: 34_000_000
        })
    ]
  ]
}
