import type { Finding } from '../finding.ts'
import { isRecord, listAt, recordAt, stringAt, type Unknown } from '../text/guard.ts'
import { formatPath, type Path, positionOf } from '../text/locate.ts'
import type { Source } from '../text/source.ts'

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/

/**
 * The faults for which the kubelet would refuse the pod, ending the running server and starting none: of names, volumes
 * and mounts, as pkg/apis/core/validation has them. They are errors with the code `kubelet-refuses`.
 */
export const kubeletFaults = (source: Source, data: Unknown): Finding[] => {
  const spec = recordAt(data, 'spec')
  const volumes = listAt(spec, 'volumes')
  const names = volumes.map(volume => stringAt(volume, 'name') ?? '')
  const faults: [Path, string][] = []
  if ((stringAt(recordAt(data, 'metadata'), 'name') ?? '') === '')
    faults.push([['metadata'], 'metadata.name is missing'])
  for (const [index, name] of names.entries()) {
    const path = ['spec', 'volumes', index]
    if (!LABEL.test(name))
      faults.push([
        path,
        `${formatPath(path)} has ${name === '' ? 'no name' : `the name "${name}", which is no DNS label`}`
      ])
    else if (names.indexOf(name) !== index) faults.push([path, `two volumes have the name ${name}`])
  }
  for (const key of ['initContainers', 'containers']) {
    for (const [index, container] of listAt(spec, key).entries()) {
      faults.push(...mountFaults(container, ['spec', key, index, 'volumeMounts'], names))
    }
  }
  return faults.map(([path, message]) => ({
    code: 'kubelet-refuses',
    severity: 'error',
    message: `the kubelet would refuse this pod: ${message}`,
    file: source.file,
    ...positionOf(source, path),
    field: formatPath(path)
  }))
}

const mountFaults = (container: unknown, path: Path, volumes: readonly string[]): [Path, string][] => {
  const mounts = listAt(container, 'volumeMounts')
  const paths = mounts.map(mount => stringAt(mount, 'mountPath') ?? '')
  return mounts.flatMap((mount, index): [Path, string][] => {
    const at = [...path, index]
    const name = stringAt(mount, 'name') ?? ''
    if (!isRecord(mount) || paths[index] === '') return [[at, `${formatPath(at)} has no mountPath`]]
    if (!volumes.includes(name))
      return [
        [at, `the mount ${paths[index]} names ${name === '' ? 'no volume' : `the volume ${name}, which is not there`}`]
      ]
    return paths.indexOf(paths[index] ?? '') === index ? [] : [[at, `two mounts have the mountPath ${paths[index]}`]]
  })
}
