import { DEFAULT_CAPABILITIES } from './fake-container-root.ts'
import { decodeFirst, fieldsOf, listOf, stringOf, type Fields, type Value } from './fake-yaml.ts'

/** What a pod's first container asks of the runtime. */
export interface PodContainer {
  /** What stands in the place of the image's own program; empty when the pod leaves it to the image. */
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** The paths of its emptyDir mounts that can be written. */
  readonly writable: readonly string[]
  readonly isReadOnly: boolean
  /** Undefined when the image decides. */
  readonly uid: number | undefined
  readonly capabilities: readonly string[]
  readonly allowPrivilegeEscalation: boolean
}

/** The first container of a pod or of a workload's pod template; throws at what only a cluster can give it. */
export const containerIn = (manifest: string): PodContainer => {
  const decoded = decodeFirst(manifest)
  if (decoded.kind === 'error') throw new Error(`${decoded.error}: ${manifest}`)
  const spec = podSpecIn(fieldsOf(decoded.value))
  const container = fieldsOf(listOf(spec['containers'])[0])
  const own = fieldsOf(container['securityContext'])
  const context: Fields = { ...fieldsOf(spec['securityContext']), ...own }
  const uid = context['runAsUser']
  return {
    command: [...listOf(container['command']), ...listOf(container['args'])].map(stringOf),
    env: Object.fromEntries(
      listOf(container['env']).map(each => [stringOf(fieldsOf(each)['name']), stringOf(fieldsOf(each)['value'])])
    ),
    writable: listOf(container['volumeMounts'])
      .map(fieldsOf)
      .filter(mount => mount['readOnly'] !== true)
      .map(mount => emptyDirPath(mount, listOf(spec['volumes']))),
    isReadOnly: own['readOnlyRootFilesystem'] === true,
    uid: typeof uid === 'number' ? uid : undefined,
    capabilities: capabilitiesOf(fieldsOf(own['capabilities'])),
    allowPrivilegeEscalation: own['allowPrivilegeEscalation'] !== false
  }
}

const podSpecIn = (object: Fields): Fields => {
  const spec = fieldsOf(object['spec'])
  const template = fieldsOf(spec['template'])
  return 'spec' in template ? fieldsOf(template['spec']) : spec
}

const emptyDirPath = (mount: Fields, volumes: readonly Value[]): string => {
  const path = stringOf(mount['mountPath'])
  const volume = volumes.map(fieldsOf).find(({ name }) => name === mount['name'])
  if (volume === undefined || !('emptyDir' in volume) || 'subPath' in mount)
    throw new Error(`what is mounted on ${path} is no emptyDir as a whole`)
  return path
}

// what is added counts after what is dropped: https://github.com/containerd/containerd/blob/v1.7.27/pkg/cri/sbserver/container_create_linux.go
const capabilitiesOf = ({ add, drop }: Fields): readonly string[] => {
  const [added, dropped] = [add, drop].map(names => listOf(names).map(name => stringOf(name).toLowerCase()))
  const kept = DEFAULT_CAPABILITIES.filter(name => !(dropped?.includes('all') || dropped?.includes(name)))
  return [...new Set([...kept, ...(added ?? [])])]
}
