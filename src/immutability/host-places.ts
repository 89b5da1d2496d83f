import { covers, nameOf } from '../paths.ts'
import { listAt, stringAt } from '../text/guard.ts'
import { argvOf } from './requirements/commands.ts'
import type { ContainerSubject, PodSubject } from './subject.ts'

/** Places of a node that pods read and have no business to write. */
const READ_ONLY_PLACES = [
  ...['/etc/localtime', '/etc/timezone', '/usr/share/zoneinfo', '/etc/os-release', '/etc/machine-id', '/etc/hosts'],
  ...['/etc/ssl', '/etc/pki', '/etc/ca-certificates', '/usr/share/ca-certificates', '/usr/local/share/ca-certificates'],
  ...['/etc/kubernetes/pki', '/etc/passwd', '/etc/group', '/lib/modules', '/usr/lib/modules', '/boot', '/usr/src']
]

/** True for a place of the node that pods only read. */
export const isReadOnlyPlace = (path: string): boolean => READ_ONLY_PLACES.some(place => covers(place, path))

/** Places of a node that only pods which work on the node itself mount. */
const WORKPLACES = [
  ...['/dev', '/proc', '/sys', '/boot', '/lib/modules', '/usr/src', '/run', '/var/run', '/etc/cni', '/opt/cni'],
  ...['/var/lib/kubelet', '/var/lib/docker', '/var/lib/containerd', '/var/lib/containers', '/var/lib/cni', '/var/log']
]

/** Programs that change the kernel's settings, mounts, modules, devices or rules. */
const NODE_TOOLS = new Set([
  ...['sysctl', 'mount', 'umount', 'modprobe', 'insmod', 'rmmod', 'nsenter', 'chroot', 'losetup', 'mkfs', 'fdisk'],
  ...['iptables', 'ip6tables', 'nft', 'ipset', 'ipvsadm', 'tc', 'ip', 'dockerd', 'containerd', 'kubelet', 'kube-proxy']
])

/** What shows that a container works on its node, as an agent does; undefined where nothing does. */
export const workOnTheNode = (
  { workload }: PodSubject,
  { container, mounts }: ContainerSubject
): string | undefined => {
  const tool = argvOf(container.data)
    .flatMap(word => word.split(/[\s;&|]+/))
    .find(word => NODE_TOOLS.has(nameOf(word)))
  if (tool !== undefined) return `it runs ${tool}`
  const shared = ['hostPID', 'hostIPC', 'hostNetwork'].find(field => workload.spec[field] === true)
  if (shared !== undefined) return `${shared} is true`
  const shown = listAt(container.data, 'volumeMounts').some(
    each => stringAt(each, 'mountPropagation') === 'Bidirectional'
  )
  if (shown) return 'it shows its mounts to the node, Bidirectional'
  const place = mounts
    .flatMap(({ volume }) => (volume?.kind === 'hostPath' ? [stringAt(volume.source, 'path') ?? ''] : []))
    .find(path => path === '/' || WORKPLACES.some(each => covers(each, path)))
  return place === undefined ? undefined : `it mounts ${place} of the node`
}
