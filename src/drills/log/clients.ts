import type { Request } from '../../audit/request.ts'
import { sha256 } from '../../sha256.ts'
import { uuid } from './uuid.ts'
import type { Pick as Choices } from '../pick.ts'

/** A user as the API server knows one. */
export interface Identity {
  readonly username: string
  readonly uid?: string
  readonly groups: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** Somebody who sends requests to the API server. */
export interface Client {
  readonly user: Identity
  readonly ip: string
  readonly agent: string
  /** The role for which RBAC lets it do its work; none for whom nothing is ever asked. */
  readonly binding?: Binding
}

interface Binding {
  readonly role: string
  /** Of the binding, where it has another name than the role. */
  readonly name?: string
  /** Where it is a RoleBinding. */
  readonly namespace?: string
  readonly subject: string
}

/** The cluster that a log comes from. */
export interface Cluster {
  /** The names of the nodes, the control plane's first, with their addresses. */
  readonly nodes: readonly { readonly name: string; readonly ip: string }[]
  /** Such as v1.36.0. */
  readonly version: string
  readonly commit: string
  /** What makes ids its own. */
  readonly salt: string
}

/** The cluster of a node, by its manifest of kube-apiserver and its name. */
export const clusterOf = (pick: Choices, manifest: string, name: string): Cluster => {
  const ip = /--advertise-address=(\S+)/.exec(manifest)?.[1] ?? '10.0.0.10'
  const network = ip.replace(/\.\d+$/, '')
  const own = Number(ip.split('.').at(-1))
  const version = /kube-apiserver:(v[\d.]+)/.exec(manifest)?.[1] ?? 'v1.36.0'
  const worker = pick.one(['worker-', 'node-', 'w-0'])
  const workers = [1, 2].map(number => `${worker}${number}`)
  return {
    nodes: [
      { name, ip },
      ...workers.map((each, index) => ({ name: each, ip: `${network}.${((own + index) % 250) + 3}` }))
    ],
    version,
    commit: pick.hex(7),
    salt: pick.hex(12)
  }
}

/** Why the API server let a request through, as its annotation says it; empty where no role was asked. */
export const reasonOf = ({ user, binding }: Pick<Client, 'user' | 'binding'>, request: Request): string => {
  if (user.groups.includes('system:masters')) return ''
  if (!request.resourceRequest) return allowed({ role: 'system:discovery', subject: 'Group "system:authenticated"' })
  // what everybody may ask of themselves
  if (request.resource.startsWith('selfsubject'))
    return allowed({ role: 'system:basic-user', subject: 'Group "system:authenticated"' })
  return binding === undefined ? '' : allowed(binding)
}

const allowed = ({ role, name = role, namespace, subject }: Binding): string =>
  namespace === undefined
    ? `RBAC: allowed by ClusterRoleBinding "${name}" of ClusterRole "${role}" to ${subject}`
    : `RBAC: allowed by RoleBinding "${name}/${namespace}" of ClusterRole "${role}" to ${subject}`

const CREDENTIAL = 'authentication.kubernetes.io/credential-id'

const agentOf = ({ version, commit }: Cluster, program: string, part = ''): string =>
  `${program}/${version} (linux/amd64) kubernetes/${commit}${part === '' ? '' : `/${part}`}`

/** Somebody with a client certificate of the cluster. */
export const certified = (cluster: Cluster, username: string, ...groups: readonly string[]): Identity => ({
  username,
  groups: [...groups, 'system:authenticated'],
  extra: { [CREDENTIAL]: [`X509SHA256=${sha256(`${cluster.salt} ${username}`)}`] }
})

/** A kubelet, or a part of the control plane that has its own user. */
export const componentOf = (cluster: Cluster, program: string, part?: string): Client => ({
  user: certified(cluster, `system:${program}`),
  ip: cluster.nodes[0]?.ip ?? '',
  agent: agentOf(cluster, program, part),
  binding: { role: `system:${program}`, subject: `User "system:${program}"` }
})

/** The kubelet of a node. */
export const kubeletOf = (cluster: Cluster, { name, ip }: Cluster['nodes'][number]): Client => ({
  user: certified(cluster, `system:node:${name}`, 'system:nodes'),
  ip,
  agent: agentOf(cluster, 'kubelet')
})

/** The API server as a client of its own. */
export const apiServerOf = (cluster: Cluster): Client => ({
  user: {
    username: 'system:apiserver',
    uid: uuid(`${cluster.salt} apiserver`),
    groups: ['system:authenticated', 'system:masters']
  },
  ip: '::1',
  agent: agentOf(cluster, 'kube-apiserver')
})

const accountOf = (cluster: Cluster, namespace: string, name: string): Identity => {
  const username = `system:serviceaccount:${namespace}:${name}`
  return {
    username,
    uid: uuid(`${cluster.salt} ${username}`),
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated']
  }
}

/** A controller of kube-controller-manager, which has a service account of its own. */
export const controllerOf = (cluster: Cluster, name: string): Client => {
  const user = accountOf(cluster, 'kube-system', name)
  return {
    user: { ...user, extra: { [CREDENTIAL]: [`JTI=${uuid(`${cluster.salt} token of ${name}`)}`] } },
    ip: cluster.nodes[0]?.ip ?? '',
    agent: agentOf(cluster, 'kube-controller-manager', user.username),
    binding: { role: `system:controller:${name}`, subject: `ServiceAccount "${name}/kube-system"` }
  }
}

/** A pod that uses the token of its service account. */
export interface PodClient {
  readonly namespace: string
  readonly account: string
  readonly pod: string
  /** Which of the cluster's nodes it runs on. */
  readonly node: number
  readonly ip: string
  readonly agent: string
  readonly role?: string
  /** True where the role counts in the pod's namespace alone. */
  readonly isLocal?: boolean
}

/** A pod as a client of the API server. */
export const podClient = (
  cluster: Cluster,
  { namespace, account, pod, node, ip, agent, role, isLocal }: PodClient
): Client => {
  const host = cluster.nodes[node]?.name ?? ''
  const id = (of: string): string => uuid(`${cluster.salt} ${of}`)
  const key = (name: string): string => `authentication.kubernetes.io/${name}`
  return {
    user: {
      ...accountOf(cluster, namespace, account),
      extra: {
        [CREDENTIAL]: [`JTI=${id(`token of ${pod}`)}`],
        [key('node-name')]: [host],
        [key('node-uid')]: [id(host)],
        [key('pod-name')]: [pod],
        [key('pod-uid')]: [id(pod)]
      }
    },
    ...{ ip, agent },
    ...(role === undefined
      ? {}
      : {
          binding: {
            role,
            name: account,
            subject: `ServiceAccount "${account}/${namespace}"`,
            ...(isLocal ? { namespace } : {})
          }
        })
  }
}
