import { type HostPath, hostPath } from '../paths.ts'
import { valueOf } from '../text/edit.ts'
import { stringAt } from '../text/guard.ts'
import { parseSource } from '../text/source.ts'

/** What the kubelet's configuration says of static pods. */
export interface KubeletConfig {
  /** As written: on a test node a path of this machine. */
  readonly staticPodPath: string | undefined
  /** Milliseconds from one full reading of the manifests directory to the next. */
  readonly fileCheckFrequency: number
}

export const KUBELET_CONFIG = hostPath('/var/lib/kubelet/config.yaml')
export const DEFAULT_MANIFESTS = hostPath('/etc/kubernetes/manifests')
export const DEFAULT_MANIFEST: HostPath = hostPath('/etc/kubernetes/manifests/kube-apiserver.yaml')

/** The kubelet's default: pkg/kubelet/apis/config/v1beta1/defaults.go */
export const DEFAULT_FILE_CHECK = 20_000

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000
}

/** Milliseconds of a Go duration such as `1m30s`; undefined when the text is none. */
export const parseDuration = (text: string): number | undefined => {
  if (text === '0') return 0
  if (!/^((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    total += Number(amount) * (UNITS[unit ?? ''] ?? 0)
  }
  return total
}

/** Reads a KubeletConfiguration; what cannot be read has the kubelet's defaults. */
export const parseKubeletConfig = (text: string): KubeletConfig => {
  const data = readLeniently(text)
  const duration = parseDuration(stringAt(data, 'fileCheckFrequency') ?? '')
  const path = stringAt(data, 'staticPodPath')
  return {
    staticPodPath: path === undefined || path === '' ? undefined : path,
    fileCheckFrequency: duration === undefined || duration === 0 ? DEFAULT_FILE_CHECK : duration
  }
}

// the kubelet's own file: where it cannot be read, its defaults are the best guess, and the kubelet itself would not run
const readLeniently = (text: string): unknown => {
  try {
    return valueOf(parseSource(text, KUBELET_CONFIG, 'plain'))
  } catch {
    return undefined
  }
}
