import { isRecord, listAt } from '../text/guard.ts'
import type { Path } from '../text/locate.ts'
import type { Source } from '../text/source.ts'
import type { Operation, Value } from '../text/value.ts'
import { badManifest } from './bad-manifest.ts'
import type { NeededPath } from './needed-paths.ts'
import type { ContainerSubject, PodSubject } from './subject.ts'

/** An emptyDir that a container gets. */
export interface WritableVolume extends NeededPath {
  readonly subject: ContainerSubject
  readonly name: string
}

/** Names the volumes for what containers of a pod have to write: for its path, and for its container where there are several. */
export const writableVolumes = (
  pod: PodSubject,
  wanted: readonly { readonly subject: ContainerSubject; readonly needed: readonly NeededPath[] }[]
): WritableVolume[] => {
  const taken = new Set(namesIn(pod))
  const isAlone = pod.containers.length === 1
  return wanted.flatMap(({ subject, needed }) =>
    needed.map(path => {
      const words = [...(isAlone ? [] : [subject.container.name]), path.path]
      const name = freeName(words.join('-'), taken)
      taken.add(name)
      return { ...path, subject, name }
    })
  )
}

const namesIn = ({ volumes, containers }: PodSubject): string[] => [
  ...volumes.map(({ name }) => name),
  ...containers.flatMap(({ mounts }) => mounts.map(({ name }) => name))
]

// a volume's name is a DNS label
const LONGEST = 63

const freeName = (words: string, taken: ReadonlySet<string>): string => {
  const label = words
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
  const wished = label.slice(0, LONGEST).replace(/-+$/, '') || 'writable'
  let name = wished
  for (let number = 2; taken.has(name); number++) {
    const end = `-${number}`
    name = `${wished.slice(0, LONGEST - end.length).replace(/-+$/, '')}${end}`
  }
  return name
}

/** The operations that add the volumes to a pod and mount each in its container, written as those that are there. */
export const volumeOperations = (source: Source, pod: PodSubject, volumes: readonly WritableVolume[]): Operation[] => {
  const { spec, specPath } = pod.workload
  const first = (list: readonly unknown[]): string => Object.keys(list.find(isRecord) ?? { name: '' })[0] ?? 'name'
  const volumeFirst = first(listAt(spec, 'volumes')) === 'name'
  const mounts = pod.containers.flatMap(({ container }) => listAt(container.data, 'volumeMounts'))
  const mountFirst = first(mounts) === 'name'
  return [
    ...append(
      source,
      spec.volumes,
      specPath,
      'volumes',
      volumes.map(({ name }): Value => inOrder({ name }, { emptyDir: {} }, volumeFirst))
    ),
    ...pod.containers.flatMap(subject =>
      append(
        source,
        subject.container.data.volumeMounts,
        subject.container.path,
        'volumeMounts',
        volumes
          .filter(each => each.subject === subject)
          .map(({ name, path }): Value => inOrder({ name }, { mountPath: path }, mountFirst))
      )
    )
  ]
}

const inOrder = (
  name: { readonly name: string },
  other: { readonly [key: string]: Value },
  isNameFirst: boolean
): Value => (isNameFirst ? { ...name, ...other } : { ...other, ...name })

const append = (source: Source, list: unknown, path: Path, key: string, values: readonly Value[]): Operation[] => {
  if (values.length === 0) return []
  if (list === undefined || list === null) return [{ kind: 'add-key', path, key, value: values }]
  if (!Array.isArray(list)) throw badManifest(source, [...path, key], 'list')
  return values.map(value => ({ kind: 'insert-item', path: [...path, key], index: list.length, value }))
}
