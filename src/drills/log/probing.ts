import { AuditError } from '../../errors.ts'
import { type Client, podClient } from './clients.ts'
import type { Sent } from './events.ts'
import { aMoment, momentOf, type Scene } from './traffic.ts'

/** A service account that tries what it may do, among others that are refused something. */
export interface Probing {
  readonly prober: Client
  /** What it was refused, and what it was not; in the order of time. */
  readonly refused: readonly [Sent, ...Sent[]]
  readonly granted: readonly Sent[]
  /** An account that lacks one right. */
  readonly stubborn: readonly Sent[]
  /** What people were refused. */
  readonly others: readonly Sent[]
}

/** The probing of a seed. */
export const probingOf = (scene: Scene): Probing => {
  const { pick, cluster, namespaces, people } = scene
  const [namespace, , third] = namespaces
  const account = pick.one(['web', 'cart', 'thumbnailer', 'report-ui'])
  const prober = podClient(cluster, {
    ...{ namespace, account, pod: `${account}-${pick.hex(9)}-p9x4d`, node: 1, ip: `10.244.1.${pick.number(20, 240)}` },
    agent: pick.one([
      'curl/8.14.1',
      `kubectl/${cluster.version} (linux/amd64) kubernetes/${cluster.commit}`,
      'python-requests/2.32.4'
    ])
  })
  const send = (by: Client, at: number, verb: string, uri: string, code = 403): Sent => ({
    ...{ at, took: aMoment(pick), by, verb, uri, code }
  })
  const [door, ...doors] = pick.some(doorsOf(scene), pick.number(11, 19))
  // a watch is refused in more events than the others
  const watch = ['watch', `/api/v1/namespaces/${namespace}/secrets?watch=true`] as const
  const begin = momentOf(scene, pick.number(10, 35) / 100)
  const step = (index: number): number => begin + index * 4_100_000 + pick.number(0, 1_500_000)
  const tried = [door ?? watch, ...doors.slice(0, 3), watch, ...doors.slice(3)]
  const refused = tried.map(([verb, uri], index) => send(prober, step(index + 4), verb, uri))
  // an account may always ask what it may do
  const rights = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews'
  const granted = [
    send(prober, step(0), 'get', '/api?timeout=32s', 200),
    send(prober, step(1), 'get', '/apis?timeout=32s', 200),
    ...[2, 3, tried.length + 4].map(index => send(prober, step(index), 'create', rights, 201))
  ]
  const person = people[1] ?? people[0]
  const others = [0.4, 0.7].map(part =>
    send(person, momentOf(scene, part), 'delete', `/api/v1/namespaces/${third}/pods/web-0`)
  )
  const isSome = (all: readonly Sent[]): all is [Sent, ...Sent[]] => all.length > 0
  if (!isSome(refused)) throw new AuditError('IMPOSSIBLE', 'nothing was probed')
  // so many that what anyone was refused is no number that the events of the account give
  return { prober, refused, granted, stubborn: stubbornOf(scene, tried.length + pick.number(15, 20)), others }
}

const stubbornOf = (scene: Scene, tries: number): Sent[] => {
  const { pick, cluster, namespaces } = scene
  const account = pick.one(['exporter', 'autoscaler', 'log-shipper'])
  const by = podClient(cluster, {
    ...{
      namespace: namespaces[1] ?? '',
      account,
      pod: `${account}-0`,
      node: 2,
      ip: `10.244.2.${pick.number(20, 240)}`
    },
    agent: `${account}/v2.4.1 (linux/amd64) kubernetes/$Format`
  })
  const uri = pick.one([
    '/apis/apps/v1/replicasets?limit=500',
    '/api/v1/nodes?limit=500',
    '/api/v1/persistentvolumes?limit=500'
  ])
  return Array.from({ length: tries }, (_, index) => ({
    ...{ at: momentOf(scene, (index + 0.3) / (tries + 1)), took: aMoment(pick), by, verb: 'list', uri, code: 403 }
  }))
}

const doorsOf = ({ cluster, namespaces }: Scene): (readonly [string, string])[] => {
  const [own, , other] = namespaces
  const [here, there, system] = [own, other, 'kube-system'].map(name => `/api/v1/namespaces/${name}`)
  const [rbac, apps] = ['/apis/rbac.authorization.k8s.io/v1', '/apis/apps/v1/namespaces']
  return [
    ['list', `${here}/secrets?limit=500`],
    ['list', `${there}/secrets?limit=500`],
    ['list', `${system}/secrets?limit=500`],
    ['get', `${system}/configmaps/kubeadm-config`],
    ['list', '/api/v1/secrets?limit=500'],
    ['list', '/api/v1/namespaces?limit=500'],
    ['list', '/api/v1/pods?limit=500'],
    ['create', `${here}/pods`],
    ['get', `${here}/pods/db-0/log`],
    ['get', `${there}/pods/api-0/exec?command=sh&stdin=true&stdout=true&tty=true`],
    ['create', `${here}/serviceaccounts/default/token`],
    ['create', `${system}/serviceaccounts/clusterrole-aggregation-controller/token`],
    ['list', `${rbac}/clusterroles?limit=500`],
    ['create', `${rbac}/clusterrolebindings`],
    ['create', `${rbac}/namespaces/${own}/rolebindings`],
    ['list', `${apps}/${own}/deployments?limit=500`],
    ['patch', `${apps}/${own}/deployments/web`],
    ['create', `${apps}/kube-system/daemonsets`],
    ['get', '/logs/'],
    ['list', '/apis/certificates.k8s.io/v1/certificatesigningrequests?limit=500'],
    ['list', '/api/v1/nodes?limit=500'],
    ['get', `/api/v1/nodes/${cluster.nodes[1]?.name}/proxy/pods`]
  ]
}
