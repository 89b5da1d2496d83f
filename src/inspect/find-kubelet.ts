import { DEFAULT_FILE_CHECK, KUBELET_CONFIG, parseKubeletConfig } from '../facts/kubelet.ts'
import type { HostReader, Process } from '../host/host.ts'
import { covers, nameOf } from '../paths.ts'
import { MAX_BYTES } from '../text/source.ts'
import { readKubeletConfig } from './find-manifest.ts'

/** The kubelet that looks after the static pods of this host. */
export interface Kubelet {
  readonly process: Process
  /** Milliseconds after which it has surely read the manifests directory again. */
  readonly fileCheckFrequency: number
}

/**
 * The running kubelet of this host; undefined when there is none. Under another root than `/` it is one whose
 * configuration, and so whose staticPodPath, lies below the root.
 */
export const findKubelet = (host: HostReader): Kubelet | undefined => {
  const kubelets = host.processes(argv => argv.slice(0, 2).map(nameOf).includes('kubelet'))
  const process = kubelets.find(each => host.root === '/' || servesRoot(host, each))
  if (!process) return undefined
  const config = readKubeletConfig(host)
  const flag = process.argv.find(word => word.startsWith('--file-check-frequency='))
  const given =
    flag === undefined
      ? undefined
      : parseKubeletConfig(`fileCheckFrequency: ${flag.slice(flag.indexOf('=') + 1)}`).fileCheckFrequency
  const isDefault = host.read(KUBELET_CONFIG, MAX_BYTES) === null
  return { process, fileCheckFrequency: given ?? (isDefault ? DEFAULT_FILE_CHECK : config.fileCheckFrequency) }
}

const servesRoot = (host: HostReader, kubelet: Process): boolean => {
  const { staticPodPath } = readKubeletConfig(host)
  const isBelow = staticPodPath !== undefined && covers(host.root, staticPodPath)
  const named = kubelet.argv.some(word => covers(host.root, word.slice(word.indexOf('=') + 1)))
  return named || (isBelow && host.belongsToRoot(kubelet))
}
