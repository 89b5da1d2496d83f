import { elementsAt, isList, memberAt, memberName, NOWHERE } from '../text/json-member.ts'
import { valueText } from '../text/json-value-text.ts'
import type { AuditEvent } from './audit-event.ts'
import { type AuditField, type FieldNote, indexField, quirkNote } from './audit-field.ts'
import { auditPath, placesOf } from './audit-path.ts'
import { elementTexts, readFlattened, readPath, type ReadTexts, readValues, readWholeValues } from './read-audit.ts'

/** The lists of a pod that hold containers. */
export type ContainerList = 'containers' | 'initContainers' | 'ephemeralContainers'

/** Where the containers of a list are in a request for a pod. */
export const containerPath = (list: ContainerList): string => `requestObject spec ${list}`

/** Fields of one list of containers, by what stands behind `ka.req.pod.LIST.` (as in fields.go). */
export const containerFields = (list: ContainerList, isCorrected: boolean): Readonly<Record<string, AuditField>> => {
  const at = containerPath(list)
  const security = `${at} securityContext`
  const all = {
    containers: 'containers',
    initContainers: 'init containers',
    ephemeralContainers: 'ephemeral containers'
  }
  const since = list === 'containers' ? undefined : '0.18.0'
  const rows: readonly (readonly [name: string, what: string, read: ReadTexts, note?: FieldNote])[] = [
    ['args', 'arguments of', readJoined(`${at} args`), { since: '0.15.0' }],
    ['command', 'commands of', readJoined(`${at} command`), { since: '0.15.0' }],
    ['name', 'names of', readWholeValues(`${at} name`), { since: '0.14.0' }],
    ['image', 'images of', readWholeValues(`${at} image`)],
    [
      'image.repository',
      'images without tag and digest of',
      readRepositories(list, isCorrected),
      portNote(isCorrected)
    ],
    ['host_port', 'ports on the host of, or else in,', readHostPorts(`${at} ports`)],
    ['privileged', 'privileged of', readValues(`${security} privileged`)],
    ['allow_privilege_escalation', 'allowPrivilegeEscalation of', readValues(`${security} allowPrivilegeEscalation`)],
    ['read_only_fs', 'readOnlyRootFilesystem of', readValues(`${security} readOnlyRootFilesystem`)],
    ['run_as_user', 'runAsUser of', readValues(`${security} runAsUser`)],
    [
      'eff_run_as_user',
      'runAsUser, or else the one of the pod, or else 0, of',
      ...effective(list, 'runAsUser', isCorrected)
    ],
    ['run_as_group', 'runAsGroup of', readValues(`${security} runAsGroup`)],
    [
      'eff_run_as_group',
      'runAsGroup, or else the one of the pod, or else 0, of',
      ...effective(list, 'runAsGroup', isCorrected)
    ],
    ['proc_mount', 'procMount of', readValues(`${security} procMount`)],
    [
      'add_capabilities',
      'capabilities that are added to',
      isCorrected ? readFlattened(`${security} capabilities add`) : readValues(`${security} capabilities add`),
      quirkNote(isCorrected, 'one value for each container: a list, as JSON')
    ]
  ]
  const fields = rows.map(([name, what, read, note]): [string, AuditField] => [
    name,
    indexField(
      `ka.req.pod.${list}.${name}`,
      `${what} the ${all[list]}`,
      read,
      since === undefined ? note : { ...note, since }
    )
  ])
  return Object.fromEntries(fields)
}

/** The note of fields that cut an image at its first colon. */
export const portNote = (isCorrected: boolean): FieldNote =>
  quirkNote(isCorrected, 'cut at the first colon, so of a registry with a port it is the host alone')

/** Reads images without what stands behind their repository. */
export const readRepositories = (list: ContainerList, isCorrected: boolean): ReadTexts => {
  const read = readWholeValues(`${containerPath(list)} image`)
  return (event, index) => read(event, index)?.map(isCorrected ? repositoryOf : beforeColon)
}

const beforeColon = (image: string): string => {
  const end = image.search(/[:@]/)
  return end === -1 ? image : image.slice(0, end)
}

// a colon before the last slash is the one of a registry's port
const repositoryOf = (image: string): string => {
  const [name = ''] = image.split('@', 1)
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1)
  return colon === -1 ? name : name.slice(0, colon)
}

// one text for each list; what is no list of strings leaves nothing at all
const readJoined = (path: string): ReadTexts => {
  const steps = auditPath(path)
  return (event, index) => {
    const texts: string[] = []
    for (const at of placesOf(event, steps, index) ?? []) {
      if (at === NOWHERE) continue
      if (!isList(event, at)) return undefined
      if (elementsAt(event, at).some(element => event.bytes[element] !== QUOTE)) return undefined
      texts.push((elementTexts(event, at) ?? []).join(' '))
    }
    return texts
  }
}

const QUOTE = 0x22

const readHostPorts = (path: string): ReadTexts => {
  const steps = auditPath(path)
  return (event, index) => {
    const lists = (placesOf(event, steps, index) ?? []).filter(at => at !== NOWHERE)
    if (lists.some(at => !isList(event, at))) return undefined
    return lists.flatMap(at => elementsAt(event, at)).flatMap(port => portOf(event, port) ?? [])
  }
}

const HOST_PORT = memberName('hostPort')
const CONTAINER_PORT = memberName('containerPort')

// in the network of the host the port of the container is one of the host
const portOf = (event: AuditEvent, at: number): string | undefined => {
  const hostPort = memberAt(event, at, HOST_PORT)
  const port = hostPort === NOWHERE ? memberAt(event, at, CONTAINER_PORT) : hostPort
  return port === NOWHERE ? undefined : valueText(event, port)
}

const effective = (list: ContainerList, member: string, isCorrected: boolean): readonly [ReadTexts, FieldNote] => [
  isCorrected ? readEffective(list, member) : readBeside(list, member),
  quirkNote(isCorrected, 'looked for beside the security contexts, so it is 0 for each container in practice')
]

// of the pod and its containers what stands beside their security contexts
const readBeside = (list: ContainerList, member: string): ReadTexts => {
  const readOfPod = readPath(`requestObject spec ${member}`)
  const steps = auditPath(`${containerPath(list)} ${member}`)
  return (event, index) => {
    const ofPod = readOfPod(event) ?? '0'
    return placesOf(event, steps, index)?.map(at => (at === NOWHERE ? ofPod : valueText(event, at)))
  }
}

const readEffective = (list: ContainerList, member: string): ReadTexts => {
  const readOfPod = readPath(`requestObject spec securityContext ${member}`)
  const lists = auditPath(containerPath(list))
  const [context, name] = [memberName('securityContext'), memberName(member)]
  return (event, index) => {
    const ofPod = readOfPod(event) ?? '0'
    const containers = (placesOf(event, lists) ?? []).flatMap(at => elementsAt(event, at))
    return containers.slice(index, index === undefined ? undefined : index + 1).map(container => {
      const contextAt = memberAt(event, container, context)
      const at = contextAt === NOWHERE ? NOWHERE : memberAt(event, contextAt, name)
      return at === NOWHERE ? ofPod : valueText(event, at)
    })
  }
}
