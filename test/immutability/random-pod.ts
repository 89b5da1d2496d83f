import { REQUIREMENTS } from './plain-exceptions.ts'
import type { Any } from './plain-pods.ts'
import { randomContainer } from './random-container.ts'
import { flag, isOdd, type Maker, mixed, some, uid } from './random-forms.ts'

/** A template of a pod: its metadata, where it has any, and its spec. */
export const randomTemplate = (maker: Maker): Any => {
  const { dice } = maker
  const volumes = randomVolumes(maker)
  const names = ['app', 'side', 'log-agent', 'c'].slice(0, 1 + dice.pick(dice.one([1, 2, 4])))
  const containers = names.map(name => randomContainer(maker, name, volumes))
  if (containers[1] && isOdd(maker, 'duplicate-container-names')) containers[1].name = containers[0]?.name
  const inits = dice.chance(30) ? dice.several(['init', 'prepare'], 1, 1) : []
  const metadata: Any = dice.chance(60) ? { labels: { app: 'web', 'app.kubernetes.io/name': 'web' } } : {}
  const annotations = randomAnnotations(maker, [...names, ...inits])
  if (annotations !== undefined) metadata.annotations = annotations
  const spec: Any = mixed(maker, {
    ...some(maker, 30, { serviceAccountName: 'web', nodeSelector: { disk: 'ssd' }, dnsPolicy: 'ClusterFirst' }),
    ...(dice.chance(60) ? { securityContext: podSecurityContext(maker) } : {}),
    ...some(maker, 20, {
      hostPID: flag(maker),
      hostIPC: flag(maker),
      hostNetwork: flag(maker),
      shareProcessNamespace: flag(maker)
    }),
    ...some(maker, 3, {
      readOnlyRootFilesystem: flag(maker),
      privileged: flag(maker),
      allowPrivilegeEscalation: flag(maker),
      capabilities: { drop: ['ALL'] },
      runAsNonRoot: flag(maker),
      runAsUser: dice.pick(3)
    }),
    ...(isOdd(maker, 'windows') ? { os: { name: dice.one(['windows', 'linux']) } } : {}),
    ...(volumes.length > 0 ? { volumes } : dice.chance(20) ? { volumes: [] } : {}),
    ...(inits.length > 0 ? { initContainers: inits.map(name => randomContainer(maker, name, volumes)) } : {}),
    ...(isOdd(maker, 'ephemeral-containers')
      ? { ephemeralContainers: [{ ...randomContainer(maker, 'debug', volumes), targetContainerName: 'app' }] }
      : {}),
    containers
  })
  if (volumes.length === 0 && isOdd(maker, 'nulls')) spec.volumes = null
  return { ...(Object.keys(metadata).length > 0 ? { metadata } : {}), spec }
}

const podSecurityContext = (maker: Maker): Any => {
  if (isOdd(maker, 'nulls')) return null
  return mixed(maker, {
    ...some(maker, 50, { runAsNonRoot: flag(maker), runAsUser: uid(maker) }),
    ...some(maker, 15, {
      runAsGroup: 1000,
      fsGroup: 2000,
      seccompProfile: { type: 'RuntimeDefault' },
      supplementalGroups: [1, 2]
    }),
    ...some(maker, 5, {
      readOnlyRootFilesystem: flag(maker),
      privileged: flag(maker),
      allowPrivilegeEscalation: flag(maker),
      capabilities: { drop: ['ALL'] },
      procMount: 'Default'
    })
  })
}

const SOURCES: readonly Any[] = [
  { emptyDir: {} },
  { emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } },
  { hostPath: { path: '/var/log' } },
  { hostPath: { path: '/etc/ssl/certs', type: 'DirectoryOrCreate' } },
  { hostPath: { path: '/run/containerd/containerd.sock', type: 'Socket' } },
  { hostPath: { path: '/var/run/docker.sock' } },
  { hostPath: { path: '/run/agent', type: 'Socket' } },
  { configMap: { name: 'settings' } },
  { secret: { secretName: 'keys', defaultMode: 256 } },
  { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
  { projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
  { image: { reference: 'registry.example/data:v1', pullPolicy: 'IfNotPresent' } },
  { persistentVolumeClaim: { claimName: 'data' } },
  { nfs: { server: 'nfs.example', path: '/export' } },
  { csi: { driver: 'csi.example' } }
]

const VOLUME_NAMES = ['tmp', 'data', 'cache', 'conf', 'host', 'run', 'bin', 'tmp-1', 'writable', 'empty']

const randomVolumes = (maker: Maker): Any[] => {
  const { dice } = maker
  const names = dice.shuffled(VOLUME_NAMES).slice(0, dice.pick(6))
  return names.map(name => {
    if (isOdd(maker, 'volumes-without-source')) return { name }
    if (isOdd(maker, 'nulls')) return { name, emptyDir: null }
    const source = structuredClone(dice.one(SOURCES))
    return dice.chance(85) ? { name, ...source } : { ...source, name }
  })
}

const EXCEPTION_FORMS: readonly ((requirements: readonly string[]) => string)[] = [
  names => `${names.join(', ')}: it keeps its state there`,
  names => names.map(name => `${name}: because of X`).join('\n'),
  names => names.map(name => `${name}: old: very old`).join('; '),
  names => `  ${names.join(' ,')} :  spaces  ;`,
  names => names.join(','),
  names => `${names.join(',')}:  `,
  names => `${names.join(', ')}, no-such-requirement: a reason`,
  names => `Privileged: wrong case\n${names.join(',')}: right\n`
]

/** Annotations of a pod's template or of its workload, some of them exceptions; undefined for none. */
export const randomAnnotations = (maker: Maker, containers: readonly string[]): Any => {
  const { dice } = maker
  const exception = (): string => dice.one(EXCEPTION_FORMS)(dice.several(REQUIREMENTS, 1, 3))
  const result: Any = dice.chance(20) ? { 'example.org/owner': 'team a', note: 'privileged: no' } : {}
  if (isOdd(maker, 'exceptions')) result['auditpatch/mutable'] = exception()
  if (isOdd(maker, 'exceptions')) result[`${dice.one([...containers, 'nobody'])}.auditpatch/mutable`] = exception()
  return Object.keys(result).length > 0 ? result : undefined
}
