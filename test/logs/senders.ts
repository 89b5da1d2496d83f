import { goText } from './go-text.ts'
import type { World } from './world.ts'

/** Somebody who sends requests. */
export interface Sender {
  /** Of the event's user, as JSON; a token is renewed from time to time. */
  readonly user: () => string
  readonly ip: string
  readonly agent: string
  /** Why RBAC lets it do what it does. */
  readonly reason: string
}

const key = (name: string): string => `"authentication.kubernetes.io/${name}"`
const COMMIT = '98b3519'

const agentOf = (program: string, part = ''): string =>
  `${program}/v1.36.2 (linux/amd64) kubernetes/${COMMIT}${part === '' ? '' : `/${part}`}`

const certified = (world: World, username: string, groups: readonly string[]): (() => string) => {
  const id = world.hex(64)
  const list = [...groups, 'system:authenticated']
  const user = `{"username":${goText(username)},"groups":${JSON.stringify(list)},"extra":{${key('credential-id')}:["X509SHA256=${id}"]}}`
  return () => user
}

/** The kubelet of a node. */
export const kubeletOf = (world: World, index: number): Sender => {
  const { name = '', ip = '' } = world.nodes[index] ?? {}
  return { user: certified(world, `system:node:${name}`, ['system:nodes']), ip, agent: agentOf('kubelet'), reason: '' }
}

/** A part of the control plane with a certificate of its own. */
export const componentOf = (world: World, program: string, part = ''): Sender => ({
  user: certified(world, `system:${program}`, []),
  ip: world.nodes[0]?.ip ?? '',
  agent: agentOf(program, part),
  reason: `RBAC: allowed by ClusterRoleBinding "system:${program}" of ClusterRole "system:${program}" to User "system:${program}"`
})

/** The API server as a client of its own. */
export const apiServerOf = (world: World): Sender => {
  const user = `{"username":"system:apiserver","uid":"${world.uuid()}","groups":["system:authenticated","system:masters"]}`
  return { user: () => user, ip: '::1', agent: agentOf('kube-apiserver'), reason: '' }
}

const HOUR = 3_600_000_000

// as the kubelet renews a token: at four fifths of its hour
const renewing = (world: World, make: (token: string) => string): (() => string) => {
  let user = ''
  let until = 0
  return () => {
    if (world.now() >= until) {
      user = make(world.uuid())
      until = world.now() + HOUR * 0.8
    }
    return user
  }
}

const accountOf = (world: World, namespace: string, account: string): string => {
  const groups = `["system:serviceaccounts","system:serviceaccounts:${namespace}","system:authenticated"]`
  return `"username":"system:serviceaccount:${namespace}:${account}","uid":"${world.uuid()}","groups":${groups}`
}

/** A controller of kube-controller-manager, which uses a service account's token without a pod. */
export const controllerOf = (world: World, name: string): Sender => {
  const account = accountOf(world, 'kube-system', name)
  return {
    user: renewing(world, token => `{${account},"extra":{${key('credential-id')}:["JTI=${token}"]}}`),
    ip: world.nodes[0]?.ip ?? '',
    agent: agentOf('kube-controller-manager', `system:serviceaccount:kube-system:${name}`),
    reason: `RBAC: allowed by ClusterRoleBinding "system:controller:${name}" of ClusterRole "system:controller:${name}" to ServiceAccount "${name}/kube-system"`
  }
}

/** A pod with the token of its service account. */
export const podOf = (world: World, namespace: string, account: string, agent: string): Sender => {
  const index = world.dice.pick(world.nodes.length)
  const node = world.nodes[index]
  const own = accountOf(world, namespace, account)
  const pod = `${account}-${world.hex(10)}-${world.hex(5)}`
  const uid = world.uuid()
  return {
    user: renewing(
      world,
      token =>
        `{${own},"extra":{${key('credential-id')}:["JTI=${token}"],${key('node-name')}:["${node?.name}"],${key('node-uid')}:["${node?.uid}"],${key('pod-name')}:["${pod}"],${key('pod-uid')}:["${uid}"]}}`
    ),
    ip: `10.244.${index}.${4 + world.dice.pick(200)}`,
    agent,
    reason: `RBAC: allowed by ClusterRoleBinding "${account}" of ClusterRole "${account}" to ServiceAccount "${account}/${namespace}"`
  }
}

/** Somebody with kubectl, known by an OIDC provider. */
export const personOf = (world: World, name: string, groups: readonly string[]): Sender => {
  const list = [...groups.map(group => `oidc:${group}`), 'system:authenticated']
  const user = `{"username":${goText(`oidc:${name}`)},"groups":${JSON.stringify(list)},"extra":{${key('credential-id')}:["JTI=${world.hex(22)}"]}}`
  return {
    user: () => user,
    ip: `192.168.${20 + world.dice.pick(4)}.${10 + world.dice.pick(200)}`,
    agent: `kubectl/v1.3${world.dice.pick(7)}.${world.dice.pick(9)} (${world.dice.one(['linux/amd64', 'darwin/arm64', 'windows/amd64'])}) kubernetes/${world.hex(7)}`,
    reason: `RBAC: allowed by RoleBinding "developers/shop" of ClusterRole "edit" to Group "oidc:developers"`
  }
}

/** Who shows no credentials, where anonymous requests are let in. */
export const anonymousAt = (ip: string, agent: string): Sender => ({
  user: () => '{"username":"system:anonymous","groups":["system:unauthenticated"]}',
  ip,
  agent,
  reason:
    'RBAC: allowed by ClusterRoleBinding "system:public-info-viewer" of ClusterRole "system:public-info-viewer" to Group "system:unauthenticated"'
})

/** Who shows credentials that are none. */
export const unknownAt = (ip: string, agent: string): Sender => ({ user: () => '{}', ip, agent, reason: '' })
