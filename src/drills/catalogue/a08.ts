import type { AuditFlagName } from '../../audit/flags.ts'
import { DEFAULT_MANIFEST } from '../../facts/kubelet.ts'
import { containerPath, hostPath, parentOf } from '../../paths.ts'
import { fileGoal, flagGoal, startsGoal } from '../goals/audit-goals.ts'
import type { Drill } from '../drill.ts'
import { swap } from '../edit.ts'
import { auditSettingsStay, nodeKeeps } from '../goals/keeps.ts'
import { nothingTwiceGoal } from '../goals/mount-goals.ts'
import { audited, freshNode, manifestOf, withFiles } from '../node.ts'
import { plainPolicy } from '../values.ts'

export const a08: Drill = {
  id: 'a08',
  title: 'Begun twice, finished never',
  family: 'enable',
  minutes: 8,
  points: 8,
  lesson:
    "Each file takes one flag, one mount and one volume, tied by the volume's name. Of a flag that stands twice the last one counts, silently: count them before you add one.",
  make: pick => {
    const policy = hostPath(
      pick.one([
        '/etc/kubernetes/audit/policy.yaml',
        '/etc/kubernetes/audit-policy.yaml',
        '/etc/kubernetes/rules/audit.yaml'
      ])
    )
    const log = hostPath(
      pick.one(['/var/log/kubernetes/audit/audit.log', '/var/log/audit/events.log', '/var/log/kube/audit.log'])
    )
    const [asked = 4, old = 30] = pick.some([3, 4, 5, 6, 8, 12, 20, 30], 2)
    const [name, what] = pick.one<readonly [AuditFlagName, string]>([
      ['audit-log-maxage', 'days that rotated files are kept'],
      ['audit-log-maxbackup', 'rotated files that are kept'],
      ['audit-log-maxsize', 'megabytes at which the log is rotated']
    ])
    const fresh = withFiles(freshNode(pick), { [policy]: plainPolicy(pick) })
    const full = audited(manifestOf(fresh), { policyPath: policy, logPath: log }, { [name]: String(asked) })
    const [policyPart, logPart] = [
      partOf('audit-policy', policy, 'File'),
      partOf('audit-log', parentOf(log), 'DirectoryOrCreate')
    ]
    const flag = `    - --${name}=${asked}\n`
    const twice = swap(full, flag, `${flag}    - --${name}=${old}\n`)
    // what both left out, and what each of them wrote
    const { cut, copied, copy } = pick.one<Half>([
      { cut: [policyPart.mount, logPart.mount, logPart.volume], copied: policyPart.volume, copy: 'rules' },
      { cut: [logPart.volume, policyPart.mount, policyPart.volume], copied: logPart.mount, copy: 'logs' },
      { cut: [policyPart.volume, logPart.mount], copied: logPart.volume, copy: 'audit-log' },
      { cut: [policyPart.mount, logPart.mount], copied: logPart.volume, copy: 'events' }
    ])
    const half = cut.reduce((text, part) => swap(text, part, ''), twice)
    const start = withFiles(fresh, {
      [DEFAULT_MANIFEST]: swap(half, copied, `${copied}${copied.replace(/name: .*/, `name: ${copy}`)}`)
    })
    return {
      task: [
        'Two people have begun to switch auditing on, each without knowing of the other, and neither has finished. Complete what they left, in the manifest of kube-apiserver. All paths are the same on the node and in the container.',
        { 'audit policy': policy, 'audit log': log, [what]: String(asked) },
        'In the end nothing may stand there twice: no flag of auditing, no mount, and no volume, be it under another name. Their other settings stay. kube-apiserver has to come up, and the log and its rotated files have to be on the node.'
      ],
      start,
      solution: new Map([[DEFAULT_MANIFEST, full]]),
      goals: [
        fileGoal({ role: 'policy', container: containerPath(policy), host: policy }, 25),
        fileGoal({ role: 'log', container: containerPath(log), host: log }, 25),
        flagGoal(name, String(asked), `${what}: ${asked}`, 10),
        nothingTwiceGoal(20),
        startsGoal(20)
      ],
      keeps: [
        ...nodeKeeps(start, [], [policy, parentOf(log)]),
        auditSettingsStay(start, [name, 'audit-policy-file', 'audit-log-path'])
      ],
      hints: [
        'Make a table of two rows, one for each file, and three columns: flag, volumeMount, volume. What is missing?',
        'A volumeMount finds its volume by the name. One that is there already wants its counterpart, not a new pair.',
        'Of a flag that stands twice, the last one counts.',
        `Two mounts and two volumes, ${policy} and ${parentOf(log)}, and one --${name}=${asked}.`
      ]
    }
  }
}

interface Half {
  readonly cut: readonly string[]
  /** What stands twice, the second time with another name. */
  readonly copied: string
  readonly copy: string
}

const partOf = (name: string, path: string, type: 'File' | 'DirectoryOrCreate') => ({
  mount: `    - mountPath: ${path}\n      name: ${name}\n${type === 'File' ? '      readOnly: true\n' : ''}`,
  volume: `  - hostPath:\n      path: ${path}\n      type: ${type}\n    name: ${name}\n`
})
