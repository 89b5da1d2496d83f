import { goQuote } from './fake-go.ts'
import { fieldsOf, listOf, stringOf, type Fields } from './fake-yaml.ts'

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const LABEL_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const TYPES = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket']

/** What the API's validation says against a pod, one text for each fault, in the order of the fields. */
export const podFaults = (pod: Fields): string[] => {
  const metadata = fieldsOf(pod['metadata'])
  const spec = fieldsOf(pod['spec'])
  const volumes = listOf(spec['volumes']).map(fieldsOf)
  const containers = listOf(spec['containers']).map(fieldsOf)
  const names = volumes.map(volume => stringOf(volume['name']))
  const faults = volumes.map((volume, at) => volumeFaults(volume, `spec.volumes[${at}]`, names.slice(0, at)))
  // a volume with a fault of its own is none to the mounts: ValidateVolumes
  const known = names.filter((_, at) => faults[at]?.length === 0)
  return [
    ...named(stringOf(metadata['name']), 'metadata.name', SUBDOMAIN, SUBDOMAIN_RULE),
    ...faults.flat(),
    ...(containers.length === 0 ? ['spec.containers: Required value'] : []),
    ...containers.flatMap((container, at) => {
      const earlier = containers.slice(0, at).map(each => stringOf(each['name']))
      return containerFaults(container, `spec.containers[${at}]`, earlier, known)
    })
  ]
}

const named = (name: string, field: string, pattern: RegExp, rule: string): string[] => {
  if (name === '') return [`${field}: Required value`]
  return pattern.test(name) ? [] : [`${field}: Invalid value: ${goQuote(name)}: ${rule}`]
}

const unique = (name: string, field: string, earlier: readonly string[]): string[] =>
  name !== '' && earlier.includes(name) ? [`${field}: Duplicate value: ${goQuote(name)}`] : []

const volumeFaults = (volume: Fields, field: string, earlier: readonly string[]): string[] => {
  const name = stringOf(volume['name'])
  const faults = [...named(name, `${field}.name`, LABEL, LABEL_RULE), ...unique(name, `${field}.name`, earlier)]
  if (!('hostPath' in volume)) return faults
  const source = fieldsOf(volume['hostPath'])
  const path = stringOf(source['path'])
  const type = stringOf(source['type'])
  const supported = TYPES.map(goQuote).join(', ')
  return [
    ...faults,
    ...(path === '' ? [`${field}.hostPath.path: Required value`] : []),
    ...(path.split('/').includes('..')
      ? [`${field}.hostPath.path: Invalid value: ${goQuote(path)}: must not contain '..'`]
      : []),
    ...(TYPES.includes(type)
      ? []
      : [`${field}.hostPath.type: Unsupported value: ${goQuote(type)}: supported values: ${supported}`])
  ]
}

const containerFaults = (
  container: Fields,
  field: string,
  earlier: readonly string[],
  volumes: readonly string[]
): string[] => {
  const name = stringOf(container['name'])
  const mounts = listOf(container['volumeMounts']).map(fieldsOf)
  return [
    ...named(name, `${field}.name`, LABEL, LABEL_RULE),
    ...unique(name, `${field}.name`, earlier),
    ...(stringOf(container['image']) === '' ? [`${field}.image: Required value`] : []),
    ...mounts.flatMap((mount, at) => {
      const before = mounts.slice(0, at).map(each => stringOf(each['mountPath']))
      return mountFaults(mount, `${field}.volumeMounts[${at}]`, before, volumes)
    })
  ]
}

const mountFaults = (mount: Fields, field: string, before: readonly string[], volumes: readonly string[]): string[] => {
  const name = stringOf(mount['name'])
  const path = stringOf(mount['mountPath'])
  const sub = stringOf(mount['subPath'])
  return [
    ...(name === '' ? [`${field}.name: Required value`] : []),
    ...(volumes.includes(name) ? [] : [`${field}.name: Not found: ${goQuote(name)}`]),
    ...(path === '' ? [`${field}.mountPath: Required value`] : []),
    ...(before.includes(path) ? [`${field}.mountPath: Invalid value: ${goQuote(path)}: must be unique`] : []),
    ...(sub.startsWith('/') ? [`${field}.subPath: Invalid value: ${goQuote(sub)}: must be a relative path`] : []),
    ...(sub.split('/').includes('..')
      ? [`${field}.subPath: Invalid value: ${goQuote(sub)}: must not contain '..'`]
      : [])
  ]
}
