import { isSameValue } from '../../audit/flag-value.ts'
import { auditFlag, type AuditFlagName, defaultOf } from '../../audit/flags.ts'
import type { Role } from '../../audit/wanted.ts'
import type { ContainerPath, HostPath } from '../../paths.ts'
import { type AuditPath, PATH_FLAGS } from '../../plan/audit-paths.ts'
import { flagText } from '../../manifest/flag-edits.ts'
import type { Mount } from '../../pod/volumes.ts'
import { missingMountPoint } from '../../startup/mount-point-gate.ts'
import { positionOf } from '../../text/locate.ts'
import type { Goal, Shortfall } from '../drill.ts'
import type { Seen } from '../seen.ts'

/** A file that a task names: as kube-apiserver sees it and where it lies on the node. */
export interface AskedPath {
  readonly role: Role
  readonly container: ContainerPath
  readonly host: HostPath
}

/** The goal that a flag names a file and that a mount shows the right one of the node to kube-apiserver. */
export const fileGoal = (asked: AskedPath, points: number): Goal => ({
  id: `${asked.role}-file`,
  asks: ASKS[asked.role](asked),
  points,
  judge: seen => fileShortfall(seen, asked)
})

const ASKS: Readonly<Record<Role, (asked: AskedPath) => string>> = {
  policy: ({ container, host }) => `kube-apiserver reads its audit policy from ${container}${onNode(container, host)}`,
  log: ({ container, host }) => `events are written to ${container}${onNode(container, host)}, and stay on the node`,
  webhook: ({ container, host }) =>
    `kube-apiserver reads the webhook's kubeconfig from ${container}${onNode(container, host)}`
}

const onNode = (container: string, host: string): string => (container === host ? '' : `, which is ${host} on the node`)

/** What keeps kube-apiserver from finding a file at its place; null where nothing does. */
export const fileShortfall = (seen: Seen, asked: AskedPath): Shortfall | null => {
  const { pod } = seen
  if (!pod) return unreadable(seen)
  const flag = PATH_FLAGS[asked.role]
  const path = seen.paths.find(each => each.role === asked.role)
  if (!path)
    return atFlag(seen, flag, seen.flags.has(flag) ? 'other-path' : 'flag-missing', flagFound(seen, asked.role))
  // with a slash behind it, it is the path of a directory
  if (path.container !== asked.container || seen.flags.get(flag)?.endsWith('/'))
    return atFlag(seen, flag, 'other-path', flagFound(seen, asked.role))
  return mountShortfall(seen, asked, path)
}

// the check gives no flag away
const NOTHING: Readonly<Record<Role, string>> = {
  policy: 'kube-apiserver is given no audit policy',
  log: 'kube-apiserver is given no place for the log',
  webhook: 'kube-apiserver is given no kubeconfig of a webhook'
}

const flagFound = (seen: Seen, role: Role): string => {
  const value = seen.flags.get(PATH_FLAGS[role])
  return value === undefined ? NOTHING[role] : `--${PATH_FLAGS[role]} is ${JSON.stringify(value)}`
}

const mountShortfall = (seen: Seen, asked: AskedPath, { flag, resolved }: AuditPath): Shortfall | null => {
  const { role, container, host } = asked
  if (!resolved) {
    const lost = role === 'log' ? ': the log lies in the container and goes with it' : ''
    return atFlag(seen, flag, 'not-mounted', `no mount of the container covers ${container}${lost}`)
  }
  const { mount, volume } = resolved
  const place = atMount(seen, mount.index)
  if (!volume)
    return {
      code: 'no-such-volume',
      found: `the mount ${mount.written} names the volume ${JSON.stringify(mount.name)}, which the pod does not have`,
      ...place
    }
  if (resolved.host === undefined)
    return { code: 'not-on-node', found: `the volume ${mount.name} is none of the node's files`, ...place }
  if (resolved.host !== host)
    return { code: 'other-host-path', found: `${container} is ${resolved.host} on the node`, ...place }
  const found = role === 'log' ? logFault(seen, asked, mount) : kindFault(seen, asked)
  return found ? { ...found, ...place } : mountPointShortfall(seen, mount)
}

type Fault = Pick<Shortfall, 'code' | 'found'>

const logFault = (seen: Seen, { container, host }: AskedPath, mount: Mount): Fault | null => {
  if (mount.readOnly) return { code: 'read-only', found: `the mount ${mount.written} is read-only` }
  if (mount.path === container)
    return {
      code: 'log-file-mounted',
      found: `the mount ${mount.written} is the log itself: what is mounted cannot be renamed, so a full log cannot be rotated`
    }
  if (seen.node.paths.get(host)?.kind !== 'directory') return null
  return { code: 'is-directory', found: `${host} is a directory on the node` }
}

