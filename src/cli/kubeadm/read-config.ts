import { AuditError } from '../../errors.ts'
import type { HostReader } from '../../host/host.ts'
import { readLocalFile, readWhole } from '../../host/local-files.ts'
import { CONFIG_MAP, type NoAnswer, readKubeadmConfig } from '../../inspect/kubeadm-config.ts'
import { type ClusterConfig, readClusterConfig } from '../../kubeadm/cluster-config.ts'
import { clusterConfigText } from '../../kubeadm/config-document.ts'
import { decodeText, MAX_BYTES } from '../../text/source.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'
import { kubectlAccessOf, NO_KUBECONFIG } from './kubectl-access.ts'

/** The configuration of kubeadm: from `--kubeadm-config`, else from the cluster. Throws NO_CLUSTER or BAD_CLUSTER_CONFIG. */
export const configOf = async (args: Args, io: Io, host: HostReader): Promise<ClusterConfig> => {
  const config = await configOrReason(args, io, host)
  if (!('why' in config)) return config
  throw noCluster(config.why, 'run where kubectl reaches the cluster, or give --kubeconfig, or --kubeadm-config FILE')
}

/** As {@link configOf}; where the cluster gives no answer, why. */
export const configOrReason = async (args: Args, io: Io, host: HostReader): Promise<ClusterConfig | NoAnswer> => {
  const file = args.text('kubeadm-config')
  if (file !== undefined) return readConfigFile(file, io)
  const access = kubectlAccessOf(args, host)
  if (!access) return { why: NO_KUBECONFIG }
  const answer = await readKubeadmConfig(host, access)
  return 'why' in answer ? answer : readClusterConfig(answer.text, CONFIG_MAP)
}

/** The error for a cluster that gave no answer. */
export const noCluster = (why: string, next?: string): AuditError =>
  new AuditError('NO_CLUSTER', `the ConfigMap ${CONFIG_MAP} cannot be read: ${why}`, { next })

const readConfigFile = (file: string, io: Io): ClusterConfig => {
  const name = file === '-' ? 'standard input' : file
  if (file === '-' && io.isInTerminal)
    throw new AuditError('USAGE', '--kubeadm-config: a file is wanted, or standard input by a pipe')
  const bytes = file === '-' ? readWhole(io.input(), name, MAX_BYTES) : readLocalFile(file, MAX_BYTES)
  return readClusterConfig(clusterConfigText(decodeText(bytes, name), name), name)
}
