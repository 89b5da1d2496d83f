import { isRecord, listAt, numberAt, recordAt, stringAt, type Unknown } from '../text/guard.ts'
import { formatPath, type Path } from '../text/locate.ts'
import {
  duplicate,
  forbidden,
  invalid,
  labelFaults,
  notFound,
  type PodFault,
  required,
  unsupported
} from './pod-fault.ts'
import { probeFaults } from './probe-faults.ts'

/** What the API's validation says against the containers of a pod; `volumes` are the names of those that are sound. */
export const containerFaults = (spec: Unknown, volumes: readonly string[]): PodFault[] => {
  const containers = listAt(spec, 'containers')
  const none = { code: 'no-containers', message: 'the pod has no containers' }
  if (containers.length === 0) return [required(['spec', 'containers'], none)]
  const names = new Set<string>()
  return (['containers', 'initContainers'] as const).flatMap(key =>
    listAt(spec, key).flatMap((container, index) => {
      const path = ['spec', key, index]
      const name = stringAt(container, 'name') ?? ''
      const own = ownFaults(container, path, volumes)
      const twice = { code: 'duplicate-container', message: `two containers have the name ${name}` }
      const faults = names.has(name) ? [...own, duplicate([...path, 'name'], name, twice)] : own
      names.add(name)
      return key === 'containers' ? [...faults, ...probeFaults(container, path)] : faults
    })
  )
}

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never']

const ownFaults = (container: unknown, path: Path, volumes: readonly string[]): PodFault[] => {
  const pull = stringAt(container, 'imagePullPolicy') ?? ''
  const isPull = pull === '' || PULL_POLICIES.includes(pull)
  const named = { code: 'bad-pull-policy', message: `${formatPath([...path, 'imagePullPolicy'])} is "${pull}"` }
  return [
    ...nameFaults(stringAt(container, 'name') ?? '', path),
    ...imageFaults(stringAt(container, 'image') ?? '', path),
    ...portFaults(container, [...path, 'ports']),
    ...envFaults(container, [...path, 'env']),
    ...mountFaults(container, [...path, 'volumeMounts'], volumes),
    ...(isPull ? [] : [unsupported([...path, 'imagePullPolicy'], pull, PULL_POLICIES, named)])
  ]
}

const nameFaults = (name: string, path: Path): PodFault[] => {
  const at = [...path, 'name']
  if (name === '') return [required(at, { code: 'container-without-name', message: `${formatPath(path)} has no name` })]
  const message = `${formatPath(path)} has the name "${name}", which is no DNS label`
  return labelFaults(at, name, { code: 'bad-container-name', message })
}

const imageFaults = (image: string, path: Path): PodFault[] => {
  const at = [...path, 'image']
  const message = `${formatPath(path)} has ${image === '' ? 'no image' : 'blanks around its image'}`
  if (image === '') return [required(at, { code: 'container-without-image', message })]
  const rule = 'must not have leading or trailing whitespace'
  return image.trim() === image ? [] : [invalid(at, image, rule, { code: 'bad-image', message })]
}

const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const PORT_RULE = 'must be between 1 and 65535, inclusive'

const portFaults = (container: unknown, path: Path): PodFault[] =>
  listAt(container, 'ports').flatMap((port, index) => {
    const at = [...path, index]
    const number = numberAt(port, 'containerPort') ?? 0
    const protocol = stringAt(port, 'protocol') ?? ''
    const named = { code: 'bad-port', message: `${formatPath(at)} has no port from 1 to 65535` }
    const kind = { code: 'bad-port', message: `${formatPath(at)} has the protocol "${protocol}"` }
    const isIn = number >= 1 && number <= 65535
    return [
      ...(number === 0 ? [required([...at, 'containerPort'], named)] : []),
      ...(number === 0 || isIn ? [] : [invalid([...at, 'containerPort'], number, PORT_RULE, named)]),
      ...(protocol === '' || PROTOCOLS.includes(protocol)
        ? []
        : [unsupported([...at, 'protocol'], protocol, PROTOCOLS, kind)])
    ]
  })

