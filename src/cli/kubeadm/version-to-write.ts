import type { KubernetesVersion } from '../../audit/version.ts'
import type { HostReader } from '../../host/host.ts'
import { type ConfigVersion, configVersionFor, configVersionOf } from '../../kubeadm/config-version.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'
import { configOf } from './read-config.ts'

/** The version to write: the one asked for, else that of the configuration given, else what kubeadm of the release writes. */
export const versionToWrite = async (
  args: Args,
  io: Io,
  host: HostReader,
  kubernetes: KubernetesVersion
): Promise<ConfigVersion> => {
  const asked = configVersionOf(args.text('config-version') ?? '')
  if (asked) return asked
  if (args.text('kubeadm-config') !== undefined) return (await configOf(args, io, host)).version
  return configVersionFor(kubernetes)
}
