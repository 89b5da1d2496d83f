import { containerPath } from '../paths.ts'
import { nearMountedPath } from '../pod/near-mount.ts'
import { resolveMount } from '../pod/volumes.ts'
import type { CauseFacts, CauseRow, Said } from './cause.ts'

export type When = (said: Said, facts: CauseFacts) => boolean

const isMounted: When = ({ path }, { pod }) =>
  pod === null ||
  path === undefined ||
  !path.startsWith('/') ||
  resolveMount(pod.mounts, pod.volumes, containerPath(path)) !== undefined

/** True for a path that no mount of the pod shows to kube-apiserver. */
export const isOutside: When = (said, facts) => !isMounted(said, facts)

/** Where a path of the container lies on the host, as far as it is known. */
export const hostOf = ({ path }: Said, { pod }: CauseFacts): string =>
  (pod && path?.startsWith('/') === true
    ? resolveMount(pod.mounts, pod.volumes, containerPath(path))?.host
    : undefined) ??
  path ??
  'it'

/** Rows of one layer that one program says, with their reason. */
export const rows =
  (layer: CauseRow['layer'], why: string, by: CauseRow['by'] = 'kube-apiserver') =>
  (code: string, pattern: RegExp, title: string, fix: CauseRow['fix'], when?: When): CauseRow => ({
    code,
    layer,
    by,
    pattern,
    title,
    why,
    fix,
    ...(when ? { when } : {})
  })

// a path that differs in a letter from one that is mounted was meant to be that
const meantPath = ({ path }: Said, { pod, manifest }: CauseFacts): string | undefined => {
  const meant = pod && path?.startsWith('/') === true ? nearMountedPath(pod, containerPath(path)) : undefined
  return meant && `${path ?? ''} is mounted as ${meant}: make the flag and the mount in ${manifest} agree`
}

/** How a file comes into the container. */
export const mountIt =
  (what: string): CauseRow['fix'] =>
  (said, facts) =>
    meantPath(said, facts) ??
    `auditpatch apply adds the mount; by hand: a volumeMount for ${said.path ?? what} and a hostPath volume of type File in ${facts.manifest}`

/** How a file becomes one that kube-apiserver may read. */
export const readable: CauseRow['fix'] = (said, facts) => {
  const host = hostOf(said, facts)
  const user = facts.pod?.user ?? 0
  return user === 0
    ? `ls -lZ ${host}: where SELinux enforces, chcon -t container_file_t ${host}; else chown root:root and chmod 0600`
    : `chown ${user} ${host}; chmod 0600 ${host}; the directories above must be open to user ${user} too`
}
