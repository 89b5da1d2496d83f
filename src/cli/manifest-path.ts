import type { HostReader } from '../host/host.ts'
import { findManifest } from '../inspect/find-manifest.ts'
import type { HostPath } from '../paths.ts'
import type { Args } from './options.ts'
import { hostPathOf, type Session } from './session.ts'

/** The manifest that a command is about: the one named, else the one in the kubelet's directory. */
export const manifestPathOf = (
  args: Args,
  host: HostReader,
  session: Session,
  find: (host: HostReader) => HostPath = findManifest
): HostPath => {
  const path = hostPathOf(args, 'manifest') ?? find(host)
  session.detail(`manifest: ${path}${host.root === '/' ? '' : ` below ${host.root}`}`)
  return path
}
