import { resolve } from 'node:path'
import type { ClusterConfigFact } from '../../facts/node.ts'
import type { HostReader } from '../../host/host.ts'
import { readLocalFile } from '../../host/local-files.ts'
import { adminKubeconfig } from '../../inspect/admin-kubeconfig.ts'
import { CONFIG_MAP, readKubeadmConfig } from '../../inspect/kubeadm-config.ts'
import { clusterConfigText } from '../../kubeadm/config-document.ts'
import { decodeText, MAX_BYTES } from '../../text/source.ts'
import type { Args } from '../options.ts'

/** Milliseconds that the cluster has for its answer: a check must not hang. */
const PATIENCE = 2000

/**
 * How `check` reads the ClusterConfiguration: from the file that is named, else from the cluster, when its server runs and
 * this machine is the node or a kubeconfig is named. Throws where the file cannot be read.
 */
export const clusterConfigReader = (
  args: Args,
  host: HostReader
): ((isServing: boolean) => Promise<ClusterConfigFact>) => {
  const file = args.text('kubeadm-config')
  if (file !== undefined) {
    const text = decodeText(readLocalFile(file, MAX_BYTES), file)
    return () => Promise.resolve({ text: clusterConfigText(text, file), file })
  }
  const asked = args.text('kubeconfig')
  const given = asked === undefined ? undefined : resolve(asked)
  const kubectl = args.text('kubectl') ?? 'kubectl'
  return async isServing => {
    const kubeconfig = given ?? (host.root === '/' && isServing ? adminKubeconfig(host) : undefined)
    if (kubeconfig === undefined) return { why: 'the cluster cannot be asked' }
    const answer = await readKubeadmConfig(host, {
      kubectl: kubectl.includes('/') ? resolve(kubectl) : kubectl,
      kubeconfig,
      timeout: PATIENCE
    })
    return 'why' in answer ? { ...answer, isAsked: given !== undefined } : { text: answer.text, file: CONFIG_MAP }
  }
}
