import { flagOfRole, ROLES } from '../audit/wanted.ts'
import { type ContainerPath, containerPath, covers, parentOf } from '../paths.ts'
import type { ConfigArg, ConfigVolume } from './cluster-config.ts'

const DEFAULT_CERTIFICATES = '/etc/kubernetes/pki'

// what kubeadm mounts by itself: a wider extra volume does not serve what lies in there
const OWN_PATHS = ['/etc/ssl/certs', '/etc/pki/ca-trust', '/etc/pki/tls/certs', '/etc/ca-certificates'] as const

/** The extra volumes that serve the audit files which the extra arguments name, in their order. */
export const servedByConfig = (
  args: readonly ConfigArg[],
  volumes: readonly ConfigVolume[],
  certificates: string = DEFAULT_CERTIFICATES
): ConfigVolume[] => {
  const own = [containerPath(certificates), ...OWN_PATHS.map(containerPath)]
  const serving = auditPathsOf(args).map(path => {
    const volume = servingVolume(volumes, path)
    const isHidden = own.some(
      each => covers(each, path) && each.length > containerPath(volume?.mountPath ?? '/').length
    )
    return isHidden ? undefined : volume
  })
  return volumes.filter(volume => serving.includes(volume))
}

/** True for a volume that serves an audit file, mounted as that file or its directory, and no other argument's file. */
export const isOnlyForAudit = (volume: Mounted, args: readonly Arg[], volumes: readonly Mounted[]): boolean => {
  const at = containerPath(volume.mountPath)
  const isOwn = auditPathsOf(args).some(
    path => servingVolume(volumes, path) === volume && (at === path || at === parentOf(path))
  )
  const others = args.filter(({ name }) => !name.startsWith('audit-')).flatMap(({ value }) => pathsIn(value))
  return isOwn && !others.some(path => servingVolume(volumes, path) === volume)
}

type Arg = Pick<ConfigArg, 'name' | 'value'>
type Mounted = Pick<ConfigVolume, 'mountPath'>

const pathsIn = (value: string): ContainerPath[] =>
  value
    .split(/[,=]/)
    .filter(part => part.startsWith('/'))
    .map(containerPath)

const auditPathsOf = (args: readonly Arg[]): ContainerPath[] =>
  ROLES.flatMap(role => {
    const value = args.findLast(({ name }) => name === flagOfRole(role))?.value ?? ''
    return value.startsWith('/') ? [containerPath(value)] : []
  })

const servingVolume = <V extends Mounted>(volumes: readonly V[], path: ContainerPath): V | undefined =>
  volumes
    .filter(({ mountPath }) => mountPath !== '' && covers(containerPath(mountPath), path))
    .sort((a, b) => containerPath(b.mountPath).length - containerPath(a.mountPath).length)[0]
