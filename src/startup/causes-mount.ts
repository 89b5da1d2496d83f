import { type HostPath, hostPath } from '../paths.ts'
import { auditPaths } from '../plan/audit-paths.ts'
import type { CauseFacts, CauseRow, Said } from './cause.ts'
import { rows } from './cause-rows.ts'

/** The audit file whose own volume a path of the host is. */
const roleOf = (path: string | undefined, { pod }: CauseFacts): 'policy' | 'log' | 'webhook' | undefined =>
  pod === null || path === undefined
    ? undefined
    : auditPaths(pod).find(each => each.resolved?.volume?.hostPath === hostPath(path))?.role

// where nothing is known of the path, that it is missing is the likelier
const isThere = (path: string | undefined, { paths }: CauseFacts): boolean => {
  const fact = path === undefined ? undefined : paths.get(hostPath(path))
  return fact !== undefined && fact.kind !== 'absent'
}

const row = rows(
  'mount',
  'the kubelet checks each hostPath before it starts a container: until this one is right there is no container and no container log',
  'kubelet'
)

const CHECK =
  /hostPath type check failed: (?<path>\S+) is not a (?<kind>file|directory|socket file|character device|block device)/

const isMissing =
  (role: 'policy' | 'log' | 'webhook') =>
  ({ path }: Said, facts: CauseFacts): boolean =>
    roleOf(path, facts) === role && !isThere(path, facts)

const parent = (path: string | undefined): HostPath => hostPath(`${path ?? ''}/..`)

/** What the kubelet says of a hostPath that is not as the manifest has it: pkg/volume/hostpath. */
export const MOUNT_CAUSES: readonly CauseRow[] = [
  row(
    'policy-missing',
    CHECK,
    'the audit policy is not on the host',
    ({ path }) =>
      `put the policy at ${path ?? ''}, or run: auditpatch apply --policy template:metadata-all (the kubelet then tries again by itself)`,
    isMissing('policy')
  ),
  row(
    'webhook-missing',
    CHECK,
    "the audit webhook's kubeconfig is not on the host",
    ({ path }) => `put the kubeconfig at ${path ?? ''}, or take the webhook out: auditpatch remove`,
    isMissing('webhook')
  ),
  row(
    'log-directory-missing',
    CHECK,
    "the audit log's directory is not on the host",
    ({ path }, { manifest }) =>
      `mkdir -p ${path ?? ''}, or write type: DirectoryOrCreate for its volume in ${manifest}; auditpatch apply makes it`,
    isMissing('log')
  ),
  row(
    'hostpath-wrong-kind',
    CHECK,
    'a path of the host is of another kind than the manifest says',
    ({ path, kind }, { manifest }) =>
      `make ${path ?? ''} a ${kind ?? 'file'} (ls -ld ${path ?? ''} shows what it is; an empty directory goes with rmdir), or correct the type of its volume in ${manifest}`,
    ({ path }, facts) => isThere(path, facts)
  ),
  row(
    'hostpath-missing',
    CHECK,
    'a path of the host that the pod mounts is not there',
    ({ path, kind }, { manifest }) =>
      kind === 'directory'
        ? `mkdir -p ${path ?? ''}, or write type: DirectoryOrCreate for its volume in ${manifest}`
        : `put the ${kind ?? 'file'} at ${path ?? ''}, or correct hostPath.path in ${manifest}`
  ),
  row(
    'hostpath-missing',
    /MountVolume\.SetUp failed for volume.*(?:open|mkdir|stat) (?<path>\/[^:"]*): no such file or directory/,
    'a directory above a path that the pod mounts is not there',
    ({ path }) => `mkdir -p ${parent(path)}: of type FileOrCreate the kubelet makes the file, and no directory above it`
  ),
  row(
    'disk-full',
    /MountVolume\.SetUp failed.*no space left on device/,
    'the disk is full',
    'df -h; df -i; then make room, as with: crictl rmi --prune; journalctl --vacuum-size=200M'
  ),
  row(
    'hostpath-wrong-kind',
    /MountVolume\.SetUp failed for volume.*(?:open|mkdir|stat) (?<path>\/[^:"]*): (?<what>not a directory|file exists|is a directory)/,
    'a path of the host is of another kind than the manifest says',
    ({ path, what }) => `see what is at ${path ?? ''} (ls -ld): ${what ?? ''}`
  ),
  row(
    'mount-failed',
    /MountVolume\.SetUp failed for volume "(?<name>[^"]*)".*?(?:\) : |" : |": )(?<what>[^"]*)/,
    'a volume of the pod cannot be mounted',
    ({ name, what }, { manifest }) => `correct the volume ${name ?? ''} in ${manifest}: ${what ?? ''}`
  )
]
