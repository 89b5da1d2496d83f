import { DEFAULT_MANIFEST } from '../../facts/kubelet.ts'
import { containerPath, hostPath } from '../../paths.ts'
import { fileGoal, startsGoal } from '../goals/audit-goals.ts'
import type { Drill } from '../drill.ts'
import { nodeKeeps } from '../goals/keeps.ts'
import { readOnlyPolicyGoal } from '../goals/mount-goals.ts'
import { enabled, freshNode, manifestOf, withFiles } from '../node.ts'
import { plainPolicy } from '../values.ts'

export const a05: Drill = {
  id: 'a05',
  title: 'One directory for the policy and the log',
  family: 'enable',
  minutes: 9,
  points: 8,
  lesson:
    'Of several mounts that cover a path the longest one counts. So a directory may be writable, and a single file in it read-only.',
  make: pick => {
    const directory = pick.one(['/etc/kubernetes/audit', '/var/lib/kubernetes/audit', '/srv/audit', '/opt/auditing'])
    const policy = hostPath(`${directory}/${pick.one(['policy.yaml', 'rules.yaml', 'audit-policy.yaml'])}`)
    const log = hostPath(`${directory}/${pick.one(['audit.log', 'events.log', 'apiserver.log'])}`)
    const start = withFiles(freshNode(pick), { [policy]: plainPolicy(pick) })
    const asked = { role: 'policy' as const, container: containerPath(policy), host: policy }
    return {
      task: [
        'Switch auditing on. The policy and the log lie in one directory, and every path is the same on the node and in the container.',
        { 'audit policy': policy, 'audit log': log },
        'kube-apiserver has to write the log, and it must be possible to rotate it, with the rotated files on the node. The policy is another matter: in the container nobody may be able to write it.',
        'Do not change the policy or its rights. kube-apiserver has to come up again.'
      ],
      start,
      solution: new Map([[DEFAULT_MANIFEST, enabled(manifestOf(start), { policyPath: policy, logPath: log })]]),
      goals: [
        fileGoal(asked, 25),
        fileGoal({ role: 'log', container: containerPath(log), host: log }, 25),
        readOnlyPolicyGoal(asked, 30),
        startsGoal(20)
      ],
      keeps: nodeKeeps(start, []),
      hints: [
        'A mount is either read-only or not, for all that it shows. How many are needed?',
        'Of several mounts that cover a path, the longest one counts, wherever it stands in the list.',
        'A file may be mounted into a directory that is mounted too.',
        `One mount for the directory of ${log}, which can be written, and one for ${policy} alone, with readOnly: true.`
      ]
    }
  }
}
