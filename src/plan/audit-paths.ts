import { type Role, ROLES } from '../audit/wanted.ts'
import { type ContainerPath, containerPath } from '../paths.ts'
import type { Pod } from '../pod/pod.ts'
import { type Resolved, resolveMount } from '../pod/volumes.ts'
import { currentFlags } from './flag-faults.ts'

/** The flag that names the file of each role. */
export const PATH_FLAGS = {
  policy: 'audit-policy-file',
  log: 'audit-log-path',
  webhook: 'audit-webhook-config-file'
} as const satisfies Record<Role, string>

/** A file that an audit flag of the manifest names, and the mount that shows it to kube-apiserver. */
export interface AuditPath {
  readonly role: Role
  readonly flag: (typeof PATH_FLAGS)[Role]
  readonly container: ContainerPath
  /** Undefined when no mount covers the path: then it lies in the container. */
  readonly resolved: Resolved | undefined
}

/** The absolute paths that the audit flags of a manifest name; standard output and empty values are none. */
export const auditPaths = (pod: Pod): AuditPath[] => {
  const flags = currentFlags(pod)
  return ROLES.flatMap(role => {
    const value = flags.get(PATH_FLAGS[role])
    if (value?.startsWith('/') !== true) return []
    const container = containerPath(value)
    return [{ role, flag: PATH_FLAGS[role], container, resolved: resolveMount(pod.mounts, pod.volumes, container) }]
  })
}
