import { DEFAULT_MANIFEST } from '../../facts/kubelet.ts'
import { containerPath, hostPath } from '../../paths.ts'
import { fileGoal, startsGoal } from '../goals/audit-goals.ts'
import type { Drill } from '../drill.ts'
import { nodeKeeps } from '../goals/keeps.ts'
import { enabled, freshNode, manifestOf, withFiles } from '../node.ts'
import { plainPolicy } from '../values.ts'

export const a04: Drill = {
  id: 'a04',
  title: 'The node keeps its files elsewhere',
  family: 'enable',
  minutes: 7,
  points: 7,
  lesson:
    'Flags name paths of the container, volumes paths of the node. The mount alone ties them together, so both may be called whatever you like.',
  make: pick => {
    const policy = {
      role: 'policy' as const,
      host: hostPath(
        pick.one([
          '/opt/security/audit/rules.yaml',
          '/srv/config/apiserver-audit.yaml',
          '/etc/audit-rules/cluster.yaml'
        ])
      ),
      container: containerPath(
        pick.one(['/etc/kubernetes/audit/policy.yaml', '/etc/kubernetes/audit-policy.yaml', '/config/policy.yaml'])
      )
    }
    const name = pick.one(['audit.log', 'events.log', 'kube-apiserver.log'])
    const log = {
      role: 'log' as const,
      host: hostPath(`${pick.one(['/data/logs/audit', '/srv/log/kubernetes', '/mnt/audit'])}/${name}`),
      container: containerPath(`${pick.one(['/var/log/kubernetes/audit', '/var/log/audit', '/logs'])}/${name}`)
    }
    const start = withFiles(freshNode(pick), { [policy.host]: plainPolicy(pick) })
    const paths = {
      policyPath: policy.host,
      containerPolicyPath: policy.container,
      logPath: log.host,
      containerLogPath: log.container
    }
    return {
      task: [
        'Switch auditing on. On this node the files lie on a disk of their own, and in the container of kube-apiserver they have other paths:',
        {
          'policy, on the node': policy.host,
          'policy, in the container': policy.container,
          'log, on the node': log.host,
          'log, in the container': log.container
        },
        'Do not change, copy or move the policy. kube-apiserver has to come up again, and the log and its rotated files have to be on the node.'
      ],
      start,
      solution: new Map([[DEFAULT_MANIFEST, enabled(manifestOf(start), paths)]]),
      goals: [fileGoal(policy, 40), fileGoal(log, 40), startsGoal(20)],
      keeps: nodeKeeps(start, []),
      hints: [
        'Which of the paths are for kube-apiserver to open, and which are for the kubelet to mount?',
        'The flags and mountPath know the container alone, hostPath.path the node alone. The name of the volume ties the two together.',
        'A single file can be mounted under another name. Of the log, mount the directory: it has the same name on both sides.',
        `--audit-policy-file=${policy.container}, mounted there from ${policy.host} with type: File; --audit-log-path=${log.container}, its directory mounted from that of ${log.host}.`
      ]
    }
  }
}
