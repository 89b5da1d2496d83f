import type { ExecResult, HostReader } from '../host/host.ts'
import { isRecord, recordAt, stringAt, type Unknown } from '../text/guard.ts'

/** How kubectl is asked; paths are those of this machine, or a name on the fixed PATH. */
export interface KubectlAccess {
  readonly kubectl: string
  readonly kubeconfig: string
  /** Milliseconds that a request may take. */
  readonly timeout: number
}

/** The ConfigMap kubeadm-config: the text that kubeadm reads, and the whole object as the server gave it. */
export interface KubeadmConfigMap {
  readonly text: string
  readonly configMap: Unknown
}

/** Why the cluster gave no answer, in words. */
export interface NoAnswer {
  readonly why: string
}

/** What messages call the text of kubeadm's configuration in the cluster. */
export const CONFIG_MAP = 'kube-system/kubeadm-config'

const OBJECT = '/api/v1/namespaces/kube-system/configmaps/kubeadm-config'

/** Reads kubeadm-config with one request. A cluster that does not answer is a result, not an error. */
export const readKubeadmConfig = async (
  host: Pick<HostReader, 'exec'>,
  access: KubectlAccess
): Promise<KubeadmConfigMap | NoAnswer> => {
  const result = await run(host, access, ['get', '--raw', OBJECT])
  if (result.code !== 0) return { why: reasonOf(result, access) }
  return configMapOf(result.stdout)
}

/** What replacing kubeadm-config came to: `conflict` when it was changed since it was read; nothing was written then. */
export type Replaced = { readonly kind: 'replaced' | 'conflict' } | (NoAnswer & { readonly kind: 'failed' })

/**
 * Writes kubeadm-config with another text, the object else as it was read: with its resourceVersion, so that the server
 * refuses what was changed in between.
 */
export const replaceKubeadmConfig = async (
  host: Pick<HostReader, 'exec'>,
  access: KubectlAccess,
  { configMap }: KubeadmConfigMap,
  text: string
): Promise<Replaced> => {
  const object = { ...configMap, data: { ...recordAt(configMap, 'data'), ClusterConfiguration: text } }
  const result = await run(host, access, ['replace', '--raw', OBJECT, '--filename=-'], JSON.stringify(object))
  if (result.code === 0) return { kind: 'replaced' }
  if (/\(Conflict\)|the object has been modified/.test(result.stderr)) return { kind: 'conflict' }
  return { kind: 'failed', why: reasonOf(result, access) }
}

const run = (
  host: Pick<HostReader, 'exec'>,
  { kubectl, kubeconfig, timeout }: KubectlAccess,
  args: readonly string[],
  input?: string
): Promise<ExecResult> => {
  const seconds = Math.max(1, Math.ceil(timeout / 1000))
  // kubectl itself gives up first, and says why
  return host.exec(
    kubectl,
    [...args, `--kubeconfig=${kubeconfig}`, `--request-timeout=${seconds}s`],
    timeout + 2000,
    input
  )
}

const configMapOf = (answer: string): KubeadmConfigMap | NoAnswer => {
  const object = parsed(answer)
  const text = stringAt(recordAt(object, 'data'), 'ClusterConfiguration')
  if (!isRecord(object) || object.kind !== 'ConfigMap') return { why: 'the answer of kubectl is no ConfigMap' }
  return text === undefined ? { why: `${CONFIG_MAP} has no ClusterConfiguration` } : { text, configMap: object }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    // an answer that is no JSON is as good as none
    return undefined
  }
}

/** The last words of kubectl, on one line. */
const reasonOf = ({ code, stderr }: ExecResult, { kubectl, timeout }: KubectlAccess): string => {
  if (code === null && /\bENOENT\b/.test(stderr)) return `there is no program ${kubectl}`
  if (code === null && /\bEACCES\b/.test(stderr)) return `${kubectl} cannot be run`
  const words = stderr
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
    .at(-1)
    ?.replace(/^error: /i, '')
  const isLate = /context deadline exceeded|Client\.Timeout|i\/o timeout|request canceled/.test(words ?? '')
  if (code === null || isLate) return `no answer within ${Math.ceil(timeout / 1000)} s`
  return words === undefined ? `kubectl ended with exit code ${code}` : words.slice(0, 300)
}
