import type { Finding } from '../finding.ts'
import { DEFAULT_MANIFESTS } from '../facts/kubelet.ts'
import type { HostReader } from '../host/host.ts'
import { hostPath, parentOf } from '../paths.ts'
import type { Plan } from '../plan/change.ts'
import { isRecord, listAt, recordAt, stringAt } from '../text/guard.ts'

const ADMIN_CONF = hostPath('/etc/kubernetes/admin.conf')
const LIMIT = 5000

/**
 * What the cluster itself says against a change, as warnings: a control plane that is not ready while this one restarts, and
 * a kubeadm-config that `kubeadm upgrade` would write another manifest from. Nothing when the cluster cannot be asked: the
 * node may be down, or be no more than a directory.
 */
export const clusterFindings = async (host: HostReader, plan: Plan): Promise<Finding[]> => {
  const isThisNode = host.root === '/' && parentOf(plan.manifest) === DEFAULT_MANIFESTS
  if (!isThisNode || plan.changes.length === 0 || !host.stat(ADMIN_CONF)) return []
  const [nodes, config] = await Promise.all([
    kubectl(host, 'get', 'nodes', '--selector=node-role.kubernetes.io/control-plane'),
    kubectl(host, 'get', 'configmap', 'kubeadm-config', '--namespace=kube-system')
  ])
  return [...unreadyFindings(nodes), ...driftFindings(config, plan)]
}

const kubectl = async (host: HostReader, ...args: string[]): Promise<unknown> => {
  const { code, stdout } = await host.exec(
    'kubectl',
    [`--kubeconfig=${ADMIN_CONF}`, '--request-timeout=3s', ...args, '--output=json'],
    LIMIT
  )
  if (code !== 0) return undefined
  try {
    return JSON.parse(stdout)
  } catch {
    // an answer that is no JSON is as good as none
    return undefined
  }
}

const unreadyFindings = (nodes: unknown): Finding[] =>
  listAt(nodes, 'items').flatMap((node): Finding[] => {
    const name = stringAt(recordAt(node, 'metadata'), 'name') ?? ''
    const ready = listAt(recordAt(node, 'status'), 'conditions').find(
      condition => stringAt(condition, 'type') === 'Ready'
    )
    if (stringAt(ready, 'status') === 'True') return []
    return [
      {
        code: 'control-plane-unready',
        severity: 'warning',
        message: `the control-plane node ${name} is not ready: while kube-apiserver restarts here, the cluster may have none`
      }
    ]
  })

const driftFindings = (config: unknown, plan: Plan): Finding[] => {
  if (!isRecord(config)) return []
  const text = stringAt(recordAt(config, 'data'), 'ClusterConfiguration') ?? ''
  const isThere = /\baudit-(policy-file|log-path|webhook-config-file)\b/.test(text)
  const code = 'kubeadm-config'
  if (plan.command === 'apply' && !isThere) {
    return [
      {
        code,
        severity: 'warning',
        message: 'kubeadm-config has no audit settings: kubeadm upgrade would write a manifest without them',
        remediation: 'put them into ClusterConfiguration too (apiServer.extraArgs and extraVolumes)'
      }
    ]
  }
  if (plan.command === 'remove' && isThere) {
    return [
      {
        code,
        severity: 'warning',
        message: 'kubeadm-config has audit settings: kubeadm upgrade would bring auditing back',
        remediation: 'take them out of ClusterConfiguration too'
      }
    ]
  }
  return []
}
