import { AuditError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { DEFAULT_MANIFESTS } from '../facts/kubelet.ts'
import type { HostReader } from '../host/host.ts'
import { type ClusterConfig, clusterConfigOrFault } from '../kubeadm/cluster-config.ts'
import { DRIFT, driftOf } from '../kubeadm/drift.ts'
import { parentOf } from '../paths.ts'
import type { Plan } from '../plan/change.ts'
import { locatePod } from '../pod/pod.ts'
import { listAt, recordAt, stringAt } from '../text/guard.ts'
import { MAX_BYTES, parseSource } from '../text/source.ts'
import { adminKubeconfig } from './admin-kubeconfig.ts'
import { CONFIG_MAP, readKubeadmConfig } from './kubeadm-config.ts'

const LIMIT = 3000

/**
 * What the cluster itself says against a change, as warnings: a control plane that is not ready while this one restarts, and
 * a kubeadm-config that `kubeadm upgrade` would write another manifest from. Nothing when the cluster cannot be asked: the
 * node may be down, or be no more than a directory.
 */
export const clusterFindings = async (host: HostReader, plan: Plan): Promise<Finding[]> => {
  const isThisNode = host.root === '/' && parentOf(plan.manifest) === DEFAULT_MANIFESTS
  const kubeconfig = isThisNode && plan.changes.length > 0 ? adminKubeconfig(host) : undefined
  if (kubeconfig === undefined) return []
  const [nodes, config] = await Promise.all([
    controlPlaneNodes(host, kubeconfig),
    readKubeadmConfig(host, { kubectl: 'kubectl', kubeconfig, timeout: LIMIT })
  ])
  return [...unreadyFindings(nodes), ...('why' in config ? [] : configFindings(host, plan, config.text))]
}

const controlPlaneNodes = async (host: HostReader, kubeconfig: string): Promise<unknown> => {
  const { code, stdout } = await host.exec(
    'kubectl',
    [
      `--kubeconfig=${kubeconfig}`,
      `--request-timeout=${LIMIT / 1000}s`,
      'get',
      'nodes',
      '--selector=node-role.kubernetes.io/control-plane',
      '--output=json'
    ],
    LIMIT + 2000
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

const warning = (message: string, remediation: string): Finding[] => [
  { code: 'kubeadm-config', severity: 'warning', message, remediation }
]

/** One warning where kubeadm-config and the manifest as it will be do not agree about auditing. */
const configFindings = (host: HostReader, plan: Plan, text: string): Finding[] => {
  const config = clusterConfigOrFault(text, CONFIG_MAP)
  if (config instanceof AuditError)
    return warning(`kubeadm-config cannot be read: ${config.message}`, 'auditpatch kubeadm drift says where')
  const hasAudit = config.extras.args.length > 0
  if (plan.command === 'remove')
    return hasAudit
      ? warning(
          'kubeadm-config has audit settings: kubeadm upgrade would bring auditing back',
          'afterwards auditpatch kubeadm save takes them out'
        )
      : []
  if (plan.command !== 'apply' || !drifts(host, plan, config)) return []
  return hasAudit
    ? warning(
        'kubeadm-config has other audit settings: kubeadm upgrade would write those into the manifest',
        'afterwards auditpatch kubeadm drift tells the differences, auditpatch kubeadm save ends them'
      )
    : warning(
        'kubeadm-config has no audit settings: kubeadm upgrade would write a manifest without them',
        'afterwards auditpatch kubeadm save puts them into it'
      )
}

const drifts = (host: HostReader, plan: Plan, config: ClusterConfig): boolean => {
  const planned = plan.files.find(file => file.role === 'manifest')?.after?.bytes
  const bytes = planned ?? host.read(plan.manifest, MAX_BYTES)
  if (!bytes) return false
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  const pod = locatePod(parseSource(text, plan.manifest, 'kubernetes'))
  return driftOf(pod, config).some(({ code }) => code === DRIFT)
}
