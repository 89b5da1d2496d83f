import { covers, parentOf, type ContainerPath, type HostPath } from '../paths.ts'

/** Directories in which nothing of auditing may lie: what is in them is run, or trusted, or another program's. */
const PROTECTED = [
  { path: '/etc/kubernetes/manifests', why: 'the kubelet runs every file in there as a pod' },
  { path: '/var/lib/etcd', why: 'it belongs to etcd' },
  { path: '/var/lib/kubelet', why: 'it belongs to the kubelet' },
  { path: '/boot', why: 'it belongs to the system' }
] as const

/** Directories that must not be mounted writable over the container's own, with all below them. */
const NOT_FOR_LOGS = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib64',
  '/go-runner',
  '/etc/ssl',
  '/etc/pki',
  '/etc/kubernetes/pki'
] as const

/** Directories too wide to be mounted writable for one log; what lies deeper is fine. */
const TOO_WIDE = [
  '/etc',
  '/etc/kubernetes',
  '/var',
  '/var/lib',
  '/root',
  '/home',
  '/opt',
  '/srv',
  '/run',
  '/tmp'
] as const

/** Why a path that a user gives would do harm; undefined when it is fine. */
export const protectedPath = (path: HostPath | ContainerPath, isLog: boolean): string | undefined => {
  const place = PROTECTED.find(each => covers(each.path, path))
  if (place) return `${path} lies in ${place.path}: ${place.why}`
  if (!isLog) return undefined
  const own = NOT_FOR_LOGS.find(each => covers(each, path))
  if (own !== undefined) return `${path} lies in ${own}, which would have to be mounted writable for it`
  const directory = TOO_WIDE.find(each => parentOf(path) === each)
  return directory === undefined
    ? undefined
    : `${path} needs a directory of its own: all of ${directory} would have to be mounted writable for it`
}
