import { endpointSlice, eventBody, nodeStatusPatch, podStatusPatch, replicaSet } from './bodies.ts'
import type { Asked } from './event-line.ts'
import { type Kind, plain, watchBy } from './request-kind.ts'
import { apiServerOf, componentOf, controllerOf, kubeletOf, podOf, type Sender } from './senders.ts'
import type { World } from './world.ts'

const leaseOf = (world: World, by: Sender, namespace: string, name: string, timeout: string): (() => Asked) => {
  const uid = world.uuid()
  const object = { resource: 'leases', namespace, name, uid, apiGroup: 'coordination.k8s.io', apiVersion: 'v1' }
  return () => ({
    ...plain(world),
    ...{ by, verb: 'update', code: world.dice.chance(1) ? 409 : 200 },
    uri: `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}?timeout=${timeout}`,
    object: { ...object, resourceVersion: String(world.revision() - 40) }
  })
}

/** What kubelets ask. */
export const kubeletKinds = (world: World): Kind[] => {
  const { dice } = world
  const kubelets = world.nodes.map((_, index) => kubeletOf(world, index))
  const leases = world.nodes.flatMap((node, index) => {
    const by = kubelets[index]
    return by === undefined ? [] : [leaseOf(world, by, 'kube-node-lease', node.name, '10s')]
  })
  const ofCore = (resource: string, name: string, namespace?: string) => ({
    ...{ resource, apiVersion: 'v1', name },
    ...(namespace === undefined ? {} : { namespace })
  })
  const onNode = (verb: string, more: Partial<Asked>, tail = ''): Asked => {
    const index = dice.pick(world.nodes.length)
    const name = world.nodes[index]?.name ?? ''
    const by = kubelets[index] ?? dice.one(kubelets)
    const uri = `/api/v1/nodes/${name}${tail}?${verb === 'get' ? 'resourceVersion=0&' : ''}timeout=10s`
    const object = { ...ofCore('nodes', name), ...(tail === '' ? {} : { subresource: tail.slice(1) }) }
    return { ...plain(world), by, verb, uri, object, ...more }
  }
  const onPod = (verb: string, resource: string, tail: string, more: Partial<Asked>, name = world.podName()): Asked => {
    const namespace = dice.one(world.namespaces)
    const object = {
      ...ofCore(resource, name, namespace),
      ...(tail === '' ? {} : { uid: world.uuid(), subresource: tail.slice(1) })
    }
    const uri = `/api/v1/namespaces/${namespace}/${resource}/${name}${tail}`
    return { ...plain(world), by: dice.one(kubelets), verb, uri, object, ...more }
  }
  return [
    [130, () => dice.one(leases)()],
    [20, () => onNode('get', { level: 'Request' })],
    [35, () => onNode('patch', { level: 'Request', sent: nodeStatusPatch(world) }, '/status')],
    [55, () => onPod('patch', 'pods', '/status', { level: 'Request', sent: podStatusPatch(world) })],
    [25, () => onPod('get', 'pods', '', { level: 'Request', isReceivedOmitted: false })],
    [20, () => onPod('get', dice.one(['configmaps', 'secrets']), '', {}, `${dice.one(world.apps)}-settings`)],
    [20, () => onPod('create', 'serviceaccounts', '/token', { code: 201 }, dice.one(world.apps))],
    [
      30,
      () => {
        const by = dice.one(kubelets)
        const namespace = dice.one(world.namespaces)
        const name = `${dice.one(world.apps)}-settings`
        const object = { ...ofCore(dice.one(['configmaps', 'secrets']), name, namespace) }
        return watchBy(world, by, object, `metadata.name=${name}`)
      }
    ],
    [
      25,
      () => {
        const [namespace, name] = [dice.one(world.namespaces), world.podName()]
        return {
          ...{ ...plain(world), by: dice.one(kubelets), verb: 'create', code: 201, level: 'Request' },
          uri: `/api/v1/namespaces/${namespace}/events`,
          object: { resource: 'events', namespace, name: `${name}.${world.hex(16)}`, apiVersion: 'v1' },
          sent: eventBody(world, { namespace, name }, 'kubelet')
        }
      }
    ]
  ]
}

