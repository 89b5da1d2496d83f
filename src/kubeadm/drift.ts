import { normaliseFlag } from '../audit/flags.ts'
import type { Finding } from '../finding.ts'
import { type ContainerPath, containerPath } from '../paths.ts'
import type { Flag } from '../pod/command.ts'
import type { Pod } from '../pod/pod.ts'
import { formatPath, type Path, positionOf } from '../text/locate.ts'
import { type ClusterConfig, type ConfigVolume, EXTRA_VOLUMES } from './cluster-config.ts'
import { countingFlags, type ExtraVolume, servedVolumes } from './extras.ts'
import { otherDrift } from './other-drift.ts'
import { servesSame } from './volume-plan.ts'

/** The code of a difference in audit settings. */
export const DRIFT = 'kubeadm-drift'

/**
 * Where a manifest and kubeadm's configuration differ: in audit settings, which is a warning, and in whatever else
 * `kubeadm upgrade` would change, which is a remark. `referenced` are files that the webhook's kubeconfig names.
 */
export const driftOf = (pod: Pod, config: ClusterConfig, referenced: readonly ContainerPath[] = []): Finding[] => {
  const served = servedVolumes(pod, referenced)
  return [
    ...flagDrift(pod, config),
    ...served.flatMap(({ volume, mount }) => volumeDrift(pod, config, volume, mount)),
    ...missingVolumes(
      config,
      served.map(({ volume }) => volume)
    ),
    ...otherDrift(
      pod,
      config,
      served.map(({ mount }) => mount)
    )
  ]
}

type Place = Pick<Finding, 'file' | 'line' | 'column' | 'field'>

const drift = (message: string, remediation: string, place: Place): Finding => ({
  code: DRIFT,
  severity: 'warning',
  message,
  ...place,
  remediation
})

const SAVE = 'auditpatch kubeadm save writes what the manifest has into kubeadm-config'
const BOTH = 'auditpatch kubeadm save takes it out of kubeadm-config; auditpatch apply can put it into the manifest'

const inManifest = (pod: Pod, path: Path): Place => ({
  file: pod.source.file,
  ...positionOf(pod.source, path),
  field: formatPath(path)
})

const inConfig = (config: ClusterConfig, path: Path): Place => ({
  file: config.source.file,
  ...positionOf(config.source, path),
  field: formatPath(path)
})

const flagPlace = (pod: Pod, { words: [word] }: Flag): Place => inManifest(pod, [...word.list, word.index])

const flagDrift = (pod: Pod, config: ClusterConfig): Finding[] => {
  const flags = countingFlags(pod)
  const present = flags.flatMap((flag): Finding[] => {
    const value = flag.value ?? 'true'
    const there = config.extras.args.find(({ name }) => name === flag.name)?.value
    if (there === value) return []
    const message =
      there === undefined
        ? `--${flag.name}=${value} is not in kubeadm-config: kubeadm upgrade would drop it`
        : `--${flag.name} is ${value} in the manifest and ${there} in kubeadm-config, which kubeadm upgrade would write`
    return [drift(message, SAVE, flagPlace(pod, flag))]
  })
  const missing = config.extras.args.filter(({ name }) => !flags.some(flag => flag.name === name))
  return [
    ...present,
    ...missing.map(({ name, value }) => {
      const path = config.args.findLast(each => normaliseFlag(each.written) === name)?.path ?? []
      const message = `--${name}=${value} is in kubeadm-config and not in the manifest: kubeadm upgrade would bring it`
      return drift(message, BOTH, inConfig(config, path))
    })
  ]
}

const volumeDrift = (pod: Pod, config: ClusterConfig, volume: ExtraVolume, mount: number): Finding[] => {
  const there = atMount(config.volumes, volume.mountPath)
  if (there && servesSame(there, volume)) return []
  const text = describe(volume)
  const message = there
    ? `the mount of ${text} is ${describe(there)} in kubeadm-config, which kubeadm upgrade would write`
    : `the mount of ${text} is not in kubeadm-config: kubeadm upgrade would drop it`
  return [drift(message, SAVE, inManifest(pod, [...pod.containerPath, 'volumeMounts', mount]))]
}

const missingVolumes = (config: ClusterConfig, served: readonly ExtraVolume[]): Finding[] =>
  config.volumes
    .filter(({ name }) => config.extras.volumes.some(each => each.name === name))
    .filter(({ mountPath }) => !served.some(each => samePath(each.mountPath, mountPath)))
    .map(volume =>
      drift(
        `the mount of ${describe(volume)} is in kubeadm-config and not in the manifest: kubeadm upgrade would bring it`,
        BOTH,
        inConfig(config, [...EXTRA_VOLUMES, volume.index])
      )
    )

const atMount = (volumes: readonly ConfigVolume[], mountPath: string): ConfigVolume | undefined =>
  volumes.find(each => samePath(each.mountPath, mountPath))

const samePath = (a: string, b: string): boolean => a !== '' && b !== '' && containerPath(a) === containerPath(b)

/** `/a at /b (File, read-only)`; one path where both are the same. */
const describe = ({ hostPath, mountPath, readOnly, pathType }: ExtraVolume): string => {
  const place = hostPath === mountPath ? mountPath : `${hostPath} at ${mountPath}`
  return `${place} (${pathType === '' ? 'no type' : pathType}, ${readOnly ? 'read-only' : 'writable'})`
}
