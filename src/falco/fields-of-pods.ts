import { eachMember, NOWHERE } from '../text/json-member.ts'
import { unescaped } from '../text/json-string.ts'
import type { AuditEvent } from './audit-event.ts'
import { type AuditField, indexField, keyField, listField, quirkNote, textField } from './audit-field.ts'
import { auditPath, ITSELF, placesOf } from './audit-path.ts'
import { containerFields, portNote, readRepositories } from './fields-of-containers.ts'
import { readElements, readPath, type ReadText, type ReadTexts, readValues, readWholeValues } from './read-audit.ts'

const SPEC = 'requestObject spec'
const POD = `${SPEC} securityContext`
const VOLUMES = `${SPEC} volumes`

const rowsOf = (fields: Readonly<Record<string, AuditField>>, names: readonly string[]): readonly AuditField[] =>
  names.flatMap(name => fields[name] ?? [])

const firstOf =
  (read: ReadTexts): ReadText =>
  event =>
    read(event, 0)?.[0]

const isAnyPrivileged = (): ReadText => {
  const path = auditPath(`${SPEC} containers securityContext privileged`)
  return event => {
    const places = placesOf(event, path)
    // a bare true: the text would be the string's too
    return places && String(places.some(at => at !== NOWHERE && event.bytes[at] === LETTER_T))
  }
}

const LETTER_T = 0x74

const hasHostPath = (key: string): ReadText => {
  const readHostPaths = readValues(`${VOLUMES} hostPath path`)
  const start = key.endsWith('*') ? key.slice(0, -1) : undefined
  return event => {
    const paths = readHostPaths(event)
    return paths && String(paths.some(path => path === key || (start !== undefined && path.startsWith(start))))
  }
}

const readVolumeTypes = (): ReadTexts => {
  const path = auditPath(VOLUMES)
  const volumes = { ...path, rest: [...path.rest, ITSELF] }
  return (event, index) =>
    placesOf(event, volumes, index)
      ?.flatMap(at => keysOf(event, at))
      .filter(key => key !== 'name')
}

const keysOf = (event: AuditEvent, at: number): readonly string[] => {
  const keys: string[] = []
  eachMember(event, at, (key, keyEnd) => keys.push(unescaped(event.bytes, key + 1, keyEnd - 1)))
  return keys
}

/** What a request says of the containers of a pod, in the plugin's order, and what stands among them there. */
export const podFields = (isCorrected: boolean): readonly AuditField[] => {
  const of = containerFields('containers', isCorrected)
  return [
    ...rowsOf(of, ['args', 'command', 'name', 'image']),
    textField(
      'ka.req.container.image',
      'image of the first container; deprecated',
      firstOf(readWholeValues(`${SPEC} containers image`))
    ),
    ...rowsOf(of, ['image.repository']),
    textField(
      'ka.req.container.image.repository',
      'image of the first container without tag and digest; deprecated',
      firstOf(readRepositories('containers', isCorrected)),
      portNote(isCorrected)
    ),
    textField('ka.req.pod.host_ipc', 'hostIPC of a pod', readPath(`${SPEC} hostIPC`)),
    textField('ka.req.pod.host_network', 'hostNetwork of a pod', readPath(`${SPEC} hostNetwork`)),
    textField('ka.req.container.host_network', 'hostNetwork of a pod; deprecated', readPath(`${SPEC} hostNetwork`)),
    textField('ka.req.pod.host_pid', 'hostPID of a pod', readPath(`${SPEC} hostPID`)),
    ...rowsOf(of, ['host_port', 'privileged']),
    textField(
      'ka.req.container.privileged',
      'true where a container is privileged, or else false; deprecated',
      isAnyPrivileged()
    ),
    ...rowsOf(of, ['allow_privilege_escalation', 'read_only_fs']),
    textField('ka.req.pod.run_as_user', 'runAsUser of a pod', readPath(`${POD} runAsUser`)),
    ...rowsOf(of, ['run_as_user', 'eff_run_as_user']),
    textField('ka.req.pod.run_as_group', 'runAsGroup of a pod', readPath(`${POD} runAsGroup`)),
    ...rowsOf(of, ['run_as_group', 'eff_run_as_group', 'proc_mount'])
  ]
}

/** What a request says of a pod, its volumes, or a service. */
export const volumeFields = (isCorrected: boolean): readonly AuditField[] => [
  textField('ka.req.pod.fs_group', 'fsGroup of a pod', readPath(`${POD} fsGroup`)),
  listField('ka.req.pod.supplemental_groups', 'supplementalGroups of a pod', readElements(`${POD} supplementalGroups`)),
  ...rowsOf(containerFields('containers', isCorrected), ['add_capabilities']),
  textField('ka.req.service.type', 'type of a service', readPath(`${SPEC} type`)),
  indexField(
    'ka.req.service.ports',
    'ports of a service, as JSON',
    isCorrected ? readElements(`${SPEC} ports`) : readValues(`${SPEC} ports`),
    quirkNote(isCorrected, 'one value with all ports, also where an index asks for one')
  ),
  indexField(
    'ka.req.pod.volumes.hostpath',
    'paths on the host that a pod mounts',
    readValues(`${VOLUMES} hostPath path`)
  ),
  keyField(
    'ka.req.volume.hostpath',
    'true where a pod mounts that path of the host, or with a * at its end one that begins so; deprecated',
    hasHostPath,
    {
      quirk:
        'all volumes are looked at, as it is documented; since 0.1.0 of the plugin Falco looks at the first one alone'
    }
  ),
  indexField(
    'ka.req.pod.volumes.flexvolume_driver',
    'flexVolume drivers of a pod',
    readValues(`${VOLUMES} flexVolume driver`)
  ),
  indexField('ka.req.pod.volumes.volume_type', 'kinds of the volumes of a pod', readVolumeTypes())
]

const OTHERS = [
  'name',
  'image',
  'image.repository',
  'command',
  'args',
  'privileged',
  'allow_privilege_escalation',
  'read_only_fs',
  'run_as_user',
  'eff_run_as_user',
  'run_as_group',
  'eff_run_as_group',
  'proc_mount',
  'add_capabilities'
]

/** What a request says of the init containers and the ephemeral containers of a pod. */
export const otherContainerFields = (isCorrected: boolean): readonly AuditField[] => {
  const init = containerFields('initContainers', isCorrected)
  const ephemeral = containerFields('ephemeralContainers', isCorrected)
  return [...rowsOf(init, OTHERS), ...rowsOf(init, ['host_port']), ...rowsOf(ephemeral, OTHERS)]
}
