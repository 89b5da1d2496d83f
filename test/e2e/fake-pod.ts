import { createHash } from 'node:crypto'
import { fieldsOf, goKind, listOf, stringOf, type Fields, type Value } from './fake-yaml.ts'

/** A mount of the container that runs. */
export interface PodMount {
  readonly volume: string
  readonly mountPath: string
  readonly subPath: string
  readonly readOnly: boolean
}

/** A volume; without a hostPath it is an empty directory. */
export interface PodVolume {
  readonly name: string
  readonly hostPath: string | null
  readonly type: string
}

/** What the fake kubelet keeps of a static pod: its identity and its first container. */
export interface Pod {
  readonly uid: string
  readonly name: string
  readonly namespace: string
  readonly container: string
  readonly image: string
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly mounts: readonly PodMount[]
  readonly volumes: readonly PodVolume[]
  readonly readOnlyRoot: boolean
  readonly runAsUser: number | null
  readonly runAsGroup: number | null
}

type Shape = 'string' | 'bool' | 'int' | 'any' | 'strings' | readonly [Shapes] | Shapes
interface Shapes {
  readonly [key: string]: Shape
}

const SECURITY = {
  runAsUser: 'int',
  runAsGroup: 'int',
  runAsNonRoot: 'bool',
  seccompProfile: 'any',
  capabilities: 'any'
} as const
const HTTP_GET = { host: 'string', path: 'string', port: 'any', scheme: 'string', httpHeaders: 'any' } as const
const PROBE = {
  httpGet: HTTP_GET,
  exec: 'any',
  tcpSocket: 'any',
  failureThreshold: 'int',
  initialDelaySeconds: 'int',
  periodSeconds: 'int',
  successThreshold: 'int',
  timeoutSeconds: 'int'
} as const
const CONTAINER = {
  name: 'string',
  image: 'string',
  imagePullPolicy: 'string',
  command: [{ '': 'string' }],
  args: [{ '': 'string' }],
  env: [{ name: 'string', value: 'string', valueFrom: 'any' }],
  ports: [{ name: 'string', containerPort: 'int', hostPort: 'int', protocol: 'string' }],
  resources: 'any',
  livenessProbe: PROBE,
  readinessProbe: PROBE,
  startupProbe: PROBE,
  securityContext: {
    ...SECURITY,
    privileged: 'bool',
    readOnlyRootFilesystem: 'bool',
    allowPrivilegeEscalation: 'bool'
  },
  volumeMounts: [
    { name: 'string', mountPath: 'string', subPath: 'string', readOnly: 'bool', mountPropagation: 'string' }
  ],
  workingDir: 'string'
} as const

// What is not listed here is dropped by the lenient decoder, so it is no part of the identity.
const POD: Shapes = {
  apiVersion: 'string',
  kind: 'string',
  metadata: { name: 'string', namespace: 'string', uid: 'string', labels: 'strings', annotations: 'strings' },
  spec: {
    containers: [CONTAINER],
    initContainers: [CONTAINER],
    volumes: [
      { name: 'string', hostPath: { path: 'string', type: 'string' }, emptyDir: 'any', configMap: 'any', secret: 'any' }
    ],
    securityContext: { ...SECURITY, supplementalGroups: 'any', fsGroup: 'int' },
    hostNetwork: 'bool',
    hostPID: 'bool',
    priority: 'int',
    priorityClassName: 'string',
    terminationGracePeriodSeconds: 'int',
    dnsPolicy: 'string',
    restartPolicy: 'string',
    nodeName: 'string',
    tolerations: 'any',
    nodeSelector: 'strings'
  }
}

/** A decoded pod without unknown fields and nulls, or the text of the first type error. */
export const shapePod = (value: Value): Fields | string => {
  const shaped = shape(value, POD, '')
  return typeof shaped === 'string' ? shaped : fieldsOf(shaped.value)
}

type Shaped = { readonly value: Value } | string

const shape = (value: Value, as: Shape, path: string): Shaped => {
  if (as === 'any' || value === null) return { value }
  if (typeof as === 'string' && as !== 'strings') return isOf(value, as) ? { value } : mismatch(value, as, path)
  if (as instanceof Array) {
    if (!(value instanceof Array)) return mismatch(value, '[]', path)
    const item = as[0][''] ?? as[0]
    return joined(
      value.map((each: Value, at) => [String(at), shape(each, item, path)]),
      list => Object.values(list)
    )
  }
  if (typeof value !== 'object' || value instanceof Array) return mismatch(value, 'struct', path)
  const entries = Object.entries(value).filter(([, each]) => each !== null)
  const kept = as === 'strings' ? entries : entries.filter(([key]) => key in as)
  return joined(
    kept.map(([key, each]) => [
      key,
      shape(each, as === 'strings' ? 'string' : (as[key] ?? 'any'), `${path}.${as === 'strings' ? '' : key}`)
    ]),
    fields => fields
  )
}

