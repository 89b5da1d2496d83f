import { endpointOf, isApiServer, mayRefuseAnonymous } from '../facts/api-server.ts'
import type { HostReader, Process } from '../host/host.ts'
import type { Pod } from '../pod/pod.ts'

/** By which the server's own log and audit events tell our requests from others. */
export const USER_AGENT = 'auditpatch'

/** The kube-apiserver processes of this host: a node may run several, those of other clusters in containers too. */
export const apiServersOf = (host: HostReader): Process[] =>
  host.processes(isApiServer).filter(process => host.belongsToRoot(process))

/** One look at the server's health on the node's own address. */
export const isAnswering = async (host: HostReader, pod: Pod): Promise<boolean> => {
  const { origin, path } = endpointOf(pod)
  const { status } = await host.http({ url: origin + path, userAgent: USER_AGENT, timeout: 5000 })
  // 403 and 500 come just before ok; 401 is what a living server answers when it takes no anonymous request
  return status === 200 || (status === 401 && mayRefuseAnonymous(pod))
}
