import { parse } from 'yaml'
import { listAt, recordAt, stringAt, type Unknown } from '../../../src/text/guard.ts'

// This reading of a pod shares nothing with the one that is tested.

/** A manifest's data. */
export const dataOf = (manifest: string): Unknown => parse(manifest) as Unknown // as: a pod is a mapping

const containerOf = (pod: Unknown): unknown => listAt(recordAt(pod, 'spec'), 'containers')[0]

const volumesIn = (pod: Unknown): readonly unknown[] => listAt(recordAt(pod, 'spec'), 'volumes')

const wordsOf = (pod: Unknown): string[] => {
  const container = containerOf(pod)
  return [...listAt(container, 'command'), ...listAt(container, 'args')].map(String)
}

/** The value that counts of each audit flag: names normalised, the last one wins. */
export const auditFlagsOf = (pod: Unknown): Record<string, string> => {
  const flags: Record<string, string> = {}
  const words = wordsOf(pod)
  for (const [index, word] of words.entries()) {
    const [, written = '', value] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? []
    const name = written.replaceAll('_', '-')
    if (name.startsWith('audit-')) flags[name] = value ?? nextValue(words[index + 1])
  }
  return flags
}

const nextValue = (word: string | undefined): string => (word === undefined || word.startsWith('--') ? 'true' : word)

/** For each path that an audit flag names: where it lies on the host, whether it can be written, of what type. */
export const auditPlacesOf = (pod: Unknown): Record<string, string> => {
  const places: Record<string, string> = {}
  for (const [name, value] of Object.entries(auditFlagsOf(pod)))
    if (value.startsWith('/')) places[name] = placeOf(pod, value)
  return places
}

const placeOf = (pod: Unknown, path: string): string => {
  const covers = (mount: unknown): boolean => `${path}/`.startsWith(`${slashless(mount, 'mountPath')}/`)
  const [mount] = listAt(containerOf(pod), 'volumeMounts')
    .filter(covers)
    .sort((a, b) => slashless(b, 'mountPath').length - slashless(a, 'mountPath').length)
  if (mount === undefined) return 'in the container'
  const volume = volumesIn(pod).find(each => stringAt(each, 'name') === stringAt(mount, 'name'))
  const source = recordAt(volume, 'hostPath')
  const sub = slashless(mount, 'subPath')
  const host =
    slashless(source, 'path') + (sub === '' ? '' : `/${sub}`) + path.slice(slashless(mount, 'mountPath').length)
  const mode = isReadOnly(mount) ? 'ro' : 'rw'
  return `${host} ${mode} ${sub === '' ? (stringAt(source, 'type') ?? '') : ''}`
}

const isReadOnly = (mount: unknown): boolean => (mount as Unknown)['readOnly'] === true // as: listAt gives mappings here

const slashless = (value: unknown, key: string): string => (stringAt(value, key) ?? '').replace(/\/$/, '')

/** The names of all flags of a pod. */
export const flagNamesOf = (pod: Unknown): string[] => wordsOf(pod).flatMap(word => /^--([^=]+)/.exec(word)?.[1] ?? [])

/** The volumes of a pod that are the host's, each with its first mount. */
export const volumesOf = (pod: Unknown): { name: string; hostPath: string; mountPath: string }[] =>
  volumesIn(pod).map(volume => {
    const name = stringAt(volume, 'name') ?? ''
    const mount = listAt(containerOf(pod), 'volumeMounts').find(each => stringAt(each, 'name') === name)
    return { name, hostPath: slashless(recordAt(volume, 'hostPath'), 'path'), mountPath: slashless(mount, 'mountPath') }
  })

/** Why the kubelet would refuse a pod. */
export const refusalsOf = (pod: Unknown): string[] => {
  const mounts = listAt(containerOf(pod), 'volumeMounts')
  const names = volumesIn(pod).map(volume => stringAt(volume, 'name') ?? '')
  const unknown = mounts.map(mount => stringAt(mount, 'name') ?? '').filter(name => !names.includes(name))
  const paths = mounts.map(mount => stringAt(mount, 'mountPath') ?? '')
  return [...twice(names), ...twice(paths), ...unknown.map(name => `no volume ${name}`)]
}

const twice = (words: readonly string[]): string[] =>
  words.filter((word, index) => words.indexOf(word) !== index).map(word => `${word} twice`)

/** A pod without what kubeadm and this tool write differently though it means the same. */
export const comparable = (pod: Unknown): unknown => {
  const { metadata, spec, ...rest } = structuredClone(pod)
  return {
    ...rest,
    metadata: { ...(metadata as Unknown), annotations: foreignAnnotations(metadata), creationTimestamp: null },
    spec: { ...(spec as Unknown), containers: [plainContainer(containerOf(pod))], volumes: plainVolumes(spec) }
  }
}

const foreignAnnotations = (metadata: unknown): unknown =>
  Object.entries(recordAt(metadata, 'annotations') ?? {}).filter(([key]) => !key.startsWith('auditpatch/'))

const plainContainer = (container: unknown): unknown => ({
  ...(container as Unknown),
  command: [...new Set(listAt(container, 'command'))].sort(),
  volumeMounts: [...listAt(container, 'volumeMounts')].sort(byName)
})

// kubeadm writes `type: ""` where none is asked for
const plainVolumes = (spec: unknown): unknown =>
  listAt(spec, 'volumes')
    .map(volume => ({ name: stringAt(volume, 'name'), hostPath: { type: '', ...recordAt(volume, 'hostPath') } }))
    .sort(byName)

const byName = (a: unknown, b: unknown): number => ((stringAt(a, 'name') ?? '') < (stringAt(b, 'name') ?? '') ? -1 : 1)
