import { auditFlags } from '../../audit/flags.ts'
import { DEFAULT_MANIFEST } from '../../facts/kubelet.ts'
import { fileGoal } from '../goals/audit-goals.ts'
import type { Drill } from '../drill.ts'
import { auditSettingsStay, fileStays, nodeKeeps } from '../goals/keeps.ts'
import { authorityGoal, bothBackendsGoal, receiverGoal } from '../goals/kubeconfig-goals.ts'
import { webhookNodeOf } from './webhook-node.ts'

export const d01: Drill = {
  id: 'd01',
  title: 'Events for a collector too',
  family: 'webhook',
  minutes: 10,
  points: 9,
  lesson:
    "A webhook's file is a kubeconfig, and all that it names is looked for in the container: the certificate authority takes a mount as much as the file itself.",
  make: pick => {
    const node = webhookNodeOf(pick)
    const { kubeconfig, kubeconfigFile, url, authority, leadingTo } = node
    const stale = pick.one([
      '""',
      url.replace(/^https/, 'http'),
      url.replace(/\/\/[\d.]+/, '//10.0.0.1'),
      url.replace(/:\d+\/.*/, ':443/')
    ])
    const start = node.broken(node.manifest, { [kubeconfig]: leadingTo(stale) })
    return {
      task: [
        'kube-apiserver writes an audit log. From now on it shall also send every event to a collector, by its audit webhook, and go on writing the log.',
        'A kubeconfig for the collector lies on the node. It is complete but for the address, which is not right. All paths are the same on the node and in the container, and no file is to be moved.',
        { 'address of the collector': url, 'its certificate authority': authority, kubeconfig },
        'The certificate of the collector has to be checked. kube-apiserver has to come up again.'
      ],
      start,
      solution: new Map([
        [DEFAULT_MANIFEST, node.withWebhook()],
        [kubeconfig, leadingTo(url)]
      ]),
      goals: [
        fileGoal(kubeconfigFile, 30),
        receiverGoal(kubeconfig, url, 20),
        authorityGoal(kubeconfigFile, node.authorityText, 25),
        bothBackendsGoal(25)
      ],
      keeps: [
        ...nodeKeeps(start, [kubeconfig]),
        fileStays(node.policyFile),
        fileStays(node.logFile),
        auditSettingsStay(
          start,
          auditFlags.filter(({ backend }) => backend === 'webhook').map(({ name }) => name)
        )
      ],
      hints: [
        'Where events are sent to is written in a file of the same form as a kubeconfig of kubectl: current-context names a context, and this a cluster. https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/',
        'The flag is --audit-webhook-config-file. As any file that kube-apiserver reads, this one takes a volume and a volumeMount.',
        'Which other file does the kubeconfig name? Does some mount show that one to kube-apiserver? A relative path counts from the directory of the kubeconfig.',
        `server: ${url} in ${kubeconfig}; --audit-webhook-config-file=${kubeconfig}; that file has to be mounted, and ${authority} too where no mount covers it.`
      ]
    }
  }
}
