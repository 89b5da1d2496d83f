import { recordAt, stringAt, type Unknown } from '../../text/guard.ts'
import { booleanAt, recordsAt, stringsIn } from './decoded.ts'
import { judgedContainer, type JudgedContainer } from './judged-container.ts'
import { judgedContext, type JudgedContext } from './judged-context.ts'

/** A pod as the checks see it; what it has of JudgedContext is its own securityContext. */
export interface JudgedPod extends JudgedContext {
  readonly annotations: ReadonlyMap<string, string>
  /** initContainers, containers and ephemeralContainers, in this order. */
  readonly containers: readonly JudgedContainer[]
  readonly volumes: readonly JudgedVolume[]
  /** The names of its sysctls. */
  readonly sysctls: readonly string[]
  /** Those of hostNetwork, hostPID and hostIPC that are true, in this order. */
  readonly hostNamespaces: readonly string[]
  readonly isWindows: boolean
  /** True where hostUsers is false: the pod has a user namespace of its own. */
  readonly hasUserNamespace: boolean
}

/** A volume with its keys. */
export interface JudgedVolume {
  readonly name: string
  readonly data: Unknown
}

/** A pod, or the template of one, as parsed data. */
export interface PodData {
  readonly metadata: Unknown
  readonly spec: Unknown
}

/** Reads what the checks want of a pod; a value of a wrong type counts as absent. */
export const judgedPod = ({ metadata, spec }: PodData): JudgedPod => {
  const context = recordAt(spec, 'securityContext')
  return {
    ...judgedContext(context),
    annotations: stringsIn(recordAt(metadata, 'annotations')),
    containers: CONTAINERS.flatMap(key => recordsAt(spec, key)).map(judgedContainer),
    volumes: recordsAt(spec, 'volumes').map(data => ({ name: stringAt(data, 'name') ?? '', data })),
    sysctls: recordsAt(context, 'sysctls').map(sysctl => stringAt(sysctl, 'name') ?? ''),
    hostNamespaces: HOST_NAMESPACES.filter(key => booleanAt(spec, key) === true),
    isWindows: stringAt(recordAt(spec, 'os'), 'name') === 'windows',
    hasUserNamespace: booleanAt(spec, 'hostUsers') === false
  }
}

const CONTAINERS = ['initContainers', 'containers', 'ephemeralContainers'] as const
const HOST_NAMESPACES = ['hostNetwork', 'hostPID', 'hostIPC'] as const
