import { FIELD_REQUIREMENTS } from '../../immutability/requirements/fields.ts'
import { type ContainerSubject, wordsOf } from '../../immutability/subject.ts'
import { specFaults } from '../../pod/unknown-fields.ts'
import { isRecord, listAt, recordAt, stringAt } from '../../text/guard.ts'
import type { Path } from '../../text/locate.ts'
import type { Shortfall } from '../drill.ts'
import { type FiledWorkload, shortfallAt } from './workload-file.ts'

/** A workload that kubectl and the API server take, or why they refuse it. */
export const refusalOf = (filed: FiledWorkload): FiledWorkload | Shortfall => {
  const [fault] = [...misplaced(filed), ...unknown(filed), ...volumes(filed), ...containers(filed)]
  return fault ? shortfallAt(filed, fault.path, fault.code, fault.found) : filed
}

interface Refusal {
  readonly path: Path
  readonly code: string
  readonly found: string
}

const misplaced = ({ pod }: FiledWorkload): Refusal[] =>
  FIELD_REQUIREMENTS.flatMap(({ code, judge }) =>
    judge(pod).map(({ path, remediation }) => ({
      path,
      code,
      found: `there is no ${String(path.at(-1))} ${whereOf(path)}, so kubectl refuses the manifest: ${remediation}`
    }))
  )

const whereOf = (path: Path): string => {
  const owner = path.at(-2)
  if (typeof owner === 'number') return 'directly below a container'
  return owner === 'spec' ? 'in the spec of a pod' : "in the pod's own securityContext"
}

const unknown = ({ workload }: FiledWorkload): Refusal[] =>
  specFaults(workload.spec, workload.specPath).map(({ path, code, message }) => ({
    path,
    code,
    found: `${message}: kubectl refuses the manifest`
  }))

const volumes = ({ workload }: FiledWorkload): Refusal[] => {
  const names = listAt(workload.spec, 'volumes').map(volume => stringAt(volume, 'name'))
  return listAt(workload.spec, 'volumes').flatMap((volume, index): Refusal[] => {
    const path = [...workload.specPath, 'volumes', index]
    const name = names[index] ?? ''
    const sources = isRecord(volume) ? Object.keys(volume).filter(key => key !== 'name' && isRecord(volume[key])) : []
    if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name))
      return [{ path, code: 'volume-name', found: `${JSON.stringify(name)} is no name for a volume` }]
    if (names.indexOf(name) < index) return [{ path, code: 'volume-twice', found: `a second volume is called ${name}` }]
    return sources.length > 1
      ? [{ path, code: 'two-sources', found: `the volume ${name} is ${sources.join(' and ')} at once` }]
      : []
  })
}

const containers = ({ pod }: FiledWorkload): Refusal[] =>
  pod.containers.flatMap((subject, index) => {
    const { name, path } = subject.container
    const isTwice = pod.containers.findIndex(({ container }) => container.name === name) < index
    return [
      ...(isTwice ? [{ path, code: 'container-twice', found: `a second container is called ${name}` }] : []),
      ...mounts(subject),
      ...contradiction(subject)
    ]
  })

const mounts = ({ container, mounts }: ContainerSubject): Refusal[] =>
  mounts.flatMap((mount): Refusal[] => {
    const path = [...container.path, 'volumeMounts', mount.index]
    if (!mount.volume)
      return [
        {
          path,
          code: 'no-such-volume',
          found: `the mount ${mount.written} of the ${wordsOf(container)} names the volume ${JSON.stringify(mount.name)}, which the pod does not have`
        }
      ]
    const first = mounts.find(other => other.written === mount.written)
    return first && first.index < mount.index
      ? [
          {
            path,
            code: 'mount-path-twice',
            found: `a second mount of the ${wordsOf(container)} is at ${mount.written}`
          }
        ]
      : []
  })

// ValidateSecurityContext in https://github.com/kubernetes/kubernetes/blob/v1.36.0/pkg/apis/core/validation/validation.go
const contradiction = ({ container, contextPath, securityContext }: ContainerSubject): Refusal[] => {
  const isAdmin = listAt(recordAt(securityContext, 'capabilities'), 'add').includes('CAP_SYS_ADMIN')
  const path = [...contextPath, 'allowPrivilegeEscalation']
  if (securityContext.allowPrivilegeEscalation !== false || !(securityContext.privileged === true || isAdmin)) return []
  const beside = isAdmin ? 'CAP_SYS_ADMIN' : 'privileged: true'
  return [
    { path, code: 'contradiction', found: `the API server takes no false beside ${beside} (${wordsOf(container)})` }
  ]
}
