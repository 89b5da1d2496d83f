import { DEFAULT_MANIFEST } from '../../facts/kubelet.ts'
import { containerPath, hostPath } from '../../paths.ts'
import { fileGoal, startsGoal } from '../goals/audit-goals.ts'
import type { Drill } from '../drill.ts'
import { nodeKeeps } from '../goals/keeps.ts'
import { enabled, freshNode, manifestOf, withFiles } from '../node.ts'
import { plainPolicy } from '../values.ts'

export const a01: Drill = {
  id: 'a01',
  title: 'Switch auditing on',
  family: 'enable',
  minutes: 6,
  points: 6,
  lesson:
    "kube-apiserver runs in a container: a flag alone names a path that it does not see. Each file takes a flag, a volume and a mount, and the log's directory takes one so that the log outlives the container.",
  make: pick => {
    const policy = pick.one([
      '/etc/kubernetes/audit-policy/policy.yaml',
      '/etc/kubernetes/auditing/policy.yaml',
      '/etc/kubernetes/policies/audit.yaml'
    ])
    const log = pick.one([
      '/var/log/kubernetes/audit/audit.log',
      '/var/log/kube-audit/audit.log',
      '/var/log/apiserver/events.log'
    ])
    const start = withFiles(freshNode(pick), { [policy]: plainPolicy(pick) })
    const paths = { policyPath: hostPath(policy), logPath: hostPath(log) }
    return {
      task: [
        'An audit policy has been written for this cluster, but kube-apiserver does not use it. Switch auditing on. All paths are the same on the node and in the container.',
        { 'audit policy': policy, 'audit log': log },
        'Do not change the policy. kube-apiserver has to come up again. The log has to be there on the node when its container is gone, and it must be possible to rotate it: to rename it when it is full.'
      ],
      start,
      solution: new Map([[DEFAULT_MANIFEST, enabled(manifestOf(start), paths)]]),
      goals: [
        fileGoal({ role: 'policy', container: containerPath(policy), host: hostPath(policy) }, 40),
        fileGoal({ role: 'log', container: containerPath(log), host: hostPath(log) }, 40),
        startsGoal(20)
      ],
      keeps: nodeKeeps(start, []),
      hints: [
        'Two files are of interest: etc/kubernetes/manifests/kube-apiserver.yaml, and the policy. https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/',
        'kube-apiserver runs in a container: each file takes a flag, a volume (what of the node) and a volumeMount (where in the container).',
        'The flags are --audit-policy-file and --audit-log-path. The volume of the policy has type: File. Of the log the directory is mounted, with type: DirectoryOrCreate, and not read-only.',
        `- --audit-policy-file=${policy} and - --audit-log-path=${log} in command; two entries each in volumeMounts and volumes, for ${policy} (readOnly: true) and for the directory of ${log}.`
      ]
    }
  }
}
