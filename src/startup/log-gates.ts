import { isAtLeast, type KubernetesVersion } from '../audit/version.ts'
import type { NodeFacts } from '../facts/node.ts'
import { parentOf } from '../paths.ts'
import { type AuditPath, auditPaths } from '../plan/audit-paths.ts'
import type { Pod } from '../pod/pod.ts'
import { recordAt } from '../text/guard.ts'
import { APPLY, atFlag, atPath, startFault, type Said } from './fault.ts'
import { isMountPoint, seenAt, serverMay } from './seen.ts'
import type { StartFault } from './start-fault.ts'

/** Since when the server opens the log at its start, and ends where it cannot (ensureLogFile of k8s.io/apiserver). */
const ENSURED_SINCE = 22

/** The audit log cannot be opened. */
export const logGate = (facts: NodeFacts, version: KubernetesVersion): StartFault[] => {
  const { pod } = facts.manifest
  const log = pod ? auditPaths(pod).find(({ role }) => role === 'log') : undefined
  if (!pod || !log || !isAtLeast(version, ENSURED_SINCE)) return []
  const said = log.resolved ? saidOf(facts, pod, log) : inContainer(pod, log)
  if (!said) return []
  const place = log.resolved
    ? atPath(pod, [...pod.containerPath, 'volumeMounts', log.resolved.mount.index])
    : atFlag(pod, log.flag)
  return [startFault('log', said, place)]
}

const ENDS = 'kube-apiserver ends at its start'

// what no mount covers lies in the container, where it can be written, but for two settings
const inContainer = (pod: Pod, { container }: AuditPath): Said | undefined => {
  const isReadOnly = recordAt(pod.container, 'securityContext').readOnlyRootFilesystem === true
  if (isReadOnly)
    return {
      code: 'log-read-only',
      message: `no mount covers ${container}, and the container's own files are read-only: ${ENDS}`,
      printed: 'read-only file system',
      remediation: `${APPLY}: it mounts the log's directory`
    }
  if (pod.user === 0) return undefined
  return {
    code: 'log-not-writable',
    message: `no mount covers ${container}, and in the container user ${pod.user} may make no directory: ${ENDS}`,
    printed: 'permission denied',
    remediation: `${APPLY}: it mounts the log's directory`
  }
}

const saidOf = (facts: NodeFacts, pod: Pod, log: AuditPath): Said | undefined => {
  const { container, resolved } = log
  if (!resolved) return undefined
  if (isBelowFile(facts, log))
    return {
      code: 'log-directory-missing',
      message: `the mount ${resolved.mount.written} shows a file, so the log ${container} cannot lie below it: ${ENDS}`,
      printed: `ensureLogFile: mkdir ${parentOf(container)}: not a directory`,
      remediation: 'give the mount the volume of the directory of the log; is the name of the volume right?'
    }
  const seen = seenAt(facts, pod, container)
  if (seen.kind === 'directory')
    return {
      code: 'log-is-directory',
      message: seen.made
        ? `${seen.host} is not there, so a directory is made of it, and the log ${container} is no file: ${ENDS}`
        : `the log ${container} is a directory on the host: ${ENDS}`,
      printed: `ensureLogFile: open ${container}: is a directory`,
      remediation: isMountPoint(resolved, container)
        ? `${APPLY}: it mounts the log's directory`
        : `name a file in it with --audit-log-path, or move ${seen.host} away`
    }
  if (resolved.mount.readOnly) return readOnly(facts, pod, log)
  if (facts.log?.isReadOnly === true) return onReadOnlyDisk(log)
  if (seen.kind === 'unknown' || seen.kind === 'not-mounted') return undefined
  return isWritable(facts, pod, log) ? undefined : notWritable(pod, log)
}

const onReadOnlyDisk = ({ container, resolved }: AuditPath): Said => {
  const directory = resolved?.volume?.hostPath ?? parentOf(container)
  return {
    code: 'log-read-only',
    message: `the file system of ${directory} is read-only on the host, so the log ${container} cannot be opened: ${ENDS}`,
    printed: `ensureLogFile: open ${container}: read-only file system`,
    remediation: `mount it read-write (findmnt --target ${directory}), or auditpatch apply --log-path elsewhere`
  }
}

// a volume of another name, mostly
const isBelowFile = ({ paths }: NodeFacts, { container, resolved }: AuditPath): boolean => {
  const { mount, volume } = resolved ?? {}
  if (!mount || volume?.hostPath === undefined || mount.path === container) return false
  return volume.type.startsWith('File') || (mount.subPath === undefined && paths.get(volume.hostPath)?.kind === 'file')
}

const readOnly = (facts: NodeFacts, pod: Pod, { container, resolved }: AuditPath): Said => {
  const directory = resolved?.host === undefined ? undefined : facts.paths.get(parentOf(resolved.host))
  const isMissing = directory?.kind === 'absent' && resolved?.mount.path !== parentOf(container)
  // the first of those that are not there is made first
  const made = (directory?.missing ?? []).reduce(path => parentOf(path), parentOf(container))
  const isOther = auditPaths(pod).some(each => each.role !== 'log' && each.resolved?.mount === resolved?.mount)
  return {
    code: 'log-read-only',
    message: `the mount ${resolved?.mount.written ?? ''} is read-only${isOther ? ', as the policy in it wants it' : ''}, so the log ${container} cannot be opened: ${ENDS}`,
    printed: isMissing
      ? `ensureLogFile: mkdir ${made}: read-only file system`
      : `ensureLogFile: open ${container}: read-only file system`,
    remediation: APPLY
  }
}

const isWritable = (facts: NodeFacts, pod: Pod, { container, resolved }: AuditPath): boolean => {
  if (pod.user === 0 || resolved?.host === undefined) return true
  const file = facts.paths.get(resolved.host)
  const directory = facts.paths.get(parentOf(resolved.host))
  if (file?.kind === 'file') {
    const isReached = isMountPoint(resolved, container) || !directory || serverMay(pod, directory, 1)
    return isReached && serverMay(pod, file, 6)
  }
  // the kubelet and the runtime make directories that are root's alone
  const isMade = directory?.kind === 'absent' && resolved.mount.path === parentOf(container)
  return !isMade && (directory?.kind !== 'directory' || serverMay(pod, directory, 3))
}

const notWritable = (pod: Pod, { container }: AuditPath): Said => ({
  code: 'log-not-writable',
  message: `kube-apiserver runs as user ${pod.user}, who may not write the log ${container}: ${ENDS}`,
  printed: `ensureLogFile: open ${container}: permission denied`,
  remediation: `give the directory of the log to ${pod.user}:${pod.group} with chown`
})
