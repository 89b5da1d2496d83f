import { AuditError, type ErrorCode } from '../errors.ts'
import { versionOfImage, type KubernetesVersion } from '../audit/version.ts'
import { valueOf } from '../text/edit.ts'
import { isRecord, listAt, numberAt, recordAt, stringAt, type Unknown, valueAt } from '../text/guard.ts'
import { formatPath, type Path, positionOf } from '../text/locate.ts'
import type { Source } from '../text/source.ts'
import { type CommandLine, parseCommand, type Word } from './command.ts'
import { type Mount, mountsOf, type Volume, volumesOf } from './volumes.ts'

/** The static pod of kube-apiserver, with the places of what matters to auditing. */
export interface Pod {
  readonly source: Source
  /** The manifest's data, as parsed. */
  readonly data: Unknown
  readonly name: string
  readonly namespace: string
  /** The path of the kube-apiserver container, and its data. */
  readonly containerPath: Path
  readonly container: Unknown
  readonly command: CommandLine
  readonly mounts: readonly Mount[]
  readonly volumes: readonly Volume[]
  readonly annotations: ReadonlyMap<string, string>
  /** From the image tag; undefined when that names no version. */
  readonly version: KubernetesVersion | undefined
  /** The user and group that the server runs as. */
  readonly user: number
  readonly group: number
}

/**
 * Finds kube-apiserver in a manifest. Throws NOT_A_POD, NO_APISERVER, SHELL_WRAPPER, BAD_COMMAND, BAD_MANIFEST or
 * TEMPLATE with the place of the fault.
 */
export const locatePod = (source: Source): Pod => {
  const data = valueOf(source)
  const fail = failer(source)
  if (!isRecord(data)) throw fail('NOT_A_POD', [], 'a mapping with kind: Pod is wanted')
  if (data.kind !== 'Pod' || data.apiVersion !== 'v1') {
    throw fail(
      'NOT_A_POD',
      'kind' in data ? ['kind'] : [],
      `apiVersion v1, kind Pod is wanted, found ${describe(data.apiVersion)}, ${describe(data.kind)}`
    )
  }
  for (const key of ['metadata', 'spec'])
    if (!isRecord(data[key])) throw fail('BAD_MANIFEST', key in data ? [key] : [], `a mapping is wanted at ${key}`)
  const { containerPath, command } = findContainer(source, data)
  refusePlaceholders(source, data, command)
  const container = dataAt(data, containerPath)
  const metadata = recordAt(data, 'metadata')
  const spec = recordAt(data, 'spec')
  for (const [path, value] of lists(containerPath, container, spec)) {
    if (value !== undefined && value !== null && !Array.isArray(value))
      throw fail('BAD_MANIFEST', path, `${formatPath(path)} is no list`)
  }
  refuseHostPaths(spec, fail)
  return {
    source,
    data,
    name: stringAt(metadata, 'name') ?? '',
    namespace: stringAt(metadata, 'namespace') ?? 'default',
    containerPath,
    container,
    command,
    mounts: mountsOf(container),
    volumes: volumesOf(spec),
    annotations: annotationsOf(metadata, fail),
    version: versionOfImage(stringAt(container, 'image') ?? ''),
    user:
      numberAt(recordAt(container, 'securityContext'), 'runAsUser') ??
      numberAt(recordAt(spec, 'securityContext'), 'runAsUser') ??
      0,
    group:
      numberAt(recordAt(container, 'securityContext'), 'runAsGroup') ??
      numberAt(recordAt(spec, 'securityContext'), 'runAsGroup') ??
      0
  }
}

const lists = (containerPath: Path, container: Unknown, spec: Unknown): [Path, unknown][] => [
  [[...containerPath, 'volumeMounts'], container.volumeMounts],
  [['spec', 'volumes'], spec.volumes]
]

// the kubelet cannot decode these: k8s.io/api/core/v1/types.go, HostPathVolumeSource
const refuseHostPaths = (spec: Unknown, fail: Fail): void => {
  for (const [index, volume] of listAt(spec, 'volumes').entries()) {
    const source = isRecord(volume) ? volume.hostPath : undefined
    const path = ['spec', 'volumes', index, 'hostPath']
    if (source === undefined || source === null) continue
    if (!isRecord(source)) throw fail('BAD_MANIFEST', path, `${formatPath(path)} is no mapping`)
    const key = ['path', 'type'].find(each => typeof source[each] === 'object' && source[each] !== null)
    if (key !== undefined) throw fail('BAD_MANIFEST', [...path, key], `${formatPath([...path, key])} is no word`)
  }
}

