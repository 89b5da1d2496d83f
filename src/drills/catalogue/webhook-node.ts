import type { AuditFlagName } from '../../audit/flags.ts'
import { containerPath, type HostPath, hostPath } from '../../paths.ts'
import type { AskedPath } from '../goals/audit-goals.ts'
import { swap } from '../edit.ts'
import { audited, withFiles } from '../node.ts'
import type { Pick } from '../pick.ts'
import { type AuditedNode, auditedNodeOf } from './audited-node.ts'

/** A receiver of events, and the kubeconfig on the node that is to lead to it. */
export interface WebhookNode extends AuditedNode {
  readonly kubeconfig: HostPath
  readonly kubeconfigFile: AskedPath
  readonly url: string
  /** The certificate authority of the receiver, on the node, and what the file holds. */
  readonly authority: HostPath
  readonly authorityText: string
  /** The kubeconfig with an address in it. */
  readonly leadingTo: (server: string) => string
  /** The manifest with the webhook beside the log, and all files of it mounted. */
  readonly withWebhook: (flags?: Partial<Record<AuditFlagName, string>>) => string
}

/** An audited node on which a kubeconfig and a certificate authority of a receiver lie, with the values of a seed. */
export const webhookNodeOf = (pick: Pick): WebhookNode => {
  const node = auditedNodeOf(pick)
  const name = pick.one(['siem', 'collector', 'event-sink'])
  const directory = pick.one(['/etc/kubernetes/', '/etc/', '/opt/']) + name
  const kubeconfig = hostPath(`${directory}/${pick.one(['kubeconfig.yaml', 'webhook.conf', 'audit-webhook.yaml'])}`)
  const place = pick.one<'beside' | 'elsewhere' | 'mounted'>(['beside', 'elsewhere', 'mounted'])
  const authority = hostPath(
    {
      beside: `${directory}/ca.crt`,
      elsewhere: `/srv/certificates/${name}.crt`,
      mounted: `/etc/kubernetes/pki/${name}.crt`
    }[place]
  )
  const written = place === 'beside' ? pick.one(['ca.crt', authority]) : authority
  const address = `10.${pick.number(1, 250)}.${pick.number(0, 250)}.${pick.number(2, 250)}:${pick.one([8443, 9443, 6514])}`
  const authorityText = `a certificate authority of ${name} (${pick.hex(8)})\n`
  const leadingTo = (server: string): string => `apiVersion: v1
kind: Config
clusters:
- name: ${name}
  cluster:
    certificate-authority: ${written}
    server: ${server}
users:
- name: kube-apiserver
  user: {}
contexts:
- name: ${name}
  context:
    cluster: ${name}
    user: kube-apiserver
current-context: ${name}
`
  return {
    ...node,
    tree: withFiles(node.tree, { [authority]: authorityText }),
    broken: (manifest, files = {}) => node.broken(manifest, { [authority]: authorityText, ...files }),
    kubeconfig,
    kubeconfigFile: { role: 'webhook', container: containerPath(kubeconfig), host: kubeconfig },
    url: `https://${address}${pick.one(['/audit', '/events', '/k8s/audit', '/ingest/kubernetes'])}`,
    authority,
    authorityText,
    leadingTo,
    withWebhook: (flags = {}) => {
      const { policy: policyPath, log: logPath } = node
      const text = audited(node.manifest, { policyPath, logPath, webhookPath: kubeconfig }, flags)
      return place === 'mounted' ? text : withAuthority(text, kubeconfig, authority)
    }
  }
}

const withAuthority = (manifest: string, kubeconfig: HostPath, authority: HostPath): string => {
  const mount = `    - mountPath: ${kubeconfig}\n      name: audit-webhook\n      readOnly: true\n`
  const volume = `  - hostPath:\n      path: ${kubeconfig}\n      type: File\n    name: audit-webhook\n`
  const ofAuthority = (text: string): string =>
    text.replace(kubeconfig, authority).replace('audit-webhook', 'receiver-ca')
  return swap(swap(manifest, mount, mount + ofAuthority(mount)), volume, volume + ofAuthority(volume))
}
