import type { Finding } from '../finding.ts'
import { containerPath } from '../paths.ts'
import type { Pod } from '../pod/pod.ts'
import { formatPath, type Path, positionOf } from '../text/locate.ts'
import { type ClusterConfig, EXTRA_VOLUMES } from './cluster-config.ts'
import { BASE_FLAGS, isOwnVolume } from './own-parts.ts'

/** What `kubeadm upgrade` would change besides audit settings; `served` are the mounts that serve audit files. */
export const otherDrift = (pod: Pod, config: ClusterConfig, served: readonly number[]): Finding[] => [
  ...otherFlags(pod, config),
  ...otherMounts(pod, config, served),
  ...unmounted(pod, config)
]

const remark = (message: string, file: string, source: Pod['source'], path: Path): Finding => ({
  code: 'kubeadm-drift-other',
  severity: 'info',
  message,
  file,
  ...positionOf(source, path),
  field: formatPath(path)
})

const otherFlags = (pod: Pod, config: ClusterConfig): Finding[] =>
  pod.command.flags.flatMap((flag, index): Finding[] => {
    const { name, words } = flag
    const isLast = pod.command.flags.findLastIndex(other => other.name === name) === index
    const there = config.args.filter(arg => arg.name === name)
    const value = flag.value ?? 'true'
    if (name.startsWith('audit-') || !isLast || there.some(arg => arg.value === value)) return []
    if (there.length === 0 && BASE_FLAGS.has(name)) return []
    const message =
      there.length === 0
        ? `--${name} is neither kubeadm's own nor in kubeadm-config: kubeadm upgrade would drop it`
        : `--${name} is ${value} in the manifest and ${there.at(-1)?.value ?? ''} in kubeadm-config, which kubeadm upgrade would write`
    return [remark(message, pod.source.file, pod.source, [...words[0].list, words[0].index])]
  })

const otherMounts = (pod: Pod, config: ClusterConfig, served: readonly number[]): Finding[] =>
  pod.mounts
    .filter(({ index }) => !served.includes(index))
    .filter(({ name, path }) => {
      const hostPath = pod.volumes.find(volume => volume.name === name)?.hostPath
      return !isOwnVolume(name, hostPath ?? '', path)
    })
    .filter(
      ({ path }) => !config.volumes.some(({ mountPath }) => mountPath !== '' && containerPath(mountPath) === path)
    )
    .map(({ written, index }) =>
      remark(
        `the mount ${written} is neither kubeadm's own nor in kubeadm-config: kubeadm upgrade would drop it`,
        pod.source.file,
        pod.source,
        [...pod.containerPath, 'volumeMounts', index]
      )
    )

const unmounted = (pod: Pod, config: ClusterConfig): Finding[] =>
  config.volumes
    .filter(({ name }) => !config.extras.volumes.some(each => each.name === name))
    .filter(({ mountPath }) => mountPath !== '' && !pod.mounts.some(({ path }) => path === containerPath(mountPath)))
    .map(({ mountPath, index }) =>
      remark(
        `the mount of ${mountPath} is in kubeadm-config and not in the manifest: kubeadm upgrade would bring it`,
        config.source.file,
        config.source,
        [...EXTRA_VOLUMES, index]
      )
    )