type Fail = (code: ErrorCode, path: Path, message: string) => AuditError

const failer =
  (source: Source): Fail =>
  (code, path, message) =>
    new AuditError(code, message, { path: source.file, position: positionOf(source, path) })

const describe = (value: unknown): string => (value === undefined ? 'none' : JSON.stringify(value).slice(0, 60))

const dataAt = (data: unknown, path: Path): Unknown => {
  const value = valueAt(data, path)
  return isRecord(value) ? value : {}
}

const annotationsOf = (metadata: Unknown, fail: Fail): ReadonlyMap<string, string> => {
  const { annotations } = metadata
  if (annotations !== undefined && annotations !== null && !isRecord(annotations)) {
    throw fail('BAD_MANIFEST', ['metadata', 'annotations'], 'metadata.annotations is no mapping')
  }
  return new Map(
    Object.entries(recordAt(metadata, 'annotations')).flatMap(([key, value]) =>
      typeof value === 'string' ? [[key, value]] : []
    )
  )
}

interface Found {
  readonly containerPath: Path
  readonly command: CommandLine
}

const findContainer = (source: Source, data: Unknown): Found => {
  const fail = failer(source)
  const faults: AuditError[] = []
  const found = listAt(recordAt(data, 'spec'), 'containers').flatMap((container, index): Found[] => {
    const containerPath = ['spec', 'containers', index]
    const words = wordsOf(source, container, containerPath)
    const result = parseCommand(source, words, stringAt(container, 'name') === 'kube-apiserver')
    if (result instanceof AuditError) faults.push(result)
    return result && !(result instanceof AuditError) ? [{ containerPath, command: result }] : []
  })
  const [first, second] = found
  if (second) throw fail('NO_APISERVER', second.containerPath, 'two containers run kube-apiserver; one is wanted')
  // a sidecar's script may speak of kube-apiserver too
  if (!first)
    throw faults[0] ?? fail('NO_APISERVER', ['spec', 'containers'], 'no container of this pod runs kube-apiserver')
  return first
}

const wordsOf = (source: Source, container: unknown, path: Path): Word[] =>
  ['command', 'args'].flatMap(key => {
    const list = [...path, key]
    const value = isRecord(container) ? container[key] : undefined
    if (value === undefined || value === null) return []
    if (!Array.isArray(value)) throw failer(source)('BAD_COMMAND', list, `${formatPath(list)} is no list`)
    return value.map((text: unknown, index) => {
      // the kubelet's decoder takes no number or boolean for a string
      if (typeof text !== 'string')
        throw failer(source)('BAD_COMMAND', [...list, index], `${formatPath([...list, index])} is no string`)
      return { text, list, index }
    })
  })

// text that another program was meant to replace; `$(NAME)` is the kubelet's own and stays
const PLACEHOLDER = /\$\{[^}]*\}|(^|=)\$[A-Za-z_]\w*|__[A-Z][A-Z0-9_]*__|\{\{|<%|@@[A-Z]\w*@@/

const refusePlaceholders = (source: Source, data: Unknown, command: CommandLine): void => {
  const fail = failer(source)
  for (const word of command.words) {
    const match = PLACEHOLDER.exec(word.text)
    if (match)
      throw fail(
        'TEMPLATE',
        [...word.list, word.index],
        `a template, not a manifest: found ${match[0]} in ${JSON.stringify(word.text.slice(0, 60))}`
      )
  }
  const container = command.words[0]?.list.slice(0, -1) ?? []
  for (const path of [
    [...container, 'image'],
    ['metadata', 'name'],
    ['metadata', 'namespace']
  ]) {
    const owner = dataAt(data, path.slice(0, -1))
    const text = stringAt(owner, String(path.at(-1))) ?? ''
    const match = PLACEHOLDER.exec(text)
    if (match) throw fail('TEMPLATE', path, `a template, not a manifest: found ${match[0]} in ${formatPath(path)}`)
  }
}
