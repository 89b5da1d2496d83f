import { DEFAULT_MANIFEST } from '../../facts/kubelet.ts'
import { fileGoal, startsGoal } from '../goals/audit-goals.ts'
import type { Drill } from '../drill.ts'
import { swap } from '../edit.ts'
import { auditSettingsStay, fileStays, nodeKeeps } from '../goals/keeps.ts'
import { auditedNodeOf } from './audited-node.ts'
import { isRotationFlag, type RotationFlag, rotationGoal, rotationOf, rotationRows } from './rotation.ts'

/** A flag, and what is easily taken for it. */
type Mistaken = readonly ['audit-policy-file' | 'audit-log-path' | RotationFlag, string]

const MISTAKEN: readonly [Mistaken, ...Mistaken[]] = [
  ['audit-policy-file', 'audit-policy'],
  ['audit-policy-file', 'audit-policy-path'],
  ['audit-policy-file', 'audit-policyfile'],
  ['audit-log-path', 'audit-log-file'],
  ['audit-log-path', 'audit-logpath'],
  ['audit-log-maxage', 'audit-log-max-age'],
  ['audit-log-maxage', 'audit-log-maxdays'],
  ['audit-log-maxbackup', 'audit-log-maxbackups'],
  ['audit-log-maxbackup', 'audit-log-max-backup'],
  ['audit-log-maxsize', 'audit-log-max-size'],
  ['audit-log-maxsize', 'audit-maxsize']
]

export const b06: Drill = {
  id: 'b06',
  title: 'Flags from memory',
  family: 'repair',
  minutes: 4,
  points: 4,
  lesson:
    'An unknown flag ends kube-apiserver before anything else is looked at, and it names the flag. The reference of its flags is open in the exam.',
  make: pick => {
    const rotation = rotationOf(pick)
    const { tree, manifest, policy, log, policyFile, logFile, broken } = auditedNodeOf(pick, rotation)
    const [flag, mistaken] = pick.one(MISTAKEN)
    const asked = flag === 'audit-log-path' ? logFile : policyFile
    const start = broken(swap(manifest, `--${flag}=`, `--${mistaken}=`))
    return {
      task: [
        'Somebody who was sure to know the flags by heart has switched auditing on. kube-apiserver has not come up since. It was to be set up like this:',
        { 'audit policy': policy, 'audit log': log, ...rotationRows(rotation) },
        'Put right what is wrong, and leave what is right.'
      ],
      start,
      solution: new Map([[DEFAULT_MANIFEST, manifest]]),
      goals: [isRotationFlag(flag) ? rotationGoal(flag, rotation, 60) : fileGoal(asked, 60), startsGoal(40)],
      keeps: [
        ...nodeKeeps(tree, []),
        ...[policyFile, logFile].filter(each => isRotationFlag(flag) || each !== asked).map(fileStays),
        auditSettingsStay(tree, [flag, 'audit-policy-file', 'audit-log-path'])
      ],
      hints: [
        'kube-apiserver has been started, and has ended: it says itself why. auditpatch drill logs, or the newest file below /var/log/pods.',
        'A program that meets a flag which it does not know says so and ends, before it looks at any other.',
        'The names of all flags: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/',
        `It is --${mistaken}. Look for those that begin with --${flag.startsWith('audit-log') ? 'audit-log' : 'audit-policy'} in the reference.`
      ]
    }
  }
}