const joined = (parts: readonly (readonly [string, Shaped])[], make: (fields: Fields) => Value): Shaped => {
  const failed = parts.find(([, part]) => typeof part === 'string')
  if (failed !== undefined && typeof failed[1] === 'string') return failed[1]
  return {
    value: make(Object.fromEntries(parts.map(([key, part]) => [key, typeof part === 'string' ? null : part.value])))
  }
}

const isOf = (value: Value, as: 'string' | 'bool' | 'int'): boolean =>
  as === 'int' ? Number.isSafeInteger(value) : typeof value === (as === 'bool' ? 'boolean' : 'string')

const STRUCTS: Readonly<Record<string, string>> = {
  metadata: 'ObjectMeta',
  spec: 'PodSpec',
  containers: 'Container',
  ports: 'ContainerPort',
  env: 'EnvVar',
  volumeMounts: 'VolumeMount',
  volumes: 'Volume',
  hostPath: 'HostPathVolumeSource',
  httpGet: 'HTTPGetAction',
  securityContext: 'SecurityContext'
}

const mismatch = (value: Value, wanted: string, path: string): string => {
  const keys = path.split('.').filter(key => key !== '')
  const owner = STRUCTS[keys.at(-2) ?? ''] ?? (keys.length < 2 ? 'Pod' : 'Probe')
  return `json: cannot unmarshal ${goKind(value)} into Go struct field ${owner}.${keys.join('.')} of type ${wanted === 'int' ? 'int64' : wanted}`
}

/** The kept parts of a shaped, valid pod; its identity is a hash of the object and of the file's path. */
export const podOf = (fields: Fields, file: string, node: string): Pod => {
  const metadata = fieldsOf(fields['metadata'])
  const spec = fieldsOf(fields['spec'])
  const container = fieldsOf(listOf(spec['containers'])[0])
  const context = { ...fieldsOf(spec['securityContext']), ...fieldsOf(container['securityContext']) }
  const env = Object.fromEntries(
    listOf(container['env']).map(each => [stringOf(fieldsOf(each)['name']), stringOf(fieldsOf(each)['value'])])
  )
  const words = [...listOf(container['command']), ...listOf(container['args'])].map(stringOf)
  return {
    uid: createHash('md5')
      .update(`host:${node}file:${file}${canonical(fields)}`)
      .digest('hex'),
    name: `${stringOf(metadata['name'])}-${node}`,
    namespace: stringOf(metadata['namespace']) || 'default',
    container: stringOf(container['name']),
    image: stringOf(container['image']),
    argv: words.map(word => expand(word, env)),
    env,
    mounts: listOf(container['volumeMounts'])
      .map(fieldsOf)
      .map(mount => ({
        volume: stringOf(mount['name']),
        mountPath: stringOf(mount['mountPath']),
        subPath: stringOf(mount['subPath']),
        readOnly: mount['readOnly'] === true
      })),
    volumes: listOf(spec['volumes'])
      .map(fieldsOf)
      .map(volume => ({
        name: stringOf(volume['name']),
        hostPath: 'hostPath' in volume ? stringOf(fieldsOf(volume['hostPath'])['path']) : null,
        type: stringOf(fieldsOf(volume['hostPath'])['type'])
      })),
    readOnlyRoot: context['readOnlyRootFilesystem'] === true,
    runAsUser: typeof context['runAsUser'] === 'number' ? context['runAsUser'] : null,
    runAsGroup: typeof context['runAsGroup'] === 'number' ? context['runAsGroup'] : null
  }
}

const canonical = (value: Value): string =>
  value instanceof Array
    ? `[${value.map(canonical).join()}]`
    : typeof value === 'object' && value !== null
      ? `{${Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`)
          .join()}}`
      : JSON.stringify(value)

const expand = (word: string, env: Readonly<Record<string, string>>): string =>
  word.replace(/\$(\$|\(([^)]*)\))/g, (whole, escaped: string, name: string | undefined) =>
    escaped === '$' ? '$' : (env[name ?? ''] ?? whole)
  )
