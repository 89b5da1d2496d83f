import type { AuditFlagName } from '../../audit/flags.ts'
import { DEFAULT_MANIFEST } from '../../facts/kubelet.ts'
import { hostPath } from '../../paths.ts'
import type { Drill, Goal } from '../drill.ts'
import { atFlag, unreadable } from '../goals/audit-goals.ts'
import { nodeKeeps, stillStarts } from '../goals/keeps.ts'
import { nothingLeftGoal } from '../goals/mount-goals.ts'
import { audited, freshNode, manifestOf, podOf, withFiles } from '../node.ts'
import { plainPolicy, someEvents } from '../values.ts'

export const a07: Drill = {
  id: 'a07',
  title: 'As if auditing had never been on',
  family: 'enable',
  minutes: 5,
  points: 5,
  lesson:
    'Auditing is off where neither a log nor a webhook is given. A flag that is taken out leaves its mount and volume behind: they go with it, and the files on the node stay.',
  make: pick => {
    // not every name tells what it is for
    const policy = hostPath(
      pick.one([
        '/etc/kubernetes/audit/policy.yaml',
        '/etc/kubernetes/conf/rules.yaml',
        '/etc/kubernetes/what-to-log.yaml'
      ])
    )
    const log = hostPath(
      pick.one(['/var/log/kubernetes/audit.log', '/var/log/apiserver/requests.log', '/srv/events/k8s.log'])
    )
    const [policyName, logName] = pick.one<readonly [string, string]>([
      ['audit-policy', 'audit-log'],
      ['rules', 'events'],
      ['k8s-conf', 'k8s-logs']
    ])
    const fresh = withFiles(freshNode(pick), { [policy]: plainPolicy(pick), [log]: someEvents(pick) })
    const mode = pick.one<Partial<Record<AuditFlagName, string>>>([
      {},
      { 'audit-log-format': 'json' },
      { 'audit-log-mode': 'batch' },
      { 'audit-log-compress': 'true' }
    ])
    const manifest = audited(manifestOf(fresh), { policyPath: policy, logPath: log }, mode)
      .replaceAll('name: audit-policy\n', `name: ${policyName}\n`)
      .replaceAll('name: audit-log\n', `name: ${logName}\n`)
    const start = withFiles(fresh, { [DEFAULT_MANIFEST]: manifest })
    const before = podOf(manifestOf(fresh))
    return {
      task: [
        'Auditing was switched on here for a week, to look into something. Switch it off again. Afterwards the manifest of kube-apiserver has to mean what it meant before: no flag, mount or volume of auditing is left, and nothing else is changed.',
        'The policy and the log that has been written stay on the node: they are evidence.',
        { 'audit policy': policy, 'audit log': log }
      ],
      start,
      solution: new Map([[DEFAULT_MANIFEST, manifestOf(fresh)]]),
      goals: [
        noFlagGoal(50),
        nothingLeftGoal('no mount and no volume is left that was not there before', 50, (host, path) =>
          path === null
            ? !before.volumes.some(volume => volume.hostPath === host)
            : !before.mounts.some(mount => mount.path === path)
        )
      ],
      // against the node before auditing
      keeps: [...nodeKeeps(fresh, []), stillStarts],
      hints: [
        'Three lists of the manifest got longer when auditing was switched on: command, volumeMounts and volumes.',
        'Every flag of auditing begins with --audit-. Two of them name paths: which mounts cover these?',
        'A mount and a volume belong together by their name. Take out both, and none that another flag needs.',
        `The volumes ${policyName} and ${logName}, the mounts of these names, and every flag that begins with --audit-.`
      ]
    }
  }
}

const noFlagGoal = (points: number): Goal => ({
  id: 'no-audit-flag',
  asks: 'no flag of auditing is left',
  points,
  judge: seen => {
    if (!seen.pod) return unreadable(seen)
    const flag = seen.pod.command.flags.find(({ name }) => name.startsWith('audit-'))
    return flag ? atFlag(seen, flag.name, 'left-flag', `--${flag.name} is still there`) : null
  }
})
