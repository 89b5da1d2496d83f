import { resolve } from 'node:path'
import { AuditError } from '../../errors.ts'
import type { HostReader } from '../../host/host.ts'
import { adminFault, adminKubeconfig } from '../../inspect/admin-kubeconfig.ts'
import type { KubectlAccess } from '../../inspect/kubeadm-config.ts'
import type { Args } from '../options.ts'

/** Milliseconds that the cluster has for an answer; on a busy control plane kubectl alone may take seconds to start. */
const TIMEOUT = 15_000

/** How the cluster is asked, by the options; undefined where there is no kubeconfig. Throws NO_CLUSTER for one not to be trusted. */
export const kubectlAccessOf = (args: Args, host: HostReader): KubectlAccess | undefined => {
  const given = args.text('kubeconfig')
  const fault = given === undefined ? adminFault(host) : null
  if (fault !== null)
    throw new AuditError('NO_CLUSTER', `kubectl is not started: ${fault}`, {
      next: 'name a kubeconfig with --kubeconfig'
    })
  const kubeconfig = given === undefined ? adminKubeconfig(host) : resolve(given)
  const kubectl = args.text('kubectl') ?? 'kubectl'
  // a bare name is looked up on the fixed PATH; kubectl runs in the root directory
  const program = kubectl.includes('/') ? resolve(kubectl) : kubectl
  return kubeconfig === undefined ? undefined : { kubectl: program, kubeconfig, timeout: TIMEOUT }
}

/** What is missing where {@link kubectlAccessOf} gives nothing. */
export const NO_KUBECONFIG = 'there is no /etc/kubernetes/admin.conf, and --kubeconfig was not given'
