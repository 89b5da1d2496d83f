import type { Finding } from '../finding.ts'
import { isRecord, listAt, recordAt, stringAt, type Unknown } from '../text/guard.ts'
import { formatPath, offsetOf, type Path } from '../text/locate.ts'
import { positionTable, type Source } from '../text/source.ts'
import { containerFaults } from './container-faults.ts'
import {
  duplicate,
  forbidden,
  invalid,
  isSubdomain,
  labelFaults,
  type PodFault,
  required,
  SUBDOMAIN_RULE,
  unsupported
} from './pod-fault.ts'

/** A fault for which the kubelet takes no notice of a pod, and what it prints for it. */
export interface KubeletFault extends Finding {
  readonly severity: 'error'
  /** The words for this fault; the kubelet puts those of all faults into one line. */
  readonly printed: string
}

/** Every fault for which the kubelet refuses a pod that can be decoded, as far as pkg/apis/core/validation is known here. */
export const kubeletFaults = (source: Source, data: Unknown): KubeletFault[] =>
  placed(
    source,
    podFaults(data).map(fault => [fault, fault.path])
  )

const placed = (source: Source, faults: readonly (readonly [PodFault, Path])[]): KubeletFault[] => {
  const positionIn = positionTable(source.text)
  return faults.map(([{ code, message, printed }, path]) => ({
    code,
    severity: 'error',
    message: `the kubelet would refuse this pod: ${message}`,
    file: source.file,
    ...positionIn(offsetOf(source, path)),
    field: formatPath(path),
    printed
  }))
}

const OF_MOUNTS = new Set([
  'no-pod-name',
  'volume-without-name',
  'bad-volume-name',
  'duplicate-volume',
  'mount-without-path',
  'mount-without-volume',
  'duplicate-mount-path'
])

/**
 * Those of the faults that a change of volumes and mounts may make or mend, and a pod without a name, each at the volume or
 * mount as a whole.
 */
export const mountingFaults = (source: Source, data: Unknown): KubeletFault[] =>
  placed(
    source,
    podFaults(data).flatMap(fault => (OF_MOUNTS.has(fault.code) ? [[fault, fault.path.slice(0, -1)]] : []))
  )

/** The words that the kubelet prints for all faults of a pod. */
export const refusalText = (faults: readonly { readonly code: string; readonly printed: string }[]): string => {
  const nameless = faults.find(({ code }) => code === 'no-pod-name')
  if (nameless) return nameless.printed
  // it prints the name with that of the node behind, which nobody knows here
  const named = faults.find(({ code }) => code === 'bad-pod-name')
  return named?.printed ?? `invalid pod: [${faults.map(({ printed }) => printed).join(' ')}]`
}

const podFaults = (data: Unknown): PodFault[] => {
  const spec = recordAt(data, 'spec')
  const volumes = listAt(spec, 'volumes')
  const faults = volumeFaults(volumes)
  // the API's validation goes on as if a volume with a fault were not there
  const broken = new Set(faults.map(({ path }) => path[2]))
  const known = volumes.flatMap((volume, index) => (broken.has(index) ? [] : [stringAt(volume, 'name') ?? '']))
  return [...nameFaults(recordAt(data, 'metadata')), ...faults, ...containerFaults(spec, known), ...wordFaults(spec)]
}

const nameFaults = (metadata: Unknown): PodFault[] => {
  const name = stringAt(metadata, 'name') ?? ''
  const namespace = stringAt(metadata, 'namespace') ?? ''
  const path = ['metadata', 'name']
  if (name === '') {
    const message = 'metadata.name is missing'
    return [{ path, code: 'no-pod-name', message, printed: 'invalid pod: name is needed for the pod' }]
  }
  const bad = { code: 'bad-pod-name', message: `the pod's name "${name}" is no DNS name` }
  const badSpace = { code: 'bad-namespace', message: `the namespace "${namespace}" is no DNS label` }
  return [
    ...(isSubdomain(name) ? [] : [{ ...invalid(path, name, SUBDOMAIN_RULE, bad), printed: SUBDOMAIN_RULE }]),
    ...(namespace === '' ? [] : labelFaults(['metadata', 'namespace'], namespace, badSpace))
  ]
}

const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket'
]

const volumeFaults = (volumes: readonly unknown[]): PodFault[] => {
  const taken = new Set<string>()
  return volumes.flatMap((volume, index) => {
    const path = ['spec', 'volumes', index]
    const name = stringAt(volume, 'name') ?? ''
    const own = [...sourceFaults(volume, path), ...volumeNameFaults(name, [...path, 'name'])]
    const twice = { code: 'duplicate-volume', message: `two volumes have the name ${name}` }
    const faults = taken.has(name) ? [...own, duplicate([...path, 'name'], name, twice)] : own
    if (faults.length === 0) taken.add(name)
    return faults
  })
}

// in the order in which they are looked at: validateVolumeSource
const SOURCES = ['emptyDir', 'hostPath', 'secret', 'nfs', 'configMap', 'projected']

const sourceFaults = (volume: unknown, path: Path): PodFault[] => {
  const [first, second] = SOURCES.filter(key => isRecord(volume) && isRecord(volume[key]))
  if (second === undefined) return first === 'hostPath' ? hostPathFaults(volume, [...path, first]) : []
  const more = { code: 'two-volume-types', message: `${formatPath(path)} has ${first ?? ''} and ${second}` }
  return [forbidden([...path, second], 'may not specify more than 1 volume type', more)]
}

const volumeNameFaults = (name: string, path: Path): PodFault[] => {
  const owner = formatPath(path.slice(0, -1))
  if (name === '') return [required(path, { code: 'volume-without-name', message: `${owner} has no name` })]
  const message = `${owner} has the name "${name}", which is no DNS label`
  return labelFaults(path, name, { code: 'bad-volume-name', message })
}

const hostPathFaults = (volume: unknown, at: Path): PodFault[] => {
  if (!isRecord(volume) || !isRecord(volume.hostPath)) return []
  const path = stringAt(volume.hostPath, 'path') ?? ''
  const type = stringAt(volume.hostPath, 'type') ?? ''
  const field = formatPath(at)
  if (path === '') return [required([...at, 'path'], { code: 'volume-without-path', message: `${field} has no path` })]
  const steps = { code: 'bad-host-path', message: `${field} has the path ${path}; it must not go up with ..` }
  const kind = { code: 'bad-host-path-type', message: `${field} has the type "${type}"` }
  return [
    ...(path.split('/').includes('..') ? [invalid([...at, 'path'], path, "must not contain '..'", steps)] : []),
    ...(HOST_PATH_TYPES.includes(type) ? [] : [unsupported([...at, 'type'], type, HOST_PATH_TYPES, kind)])
  ]
}

const WORDS = [
  { key: 'restartPolicy', code: 'bad-restart-policy', allowed: ['Always', 'OnFailure', 'Never'] },
  { key: 'dnsPolicy', code: 'bad-dns-policy', allowed: ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'] }
] as const

const wordFaults = (spec: Unknown): PodFault[] =>
  WORDS.flatMap(({ key, code, allowed }) => {
    const word = stringAt(spec, key) ?? ''
    const isKnown = word === '' || allowed.some(each => each === word)
    return isKnown ? [] : [unsupported(['spec', key], word, allowed, { code, message: `spec.${key} is "${word}"` })]
  })
