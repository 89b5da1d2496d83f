import { apiServerOf, type Client, type Cluster, componentOf, controllerOf, kubeletOf, podClient } from './clients.ts'
import type { Sent } from './events.ts'
import type { Pick as Choices } from '../pick.ts'

/** What happens in a cluster: from when to when (microseconds since 1970), and where. */
export interface Scene {
  readonly pick: Choices
  readonly cluster: Cluster
  readonly from: number
  readonly to: number
  /** The namespaces in which people work. */
  readonly namespaces: readonly [string, ...string[]]
  /** People who do nothing out of the ordinary. */
  readonly people: readonly [Client, ...Client[]]
}

const SECOND = 1_000_000

/** What a cluster does by itself, and what people do in it every day. */
export const everydayTraffic = (scene: Scene): Sent[] => [
  ...leases(scene),
  ...nodes(scene),
  ...watches(scene),
  ...jobs(scene),
  ...scrapes(scene),
  ...people(scene)
]

/** A moment of a scene, from 0 at its beginning to 1 at its end. */
export const momentOf = ({ pick, from, to }: Scene, part: number): number =>
  Math.floor(from + (to - from) * part) + pick.number(0, 999_999)

/** A moment later, by as many seconds at least. */
export const later = ({ pick }: Pick<Scene, 'pick'>, at: number, seconds: number): number =>
  at + Math.floor(seconds * SECOND) + pick.number(1000, 900_000)

/** How long a short request takes. */
export const aMoment = (pick: Choices): number => pick.number(700, 19_000)

// a request every so many seconds, the first one somewhere in the first of these spans
const every = (scene: Scene, seconds: number, send: (at: number) => readonly Sent[]): Sent[] => {
  const { pick, from, to } = scene
  const sent: Sent[] = []
  for (
    let at = from + pick.number(0, seconds * SECOND - 1);
    at < to;
    at += seconds * SECOND + pick.number(-9000, 30_000)
  )
    sent.push(...send(at))
  return sent
}

const quick = (pick: Choices, request: Omit<Sent, 'took'>): Sent => ({ ...request, took: aMoment(pick) })

// of etcd, which is one number for the whole cluster
const revisionAt = ({ cluster, from }: Pick<Scene, 'cluster' | 'from'>, at: number): number =>
  20_000 + Number.parseInt(cluster.salt.slice(0, 4), 16) + Math.floor((at - from) / 400_000)

const LEASES = '/apis/coordination.k8s.io/v1/namespaces'

const leases = (scene: Scene): Sent[] => {
  const { cluster, pick } = scene
  const renew = (by: Client, path: string, seconds: number): Sent[] => {
    const uid = `${pick.hex(8)}-${pick.hex(4)}-4${pick.hex(3)}-8${pick.hex(3)}-${pick.hex(12)}`
    return every(scene, seconds, at => {
      const resourceVersion = String(revisionAt(scene, at - seconds * SECOND))
      return [quick(pick, { at, by, verb: 'update', uri: `${LEASES}/${path}`, sent: { uid, resourceVersion } })]
    })
  }
  return [
    ...['kube-scheduler', 'kube-controller-manager'].flatMap(program =>
      renew(componentOf(cluster, program, 'leader-election'), `kube-system/leases/${program}?timeout=5s`, 2)
    ),
    ...renew(apiServerOf(cluster), `kube-system/leases/apiserver-${pick.hex(26)}`, 10),
    ...cluster.nodes.flatMap(node =>
      renew(kubeletOf(cluster, node), `kube-node-lease/leases/${node.name}?timeout=10s`, 10)
    )
  ]
}

const nodes = (scene: Scene): Sent[] =>
  scene.cluster.nodes.flatMap(node => {
    const by = kubeletOf(scene.cluster, node)
    const uri = `/api/v1/nodes/${node.name}`
    return every(scene, 60, at => [
      quick(scene.pick, { at, by, verb: 'get', uri: `${uri}?resourceVersion=0&timeout=10s` }),
      quick(scene.pick, { at: at + 31_000, by, verb: 'patch', uri: `${uri}/status?timeout=10s` })
    ])
  })

/** A watch as a reflector begins it, after a list of the same. It ends by itself unless the log ends before. */
export const watchOf = (scene: Scene, at: number, by: Client, path: string, selector = ''): Sent[] => {
  const { pick, to } = scene
  const seconds = pick.number(300, 598)
  const end = at + 40_000 + seconds * SECOND
  const field = selector === '' ? '' : `fieldSelector=${encodeURIComponent(selector)}&`
  const limits = `timeout=${Math.floor(seconds / 60)}m${seconds % 60}s&timeoutSeconds=${seconds}`
  return [
    quick(pick, { at, by, verb: 'list', uri: `${path}?${field}limit=500&resourceVersion=0` }),
    {
      at: at + 40_000,
      took: end < to ? seconds * SECOND + pick.number(200, 9000) : null,
      ...{ by, verb: 'watch' },
      uri: `${path}?allowWatchBookmarks=true&${field}resourceVersion=${revisionAt(scene, at)}&${limits}&watch=true`
    }
  ]
}

