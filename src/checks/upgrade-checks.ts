import { checkKubeconfig } from '../audit/check-kubeconfig.ts'
import { AuditError } from '../errors.ts'
import { textAt } from '../facts/path-fact.ts'
import { clusterConfigOrFault } from '../kubeadm/cluster-config.ts'
import { driftOf } from '../kubeadm/drift.ts'
import { type ContainerPath, containerPath } from '../paths.ts'
import type { Check, Found, PodContext } from './check.ts'

/** Checks of what `kubeadm upgrade` would make of the manifest. */
export const UPGRADE_CHECKS: readonly Check[] = [
  {
    id: 'kubeadm-drift',
    subject: 'upgrade',
    title: 'kubeadm upgrade would write the same audit settings',
    severity: 'warning',
    why: 'kubeadm upgrade writes the manifest anew from kubeadm-config: what is not there is lost',
    needs: 'pod',
    run: context => {
      const { clusterConfig } = context.facts
      if (!('why' in clusterConfig)) return drift(context, clusterConfig)
      if (clusterConfig.isAsked !== true) return clusterConfig.why
      return [{ code: 'kubeadm-config-unread', message: `kubeadm-config cannot be read: ${clusterConfig.why}` }]
    }
  }
]

interface NamedConfig {
  readonly text: string
  readonly file: string
}

function* drift(context: PodContext, named: NamedConfig): Iterable<Found> {
  const config = clusterConfigOrFault(named.text, named.file)
  if (config instanceof AuditError) {
    yield {
      code: 'kubeadm-config-unreadable',
      message: `kubeadm-config cannot be read: ${config.message}`,
      ...(config.path === undefined ? {} : { file: config.path }),
      ...config.position,
      remediation: 'kubectl --namespace=kube-system edit configmap kubeadm-config'
    }
  } else yield* driftOf(context.pod, config, referencedBy(context))
}

const referencedBy = ({ paths, facts }: PodContext): ContainerPath[] => {
  const webhook = paths.find(({ role }) => role === 'webhook')
  const text = textAt(facts.paths, webhook?.resolved?.host)
  if (!webhook || text === undefined) return []
  return checkKubeconfig(text, webhook.container).references.map(({ path }) => containerPath(path))
}
