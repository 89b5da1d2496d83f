import { AuditError } from '../errors.ts'
import type { HostReader } from '../host/host.ts'
import { foreignFault } from '../host/state-directory.ts'
import { hostPath } from '../paths.ts'
import { valueOf } from '../text/edit.ts'
import { decodeText, MAX_BYTES, parseSource } from '../text/source.ts'

const ADMIN_CONF = hostPath('/etc/kubernetes/admin.conf')

/**
 * The kubeconfig of kubeadm's administrator below the root, as a path of this machine; undefined when there is none, or
 * none that is to be trusted.
 */
export const adminKubeconfig = (host: HostReader): string | undefined => {
  if (!host.stat(ADMIN_CONF) || adminFault(host) !== null) return undefined
  return host.root === '/' ? ADMIN_CONF : `${host.root}${host.resolve(ADMIN_CONF)}`
}

/**
 * Why that kubeconfig is not given to kubectl, null where it may be or is not there: what it says can run any program, and
 * send any file, as the user who runs this. Below another root, which may be of anyone's making, it may do neither.
 */
export const adminFault = (host: HostReader): string | null => {
  const found = host.stat(ADMIN_CONF)
  if (found === null) return null
  const fault = found.kind === 'file' ? foreignFault(host, found) : `is a ${found.kind}`
  if (fault !== null) return `${ADMIN_CONF} ${fault}`
  const why = host.root === '/' ? null : activeFault(host.read(ADMIN_CONF, MAX_BYTES) ?? new Uint8Array())
  return why && `${ADMIN_CONF} below ${host.root} ${why}`
}

const activeFault = (bytes: Uint8Array): string | null => {
  try {
    const source = parseSource(decodeText(bytes, ADMIN_CONF), ADMIN_CONF, 'plain')
    const key = source.more ? 'a second document' : activeKey(valueOf(source))
    return key && `has ${key}: kubectl could run a program or send a file for it`
  } catch (error) {
    if (error instanceof AuditError) return 'is no kubeconfig that can be looked into'
    throw error
  }
}

// by which a kubeconfig names a program, or a file that goes to the server
const ACTIVE = ['exec', 'auth-provider', 'tokenfile']

const activeKey = (value: unknown): string | null => {
  if (typeof value !== 'object' || value === null) return null
  for (const [key, inner] of Object.entries(value)) {
    const found = ACTIVE.includes(key.toLowerCase()) ? key : activeKey(inner)
    if (found !== null) return found
  }
  return null
}