const watches = (scene: Scene): Sent[] => {
  const { cluster, pick } = scene
  const [, worker = { name: '', ip: '' }] = cluster.nodes
  const kubelet = kubeletOf(cluster, worker)
  const scheduler = componentOf(cluster, 'kube-scheduler', 'scheduler')
  const manager = componentOf(cluster, 'kube-controller-manager', 'shared-informers')
  const dns = podClient(cluster, {
    ...{
      namespace: 'kube-system',
      account: 'coredns',
      pod: `coredns-${pick.hex(10)}-x7k2p`,
      node: 1,
      ip: '10.244.1.3'
    },
    ...{ agent: 'coredns/v0.0.0 (linux/amd64) kubernetes/$Format', role: 'system:coredns' }
  })
  const rows: readonly (readonly [Client, string, string?])[] = [
    [kubelet, '/api/v1/pods', `spec.nodeName=${worker.name}`],
    [kubelet, '/api/v1/namespaces/kube-system/configmaps', 'metadata.name=kube-root-ca.crt'],
    [kubelet, `/api/v1/namespaces/${scene.namespaces[0]}/configmaps`, 'metadata.name=kube-root-ca.crt'],
    [scheduler, '/api/v1/nodes'],
    [scheduler, '/apis/storage.k8s.io/v1/storageclasses'],
    [manager, '/api/v1/secrets'],
    [manager, '/apis/apps/v1/deployments'],
    [dns, '/apis/discovery.k8s.io/v1/endpointslices'],
    [dns, '/api/v1/namespaces']
  ]
  return rows.flatMap(([by, path, selector]) =>
    watchOf(scene, momentOf(scene, pick.number(0, 70) / 100), by, path, selector)
  )
}

// a cron job makes a pod each minute, and everyone concerned writes
const jobs = (scene: Scene): Sent[] => {
  const { cluster, pick } = scene
  const [, worker = { name: '', ip: '' }] = cluster.nodes
  const [namespace] = scene.namespaces
  const name = pick.one(['mail-digest', 'cleanup', 'report', 'sync-users'])
  const [cron, job] = [controllerOf(cluster, 'cronjob-controller'), controllerOf(cluster, 'job-controller')]
  const [scheduler, kubelet] = [componentOf(cluster, 'kube-scheduler', 'scheduler'), kubeletOf(cluster, worker)]
  const [core, batch] = [`/api/v1/namespaces/${namespace}`, `/apis/batch/v1/namespaces/${namespace}`]
  return every(scene, 60, at => {
    const run = `${name}-${Math.floor(at / 60 / SECOND)}`
    const pod = `${run}-${pick.hex(5)}`
    const steps: readonly (readonly [number, Client, string, string, Sent['sent']?])[] = [
      [0, cron, 'create', `${batch}/jobs`, { name: run }],
      [0.02, cron, 'update', `${batch}/cronjobs/${name}/status`],
      [0.05, job, 'create', `${core}/pods`],
      [0.08, scheduler, 'create', `${core}/pods/${pod}/binding`],
      [0.12, kubelet, 'get', `${core}/pods/${pod}`],
      [0.2, kubelet, 'create', `${core}/serviceaccounts/default/token`],
      [0.4, kubelet, 'patch', `${core}/pods/${pod}/status`],
      [0.5, kubelet, 'create', `${core}/events`, { name: `${pod}.${pick.hex(16)}` }],
      [4.1, kubelet, 'patch', `${core}/pods/${pod}/status`],
      [4.3, job, 'update', `${batch}/jobs/${run}/status`]
    ]
    return steps
      .map(([after, by, verb, uri, sent]) =>
        quick(pick, { at: at + after * SECOND + pick.number(0, 9000), by, verb, uri, ...(sent ? { sent } : {}) })
      )
      .filter(each => each.at < scene.to)
  })
}

const scrapes = (scene: Scene): Sent[] => {
  const { cluster, pick } = scene
  const prometheus = podClient(cluster, {
    ...{ namespace: 'monitoring', account: 'prometheus', pod: 'prometheus-0', node: 2, ip: '10.244.2.9' },
    ...{ agent: 'Prometheus/3.5.0', role: 'prometheus' }
  })
  return every(scene, 30, at => [quick(pick, { at, by: prometheus, verb: 'get', uri: '/metrics' })])
}

// what people look at with kubectl
const people = (scene: Scene): Sent[] => {
  const { pick, namespaces } = scene
  return every(scene, 25, at => {
    const by = pick.one(scene.people)
    const core = `/api/v1/namespaces/${pick.one(namespaces)}`
    const name = pick.one(['web', 'api', 'worker', 'cache'])
    const uri = pick.one([
      `${core}/pods?limit=500`,
      `${core}/services?limit=500`,
      `${core}/events?limit=500`,
      `${core}/configmaps/${name}-config`,
      `${core.replace('/api/v1', '/apis/apps/v1')}/deployments?limit=500`,
      `${core.replace('/api/v1', '/apis/apps/v1')}/deployments/${name}`
    ])
    return [
      quick(pick, { at, by, verb: 'get', uri: '/api?timeout=32s' }),
      quick(pick, { at: at + 25_000, by, verb: uri.includes('limit') ? 'list' : 'get', uri })
    ].filter(each => each.at < scene.to)
  })
}
