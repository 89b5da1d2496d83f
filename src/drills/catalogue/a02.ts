import type { AuditFlagName } from '../../audit/flags.ts'
import { DEFAULT_MANIFEST } from '../../facts/kubelet.ts'
import { containerPath, hostPath } from '../../paths.ts'
import { fileGoal, flagGoal, startsGoal } from '../goals/audit-goals.ts'
import type { Drill, Goal } from '../drill.ts'
import { nodeKeeps } from '../goals/keeps.ts'
import { enabled, freshNode, manifestOf, withFiles } from '../node.ts'
import { plainPolicy } from '../values.ts'

const SIZES = {
  'audit-log-maxage': 'days for which a rotated file is kept',
  'audit-log-maxbackup': 'rotated files that are kept',
  'audit-log-maxsize': 'megabytes at which the log is rotated'
} as const satisfies Partial<Record<AuditFlagName, string>>

type Size = keyof typeof SIZES

export const a02: Drill = {
  id: 'a02',
  title: 'Auditing that does not fill the disk',
  family: 'enable',
  minutes: 7,
  points: 7,
  lesson:
    'kube-apiserver rotates its log by itself: maxsize counts megabytes, maxbackup files, maxage days. What is rotated lies beside the log, so the directory has to be on the node.',
  make: pick => {
    const policy = pick.one([
      '/etc/kubernetes/audit/policy.yaml',
      '/etc/kubernetes/logging/audit-policy.yaml',
      '/etc/kubernetes/audit.yaml'
    ])
    const log = pick.one([
      '/var/log/kubernetes/audit.log',
      '/var/log/audit/kube-apiserver.log',
      '/var/log/k8s/events.log'
    ])
    const start = withFiles(freshNode(pick), { [policy]: plainPolicy(pick) })
    const [age = 5, backups = 8, size = 50] = pick.some([2, 3, 4, 5, 6, 7, 8, 9, 12, 14, 15, 20, 25, 45, 60], 3)
    const flags: Record<Size, string> = {
      'audit-log-maxage': String(age),
      'audit-log-maxbackup': String(backups),
      'audit-log-maxsize': String(size)
    }
    const paths = { policyPath: hostPath(policy), logPath: hostPath(log) }
    return {
      task: [
        'Switch auditing on by the policy that lies on the node. The same paths hold on the node and in the container.',
        { 'audit policy': policy, 'audit log': log },
        `The disk is small. The log is to be rotated when it has ${size} megabytes. ${backups} rotated files are to be kept, and none of them for more than ${age} days.`,
        'Do not change the policy. kube-apiserver has to come up again, and the log and its rotated files have to be on the node.'
      ],
      start,
      solution: new Map([[DEFAULT_MANIFEST, enabled(manifestOf(start), paths, flags)]]),
      goals: [
        fileGoal({ role: 'policy', container: containerPath(policy), host: hostPath(policy) }, 15),
        fileGoal({ role: 'log', container: containerPath(log), host: hostPath(log) }, 20),
        ...(['audit-log-maxsize', 'audit-log-maxbackup', 'audit-log-maxage'] as const).map(name =>
          sizeGoal(name, flags)
        ),
        startsGoal(20)
      ],
      keeps: nodeKeeps(start, []),
      hints: [
        'kube-apiserver rotates its log itself. Its flags are at https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/',
        'A rotated file is the log under another name beside it, so the directory has to be on the node and not the log alone.',
        'There are three flags --audit-log-max...: one counts megabytes, one files, and one days.',
        `--audit-log-maxsize=${size}, --audit-log-maxbackup=${backups}, --audit-log-maxage=${age}; --audit-policy-file=${policy}, --audit-log-path=${log}, and a mount and a volume for each of these two.`
      ]
    }
  }
}

const sizeGoal = (name: Size, flags: Readonly<Record<Size, string>>): Goal =>
  flagGoal(
    name,
    flags[name],
    `${SIZES[name]}: ${flags[name]}`,
    15,
    (Object.keys(SIZES) as Size[])
      .filter(other => other !== name)
      .map(other => ({ value: flags[other], code: 'swapped', found: `it counts the ${SIZES[name]}` }))
  )