const kindFault = (seen: Seen, { host }: AskedPath): Fault | null => {
  const kind = seen.node.paths.get(host)?.kind
  if (kind === 'file') return null
  return kind === 'directory'
    ? { code: 'is-directory', found: `${host} is a directory on the node` }
    : { code: 'file-missing', found: `${host} is not there on the node` }
}

const mountPointShortfall = (seen: Seen, mount: Mount): Shortfall | null => {
  const point = seen.pod ? missingMountPoint(seen.node, seen.pod, mount) : undefined
  return point === undefined
    ? null
    : {
        code: 'no-mount-point',
        found: `the mount ${mount.written} lies in a read-only one: ${point} is not there and cannot be made`,
        ...atMount(seen, mount.index)
      }
}

/** That the manifest cannot be read, for a goal that needs it. */
export const unreadable = ({ node }: Seen): Shortfall => ({
  code: 'unreadable',
  found: node.manifest.error?.message ?? 'the manifest cannot be read as the pod of kube-apiserver',
  file: node.manifest.error?.path ?? node.manifest.path,
  ...node.manifest.error?.position
})

/** A shortfall at the last of a flag's places in the manifest. */
export const atFlag = (
  { pod, node }: Pick<Seen, 'pod' | 'node'>,
  flag: string,
  code: string,
  found: string
): Shortfall => {
  const word = pod?.command.flags.findLast(each => each.name === flag)?.words[0]
  const place = pod && word ? positionOf(pod.source, [...word.list, word.index]) : {}
  return { code, found, file: node.manifest.path, ...place }
}

/** The place of a mount in the manifest. */
export const atMount = ({ pod, node }: Seen, index: number): Pick<Shortfall, 'file' | 'line' | 'column'> => ({
  file: node.manifest.path,
  ...(pod ? positionOf(pod.source, [...pod.containerPath, 'volumeMounts', index]) : {})
})

/** A value that many give instead, the code under which it is told, and what is said of it. */
export interface ValueTrap {
  readonly value: string
  readonly code: string
  readonly found: string
}

/**
 * The goal that a flag comes to a value, in whatever way that is written; one that is left out has its default. Of `traps`
 * that a wrong value falls into the first is told.
 */
export const flagGoal = (
  flag: AuditFlagName,
  value: string,
  asks: string,
  points: number,
  traps: readonly ValueTrap[] = []
): Goal => ({
  id: flag,
  asks,
  points,
  judge: seen => (seen.pod ? flagShortfall(seen, flag, value, traps) : unreadable(seen))
})

const flagShortfall = (
  seen: Seen,
  name: AuditFlagName,
  value: string,
  traps: readonly ValueTrap[]
): Shortfall | null => {
  const flag = auditFlag(name)
  if (!flag) return null
  const written = (seen.pod?.command.flags ?? []).filter(each => auditFlag(each.name)?.name === name)
  const given = seen.flags.get(name)
  const found = given ?? defaultOf(flag, seen.version)
  if (isSameValue(flag, found, value)) return null
  const trap = traps.find(each => isSameValue(flag, found, each.value))
  if (trap) return atFlag(seen, name, trap.code, `--${name} is ${found}: ${trap.found}`)
  if (given === undefined)
    return atFlag(seen, name, 'flag-missing', `the flag for it is not set, so it is ${found === '' ? 'off' : found}`)
  if (written.slice(0, -1).some(each => isSameValue(flag, flagText(each), value)))
    return atFlag(seen, name, 'last-one-counts', `--${name} stands ${written.length} times; the last counts: ${found}`)
  return atFlag(seen, name, 'other-value', `--${name} is ${found}, not ${value}`)
}

/** The goal that kube-apiserver starts with auditing on. */
export const startsGoal = (points: number): Goal => ({
  id: 'starts',
  asks: 'kube-apiserver starts, with auditing on',
  points,
  judge: seen => {
    if (seen.fault) return faultShortfall(seen)
    const isGiven = (flag: AuditFlagName): boolean => (seen.flags.get(flag) ?? '') !== ''
    if (!isGiven('audit-policy-file') || !(isGiven('audit-log-path') || isGiven('audit-webhook-config-file')))
      return atFlag(
        seen,
        'audit-policy-file',
        'audit-off',
        'kube-apiserver starts, but records nothing: it takes a policy, and a log or a webhook'
      )
    return null
  }
})

/** What keeps kube-apiserver from starting; null where nothing does. */
export const faultShortfall = ({ fault }: Pick<Seen, 'fault'>): Shortfall | null =>
  fault && {
    code: fault.code,
    // the server names no flag that may be meant: to find it is part of the drill
    found: fault.message.replace(/ \(is \S+ meant\?\)/, ''),
    ...(fault.file === undefined ? {} : { file: fault.file }),
    ...(fault.line === undefined ? {} : { line: fault.line }),
    ...(fault.column === undefined ? {} : { column: fault.column })
  }