const envFaults = (container: unknown, path: Path): PodFault[] =>
  listAt(container, 'env').flatMap((variable, index) => {
    const at = [...path, index, 'name']
    const isNamed = (stringAt(variable, 'name') ?? '') !== ''
    const message = `${formatPath(at.slice(0, -1))} has no name`
    return isNamed ? [] : [required(at, { code: 'variable-without-name', message })]
  })

const mountFaults = (container: unknown, path: Path, volumes: readonly string[]): PodFault[] => {
  const mounts = listAt(container, 'volumeMounts')
  const paths = mounts.map(mount => stringAt(mount, 'mountPath') ?? '')
  return mounts.flatMap((mount, index): PodFault[] => {
    const at = [...path, index]
    const name = stringAt(mount, 'name') ?? ''
    const mountPath = paths[index] ?? ''
    const place = mountPath === '' ? formatPath(at) : `the mount ${mountPath}`
    const missing = {
      code: 'mount-without-volume',
      message: `${place} names ${name === '' ? 'no volume' : `the volume ${name}, which is not there`}`
    }
    const bare = { code: 'mount-without-path', message: `${formatPath(at)} has no mountPath` }
    const twice = { code: 'duplicate-mount-path', message: `two mounts have the mountPath ${mountPath}` }
    return [
      ...(name === '' ? [required([...at, 'name'], missing)] : []),
      ...(volumes.includes(name) ? [] : [notFound([...at, 'name'], name, missing)]),
      ...(mountPath === '' ? [required([...at, 'mountPath'], bare)] : []),
      ...(paths.indexOf(mountPath) === index
        ? []
        : [invalid([...at, 'mountPath'], mountPath, 'must be unique', mountPath === '' ? bare : twice)]),
      ...(isRecord(mount) ? [...subPathFaults(mount, at), ...kindFaults(container, mount, at)] : [])
    ]
  })
}

// pkg/apis/core/validation, validateMountPropagation and validateMountRecursiveReadOnly
const kindFaults = (container: unknown, mount: Unknown, at: Path): PodFault[] => {
  const isPrivileged = recordAt(container, 'securityContext').privileged === true
  const shared = {
    code: 'bad-mount-propagation',
    message: `${formatPath(at)} is Bidirectional, and the container not privileged`
  }
  const recursive = stringAt(mount, 'recursiveReadOnly') ?? ''
  const isRecursive = recursive === 'Enabled' || recursive === 'IfPossible'
  const writable = {
    code: 'bad-recursive-read-only',
    message: `${formatPath(at)} has recursiveReadOnly, and is not readOnly`
  }
  return [
    ...(stringAt(mount, 'mountPropagation') === 'Bidirectional' && !isPrivileged
      ? [
          forbidden(
            [...at, 'mountPropagation'],
            'Bidirectional mount propagation is available only to privileged containers',
            shared
          )
        ]
      : []),
    ...(isRecursive && mount.readOnly !== true
      ? [forbidden([...at, 'recursiveReadOnly'], 'may only be specified when readOnly is true', writable)]
      : [])
  ]
}

// upstream names the field without the index of the mount
const subPathFaults = (mount: Unknown, at: Path): PodFault[] =>
  (['subPath', 'subPathExpr'] as const).flatMap(key => {
    const value = stringAt(mount, key) ?? ''
    const path = [...at, key]
    const field = formatPath([...at.slice(0, -1), key])
    const named = { code: 'bad-sub-path', message: `${formatPath(path)} is ${value}; it must stay below the volume` }
    return [
      ...(value.startsWith('/') ? [invalid(path, value, 'must be a relative path', named, field)] : []),
      ...(value.split('/').includes('..') ? [invalid(path, value, "must not contain '..'", named, field)] : [])
    ]
  })

/** The volumes that some container of a pod mounts: the kubelet looks at no others. */
export const mountedVolumes = (data: Unknown): ReadonlySet<string> => {
  const spec = recordAt(data, 'spec')
  const containers = [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')]
  return new Set(
    containers.flatMap(each => listAt(each, 'volumeMounts').flatMap(mount => stringAt(mount, 'name') ?? []))
  )
}
