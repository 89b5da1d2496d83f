import type { Finding } from '../finding.ts'
import type { HostReader } from '../host/host.ts'
import { openFault } from '../host/state-directory.ts'
import { type HostPath, parentOf } from '../paths.ts'

/**
 * Warnings where someone other than root, or the user who runs this, can write the manifest or its directory. It is worked
 * on all the same: the kubelet runs as root what is in there, and a node without audit logs would be no safer.
 */
export const openManifest = (host: HostReader, manifest: HostPath): Finding[] =>
  [parentOf(manifest), manifest].flatMap(path => {
    const found = host.stat(path)
    const fault = found && openFault(host, found)
    if (!fault) return []
    const isOwner = fault.startsWith('belongs')
    return {
      code: isOwner ? 'manifest-owner' : 'manifest-mode',
      severity: 'warning',
      message: `${path} ${fault}: whoever can write it can run anything on the node as root`,
      file: path,
      remediation: isOwner ? `chown root:root ${path}` : `chmod go-w ${path}`
    }
  })
