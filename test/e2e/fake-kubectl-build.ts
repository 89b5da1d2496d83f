import { spawnSync } from 'node:child_process'
import { goBinary } from './fake-go-build.ts'

const DIRECTORY = 'test/oracle/kubeadm'
const NEWEST = { directory: DIRECTORY, version: 'v1.36.3' }
const OLDEST = { directory: DIRECTORY, version: 'v1.29.6', modfile: 'minors/1.29.mod' }

/** The minor releases whose kubeadm can be asked. */
export const KUBEADM_MINORS = [29, 36] as const
export type KubeadmMinor = (typeof KUBEADM_MINORS)[number]

/** The program of test/oracle/kubeadm with the kubeadm of a minor release: its path, or null where it cannot be built. */
export const kubeadmBinary = (minor: KubeadmMinor): Promise<string | null> =>
  goBinary({ name: `kubeadm-1.${minor}`, package: '.', ...(minor === 29 ? OLDEST : NEWEST) })

/**
 * kubectl, built from its module: one known release, whatever the machine has. Where it cannot be built the machine's own,
 * else null.
 */
export const kubectlBinary = async (): Promise<string | null> =>
  (await goBinary({ name: 'kubectl', package: 'k8s.io/kubernetes/cmd/kubectl', ...NEWEST })) ?? installed()

const installed = (): string | null => {
  const { status, stdout } = spawnSync('sh', ['-c', 'command -v kubectl'], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : null
}
