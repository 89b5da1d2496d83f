import { DEFAULT_MANIFEST } from '../../facts/kubelet.ts'
import { containerPath, hostPath } from '../../paths.ts'
import { fileGoal } from '../goals/audit-goals.ts'
import type { Drill } from '../drill.ts'
import { auditSettingsStay, nodeKeeps, stillStarts } from '../goals/keeps.ts'
import { audited, freshNode, manifestOf, withFiles } from '../node.ts'
import { plainPolicy } from '../values.ts'

export const a03: Drill = {
  id: 'a03',
  title: 'Two names for one file',
  family: 'enable',
  minutes: 6,
  points: 6,
  lesson:
    'A mount shows one place of the node at one place of the container. Where both paths are the same, every path in a flag, a log or an error holds on both sides.',
  make: pick => {
    const directory = pick.one(['/etc/kubernetes/audit', '/etc/kubernetes/auditing', '/etc/kubernetes/policies'])
    const policy = hostPath(`${directory}/${pick.one(['policy.yaml', 'audit-policy.yaml'])}`)
    const name = pick.one(['audit.log', 'events.log'])
    const log = hostPath(
      `${pick.one(['/etc/kubernetes/audit-logs', '/etc/kubernetes/logs/audit', `${directory}/logs`])}/${name}`
    )
    const elsewhere = `${pick.one(['/var/log/kube-audit', '/var/log/apiserver', '/audit/logs'])}/${name}`
    const isOnNode = pick.one([true, false])
    const fresh = withFiles(freshNode(pick), { [policy]: plainPolicy(pick) })
    const manifest = audited(
      manifestOf(fresh),
      {
        policyPath: policy,
        containerPolicyPath: containerPath(
          pick.one(['/etc/audit/policy.yaml', '/audit/rules.yaml', '/config/audit.yaml'])
        ),
        logPath: isOnNode ? hostPath(elsewhere) : log,
        containerLogPath: containerPath(isOnNode ? log : elsewhere)
      },
      { 'audit-log-maxbackup': String(pick.number(3, 9)) }
    )
    const start = withFiles(fresh, { [DEFAULT_MANIFEST]: manifest })
    const paths = { policyPath: policy, logPath: log }
    return {
      task: [
        'kube-apiserver records what it does, and yet nobody finds anything: in its container the files of auditing have other paths than on the node.',
        'The rule of the house is one path for each file, the same on both sides. Change the manifest so that it holds. The policy lies where it has to be.',
        { 'audit policy': policy, 'audit log': log },
        'kube-apiserver has to come up again and to record into the log on the node. The settings of rotation stay.'
      ],
      start,
      solution: new Map([
        [
          DEFAULT_MANIFEST,
          audited(manifest, {
            ...paths,
            containerPolicyPath: containerPath(policy),
            containerLogPath: containerPath(log)
          })
        ]
      ]),
      goals: [
        fileGoal({ role: 'policy', container: containerPath(policy), host: policy }, 45),
        fileGoal({ role: 'log', container: containerPath(log), host: log }, 55)
      ],
      keeps: [...nodeKeeps(start, []), auditSettingsStay(start, ['audit-policy-file', 'audit-log-path']), stillStarts],
      hints: [
        'Three lines speak of each file: the value of a flag, mountPath and hostPath.path. Write down for each of the two files what they say.',
        'The value of a flag and mountPath are paths of the container; hostPath.path is one of the node.',
        'Of the log the directory is mounted, so mountPath and hostPath.path are the path of the log without its name.',
        `The policy: three times ${policy}. The log: the flag ${log}, and its directory twice. No read-only mount may cover the log.`
      ]
    }
  }
}
