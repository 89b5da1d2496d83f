import { DEFAULT_MANIFEST } from '../../facts/kubelet.ts'
import { containerPath, covers, parentOf } from '../../paths.ts'
import { flagGoal } from '../goals/audit-goals.ts'
import type { Drill } from '../drill.ts'
import { auditSettingsStay, fileStays, nodeKeeps, stillStarts } from '../goals/keeps.ts'
import { nothingLeftGoal } from '../goals/mount-goals.ts'
import { audited } from '../node.ts'
import { auditedNodeOf } from './audited-node.ts'

const ROTATION = ['audit-log-maxage', 'audit-log-maxbackup', 'audit-log-maxsize'] as const

export const a06: Drill = {
  id: 'a06',
  title: 'Events for the log of the container',
  family: 'enable',
  minutes: 5,
  points: 5,
  lesson:
    'With --audit-log-path=- events go where the container prints, for crictl logs and whatever collects that. There is nothing to rotate and nothing to mount.',
  make: pick => {
    const { tree: start, manifest, policy, log, policyFile } = auditedNodeOf(pick)
    const mountedAt = parentOf(containerPath(log))
    return {
      task: [
        'A collector on this node reads what containers print. kube-apiserver shall print its audit events too, to its standard output, and write no audit log of its own any more.',
        'Of the old log no mount and no volume may be left in the manifest. By the policy everything is recorded as before.',
        { 'audit policy': policy, 'old audit log': log }
      ],
      start,
      solution: new Map([[DEFAULT_MANIFEST, audited(manifest, { policyPath: policy, logPath: '-' })]]),
      goals: [
        flagGoal('audit-log-path', '-', 'events go to the standard output of kube-apiserver', 60, [
          { value: log, code: 'still-a-file', found: 'events are written to the old log' },
          { value: '', code: 'log-off', found: 'nothing is recorded' },
          {
            value: '/dev/stdout',
            code: 'rotated-device',
            found: 'kube-apiserver takes it for a file, which it renames when it is full'
          },
          { value: 'stdout', code: 'file-in-container', found: 'that is the name of a file in the container' }
        ]),
        nothingLeftGoal(
          'no mount and no volume of the old log is left',
          40,
          (host, path) => path === mountedAt || path === containerPath(log) || (host !== undefined && covers(host, log))
        )
      ],
      keeps: [
        ...nodeKeeps(start, []),
        fileStays(policyFile),
        auditSettingsStay(start, ['audit-log-path', ...ROTATION]),
        stillStarts
      ],
      hints: [
        'crictl logs shows what a container prints. Which flag says where events go?',
        'A single character in place of a path stands for the standard output.',
        'Without a file nothing is rotated and nothing is to be mounted. The policy needs its mount as before.',
        `--audit-log-path=-; take the mount ${mountedAt} out, and the volume whose name it has.`
      ]
    }
  }
}
