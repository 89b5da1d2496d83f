import type { Value } from '../../text/value.ts'
import type { ManifestData } from '../manifest-text.ts'
import type { Pick } from '../pick.ts'

/** Names of pods, which tell nothing of them. */
export const NAMES = [
  'amber',
  'basil',
  'cedar',
  'delta',
  'ember',
  'fjord',
  'grove',
  'harbor',
  'iris',
  'jade',
  'kelp',
  'lotus'
] as const

/** What pods do for which they have to go, besides writing a root file system. */
export const BREAKING = ['privileged', 'host-path', 'capability', 'root-again'] as const

/** What pods do that only looks as if they had to go. */
export const STAYING = ['plain', 'host-path-read', 'port-capability', 'user-again', 'not-privileged', 'config'] as const

/** What is special about a pod. */
export type PodKind =
  (typeof BREAKING)[number] | (typeof STAYING)[number] | 'writable-root' | 'writable-init-root' | 'empty-dir'

/** What a seed chooses for a pod. */
export interface OwnSettings {
  readonly image: string
  readonly uid: number
  readonly init: string
  /** Whether the container of interest is the second one. */
  readonly isSecond: boolean
  /** Whether it is left out that a root file system can be written, or said. */
  readonly isUnset: boolean
  readonly capability: string
  /** What the pod says of its user. */
  readonly user: 'number' | 'not-root' | 'both'
}

/** Settings of a seed that decide nothing. */
export const ownSettings = (pick: Pick): OwnSettings => ({
  image: `registry.example.com/${pick.one(['apps', 'team', 'tools'])}/${pick.one(['web', 'worker', 'api', 'queue'])}:${pick.number(1, 9)}.${pick.number(0, 20)}`,
  uid: pick.number(1000, 65_000),
  init: pick.one(['setup', 'fetch', 'migrate']),
  isSecond: pick.one([true, false]),
  isUnset: pick.one([true, false]),
  capability: pick.one(['SYS_PTRACE', 'NET_ADMIN', 'SYS_ADMIN', 'NET_RAW', 'DAC_OVERRIDE']),
  user: pick.one(['number', 'not-root', 'both'])
})

/** What a kind adds to a pod that is immutable: to its spec, its container and that one's securityContext. */
interface Twist {
  readonly spec?: ManifestData
  readonly container?: ManifestData
  readonly context?: ManifestData
  readonly init?: ManifestData
  /** What its container says of its root file system, where that is not that it is read-only. */
  readonly root?: ManifestData
}

const mounted = (name: string, mountPath: string, more: ManifestData = {}): ManifestData => ({
  volumeMounts: [{ name, mountPath, ...more }]
})
const volume = (name: string, source: ManifestData): ManifestData => ({ volumes: [{ name, ...source }] })
const READ_ONLY = { readOnlyRootFilesystem: true }
const CACHE = { path: '/var/cache/shared', type: 'Directory' }

const twistOf = (kind: PodKind, { uid, isUnset, capability }: OwnSettings): Twist => {
  const root = isUnset ? {} : { readOnlyRootFilesystem: false }
  switch (kind) {
    case 'writable-root':
      return { root }
    case 'writable-init-root':
      return { init: { allowPrivilegeEscalation: false, ...root } }
    case 'privileged':
      return { context: { privileged: true } }
    case 'host-path':
      return { spec: volume('cache', { hostPath: CACHE }), container: mounted('cache', '/cache') }
    case 'capability':
      return { context: { capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE', capability] } } }
    case 'root-again':
      return { context: { runAsNonRoot: false, runAsUser: 0 } }
    case 'empty-dir':
      return { spec: volume('cache', { emptyDir: {} }), container: mounted('cache', '/tmp') }
    case 'host-path-read':
      return {
        spec: volume('zones', { hostPath: { path: '/usr/share/zoneinfo', type: 'Directory' } }),
        container: mounted('zones', '/usr/share/zoneinfo', { readOnly: true })
      }
    case 'port-capability':
      return { context: { capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } } }
    case 'user-again':
      return {
        spec: { securityContext: { runAsUser: 0 } },
        context: { runAsUser: uid },
        init: { ...READ_ONLY, runAsUser: uid }
      }
    case 'not-privileged':
      return { context: { privileged: false, allowPrivilegeEscalation: true } }
    case 'config':
      return {
        spec: volume('settings', { configMap: { name: 'settings' } }),
        container: mounted('settings', '/etc/settings')
      }
    case 'plain':
      return {}
    default:
      return kind satisfies never
  }
}

/** A pod that is immutable but for what is special about it. */
export const podOfKind = (kind: PodKind, name: string, own: OwnSettings): ManifestData => {
  const { spec = {}, container = {}, context = {}, init, root = READ_ONLY } = twistOf(kind, own)
  const special = containerOf('main', own.image, { ...root, ...context }, container)
  const user = kind === 'user-again' ? { runAsUser: own.uid } : {}
  const other = containerOf('helper', 'registry.example.com/tools/agent:1.9', { ...READ_ONLY, ...user })
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: name } },
    spec: {
      securityContext: {
        ...(own.user === 'number' ? {} : { runAsNonRoot: true }),
        ...(own.user === 'not-root' ? {} : { runAsUser: own.uid })
      },
      ...(init || own.isSecond
        ? { initContainers: [containerOf(own.init, 'registry.example.com/tools/init:2.1', init ?? READ_ONLY)] }
        : {}),
      containers: own.isSecond ? [other, special] : [special, other],
      ...spec
    }
  }
}

const containerOf = (name: string, image: string, securityContext: ManifestData, more: ManifestData = {}): Value => ({
  name,
  image,
  ...(Object.keys(securityContext).length === 0 ? {} : { securityContext }),
  ...more
})
