import { isRecord, listAt, type Unknown } from '../../text/guard.ts'
import { booleanAt, givenAt, integerAt } from './decoded.ts'
import type { PodData } from './judged-pod.ts'
import { VOLUME_KINDS } from './restricted-volumes.ts'

/**
 * A pod with those of the API server's defaults that the Pod Security Standards see: a volume of no kind is an emptyDir, and
 * with hostNetwork the port of a container or an init container is one of the host too.
 * https://github.com/kubernetes/kubernetes/blob/v1.36.6/pkg/apis/core/v1/defaults.go
 */
export const defaultedPod = ({ metadata, spec }: PodData): PodData => {
  const isOnHostNetwork = booleanAt(spec, 'hostNetwork') === true
  return {
    metadata,
    spec: {
      ...spec,
      ...mapped(spec, 'volumes', defaultedVolume),
      ...(isOnHostNetwork ? mapped(spec, 'containers', defaultedContainer) : {}),
      ...(isOnHostNetwork ? mapped(spec, 'initContainers', defaultedContainer) : {})
    }
  }
}

const defaultedVolume = (volume: Unknown): Unknown =>
  VOLUME_KINDS.some(kind => givenAt(volume, kind) !== undefined) ? volume : { ...volume, emptyDir: {} }

const defaultedContainer = (container: Unknown): Unknown => ({
  ...container,
  ...mapped(container, 'ports', port => ({
    ...port,
    hostPort: integerAt(port, 'hostPort') || integerAt(port, 'containerPort')
  }))
})

const mapped = (holder: Unknown, key: string, change: (item: Unknown) => Unknown): Unknown => {
  const items = listAt(holder, key)
  return items.length === 0 ? {} : { [key]: items.map(item => changed(item, change)) }
}

const changed = (item: unknown, change: (item: Unknown) => Unknown): unknown =>
  item === null ? change({}) : isRecord(item) ? change(item) : item
