import { accessReview } from './bodies.ts'
import type { Asked } from './event-line.ts'
import { type Kind, plain, url, watchBy } from './request-kind.ts'
import { podOf } from './senders.ts'
import type { World } from './world.ts'

const CUSTOM = [
  ['argoproj.io', 'v1alpha1', 'applications'],
  ['cert-manager.io', 'v1', 'certificates'],
  ['monitoring.coreos.com', 'v1', 'servicemonitors'],
  ['kustomize.toolkit.fluxcd.io', 'v1', 'kustomizations']
] as const

/** What operators and monitoring ask. */
export const operatorKinds = (world: World): Kind[] => {
  const { dice } = world
  const operators = [
    podOf(world, 'argocd', 'argocd-application-controller', 'argocd-application-controller/v3.1.8'),
    podOf(world, 'cert-manager', 'cert-manager', 'cert-manager/v1.19.1 (linux/amd64) cert-manager/3fa91c2'),
    podOf(world, 'monitoring', 'prometheus-operator', 'PrometheusOperator/0.86.1'),
    podOf(world, 'data-platform', 'spark-operator', 'Go-http-client/2.0')
  ]
  const scraper = podOf(world, 'monitoring', 'prometheus-k8s', 'Prometheus/3.7.2')
  const metrics = podOf(
    world,
    'kube-system',
    'metrics-server',
    'metrics-server/v0.8.0 (linux/amd64) kubernetes/$Format'
  )
  const onCustom = (verb: string, more: Partial<Asked>): Asked => {
    const [apiGroup, apiVersion, resource] = dice.one(CUSTOM)
    const [namespace, name] = [dice.one(world.namespaces), dice.one(world.apps)]
    return {
      ...{ ...plain(world), by: dice.one(operators), verb },
      uri: `/apis/${apiGroup}/${apiVersion}/namespaces/${namespace}/${resource}/${name}${verb === 'patch' ? '/status' : ''}`,
      object: {
        resource,
        namespace,
        name,
        apiGroup,
        apiVersion,
        ...(verb === 'patch' ? { subresource: 'status' } : {})
      },
      ...more
    }
  }
  const review = (apiGroup: string, resource: string, more: Partial<Asked>): Asked => ({
    ...{ ...plain(world), by: metrics, verb: 'create', code: 201 },
    uri: `/apis/${apiGroup}/v1/${resource}`,
    object: { resource, apiGroup, apiVersion: 'v1' },
    ...more
  })
  return [
    [55, () => onCustom('get', { isReceivedOmitted: dice.chance(70) })],
    [25, () => onCustom('patch', { level: 'Metadata', code: dice.chance(4) ? 404 : 200 })],
    [40, () => review('authentication.k8s.io', 'tokenreviews', {})],
    [
      30,
      () =>
        review('authorization.k8s.io', 'subjectaccessreviews', {
          level: 'RequestResponse',
          sent: accessReview(world, false),
          answered: accessReview(world, true)
        })
    ],
    [25, () => url(world, scraper, '/metrics')],
    [
      30,
      () => ({
        ...{ ...plain(world), by: dice.one(operators), verb: 'list', level: 'Request' as const },
        uri: `/api/v1/pods?labelSelector=${encodeURIComponent(`app in (${dice.one(world.apps)},${dice.one(world.apps)}),tier!=batch`)}&limit=500&resourceVersion=${world.revision()}`,
        object: { resource: 'pods', apiVersion: 'v1' }
      })
    ],
    [
      15,
      () => watchBy(world, dice.one(operators), { resource: 'secrets', apiVersion: 'v1', namespace: 'cert-manager' })
    ]
  ]
}