const WATCHED = [
  { resource: 'pods', apiVersion: 'v1' },
  { resource: 'secrets', apiVersion: 'v1' },
  { resource: 'configmaps', apiVersion: 'v1' },
  { resource: 'nodes', apiVersion: 'v1' },
  { resource: 'deployments', apiGroup: 'apps', apiVersion: 'v1' },
  { resource: 'endpointslices', apiGroup: 'discovery.k8s.io', apiVersion: 'v1' },
  { resource: 'networkpolicies', apiGroup: 'networking.k8s.io', apiVersion: 'v1' },
  { resource: 'certificates', apiGroup: 'cert-manager.io', apiVersion: 'v1' }
]

/** What the control plane and its controllers ask. */
export const controlPlaneKinds = (world: World): Kind[] => {
  const { dice } = world
  const elected = ['kube-scheduler', 'kube-controller-manager'].map(program =>
    leaseOf(world, componentOf(world, program, 'leader-election'), 'kube-system', program, '5s')
  )
  const operators = ['cert-manager', 'argocd-application-controller', 'ingress-nginx-leader'].map(name =>
    leaseOf(world, podOf(world, 'cert-manager', name, `${name}/v1.19.1 (linux/amd64)`), 'cert-manager', name, '5s')
  )
  const server = apiServerOf(world)
  const own = leaseOf(world, server, 'kube-system', `apiserver-${world.hex(26)}`, '10s')
  const ofNamespace = (): Asked => {
    const name = dice.one(world.namespaces)
    const object = { resource: 'namespaces', namespace: name, name, apiVersion: 'v1' }
    return { ...plain(world), by: server, verb: 'get', uri: `/api/v1/namespaces/${name}`, object }
  }
  const ending = controllerOf(world, 'namespace-controller')
  const cleaning = (): Asked => {
    const namespace = `ci-${world.hex(8)}`
    const resource = dice.one(['pods', 'configmaps', 'secrets', 'services'])
    const object = { resource, namespace, apiVersion: 'v1' }
    const uri = `/api/v1/namespaces/${namespace}/${resource}`
    return { ...plain(world), by: ending, verb: 'deletecollection', level: 'Request', uri, object }
  }
  const watchers = ['kube-scheduler', 'kube-controller-manager', 'kube-proxy'].map(name => componentOf(world, name))
  const slices = controllerOf(world, 'endpointslice-controller')
  const sets = controllerOf(world, 'replicaset-controller')
  const inApps = (by: Sender, apiGroup: string, resource: string, tail: string, sent: string): Asked => {
    const [namespace, name] = [dice.one(world.namespaces), `${dice.one(world.apps)}-${world.hex(9)}`]
    const code = dice.chance(3) ? 409 : 200
    return {
      ...{ ...plain(world), by, verb: 'update', level: 'RequestResponse', sent, code },
      ...(code === 409
        ? { status: { reason: 'Conflict', message: `Operation cannot be fulfilled on ${resource} "${name}"` } }
        : { answered: sent }),
      uri: `/apis/${apiGroup}/v1/namespaces/${namespace}/${resource}/${name}${tail}`,
      object: {
        ...{ resource, namespace, name, uid: world.uuid(), apiGroup, apiVersion: 'v1' },
        resourceVersion: String(world.revision() - 9),
        ...(tail === '' ? {} : { subresource: tail.slice(1) })
      }
    }
  }
  const named = () => ({ namespace: dice.one(world.namespaces), name: dice.one(world.apps) })
  return [
    [110, () => dice.one(elected)()],
    [50, () => dice.one(operators)()],
    [10, own],
    [4, ofNamespace],
    [2, cleaning],
    [25, () => watchBy(world, dice.one(watchers), dice.one(WATCHED))],
    [25, () => inApps(slices, 'discovery.k8s.io', 'endpointslices', '', endpointSlice(world, named(), 2))],
    [40, () => inApps(sets, 'apps', 'replicasets', '/status', replicaSet(world, named()))]
  ]
}
