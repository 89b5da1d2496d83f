import { isAtLeast, type KubernetesVersion } from '../audit/version.ts'

/** The versions of kubeadm's configuration that can be read here, and how each writes extraArgs. */
export const CONFIG_VERSIONS = [
  { version: 'v1beta2', args: 'map' },
  { version: 'v1beta3', args: 'map' },
  { version: 'v1beta4', args: 'list' },
  { version: 'v1', args: 'list' }
] as const satisfies readonly { version: string; args: 'map' | 'list' }[]

export type ConfigVersion = (typeof CONFIG_VERSIONS)[number]['version']

/** The version of a name; undefined for one that is too old or not known. */
export const configVersionOf = (name: string): ConfigVersion | undefined =>
  CONFIG_VERSIONS.find(({ version }) => version === name)?.version

/** True where extraArgs is a list of name and value, false where it is a mapping. */
export const isListOfArgs = (version: ConfigVersion): boolean =>
  CONFIG_VERSIONS.find(each => each.version === version)?.args === 'list'

/** The version that kubeadm of a release writes: cmd/kubeadm/app/util/config/common.go validateSupportedVersion. */
export const configVersionFor = (kubernetes: KubernetesVersion): ConfigVersion => {
  if (isAtLeast(kubernetes, 31)) return 'v1beta4'
  return isAtLeast(kubernetes, 22) ? 'v1beta3' : 'v1beta2'
}
