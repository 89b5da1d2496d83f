import { isRecord, listAt, recordAt, stringAt, type Unknown, valueAt } from '../text/guard.ts'
import type { Path } from '../text/locate.ts'

/** A pod, or the template of pods, in an object of the API. */
export interface Workload {
  readonly kind: string
  readonly name: string
  readonly namespace: string | undefined
  /** Where the object and its pod's spec stand in the document. */
  readonly path: Path
  readonly specPath: Path
  /** The metadata of the object, and of its pods; for a pod the same. */
  readonly metadata: Unknown
  readonly podMetadata: Unknown
  readonly spec: Unknown
  /** The object itself. */
  readonly data: Unknown
}

/** Where an object of a kind holds its pod: the way to the template. */
const TEMPLATES: Readonly<Record<string, Path>> = {
  Pod: [],
  PodTemplate: ['template'],
  ReplicationController: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template']
}

/**
 * The pods of a document: one for an object of a kind that makes pods, also of a kind that is not known where its
 * `spec.template` looks like a pod's, and those of every item of a list.
 */
export const workloadsOf = (data: unknown, path: Path = [], listed = ''): Workload[] => {
  if (!isRecord(data)) return []
  const kind = stringAt(data, 'kind') ?? listed
  if (/List$/.test(kind) && Array.isArray(data.items)) {
    const items = kind === 'List' ? '' : kind.slice(0, -'List'.length)
    return listAt(data, 'items').flatMap((item, index) => workloadsOf(item, [...path, 'items', index], items))
  }
  const known = Object.hasOwn(TEMPLATES, kind) ? TEMPLATES[kind] : undefined
  const way = known ?? ['spec', 'template']
  const template = valueAt(data, way)
  const spec = recordAt(template, 'spec')
  if (kind === '' || !isRecord(template) || (!known && !Array.isArray(spec.containers))) return []
  const metadata = recordAt(data, 'metadata')
  return [
    {
      kind,
      name: stringAt(metadata, 'name') ?? stringAt(metadata, 'generateName') ?? '',
      namespace: stringAt(metadata, 'namespace'),
      path,
      specPath: [...path, ...way, 'spec'],
      metadata,
      podMetadata: recordAt(template, 'metadata'),
      spec,
      data
    }
  ]
}

/** The lists that hold a pod's containers. */
export const CONTAINER_LISTS = ['initContainers', 'containers', 'ephemeralContainers'] as const

/** A container of a pod. */
export interface Container {
  readonly list: (typeof CONTAINER_LISTS)[number]
  readonly name: string
  readonly path: Path
  readonly data: Unknown
}

/** The containers of a pod, those that start first in front; entries that are no mappings are left out. */
export const containersOf = ({ spec, specPath }: Pick<Workload, 'spec' | 'specPath'>): Container[] =>
  CONTAINER_LISTS.flatMap(list =>
    listAt(spec, list).flatMap((data, index) =>
      isRecord(data) ? [{ list, name: stringAt(data, 'name') ?? '', path: [...specPath, list, index], data }] : []
    )
  )
