import { DEFAULT_MANIFEST } from '../../facts/kubelet.ts'
import { fileGoal, startsGoal } from '../goals/audit-goals.ts'
import type { Drill } from '../drill.ts'
import { swap, without } from '../edit.ts'
import { fileStays, nodeKeeps } from '../goals/keeps.ts'
import { readOnlyStays } from '../goals/mount-goals.ts'
import { auditedNodeOf, mountText, volumeText, withDirectory } from './audited-node.ts'

export const b04: Drill = {
  id: 'b04',
  title: 'The log that cannot be opened',
  family: 'repair',
  minutes: 5,
  points: 5,
  lesson:
    'kube-apiserver opens its log before it serves: where the mount that counts is read-only it ends. What may be written depends on the longest mount that covers the path.',
  make: pick => {
    const isBelowPolicy = pick.one([false, true])
    const node = auditedNodeOf(pick, {}, { logBelowPolicy: isBelowPolicy })
    const { manifest, policy, policyDirectory, log, logDirectory, parts, policyFile, logFile, broken } = node
    const bothInOne = (): string =>
      [
        [parts.policyMount, mountText(policyDirectory, 'audit', true)] as const,
        [parts.policyVolume, volumeText(policyDirectory, 'audit', 'DirectoryOrCreate')] as const
      ].reduce((text, [from, to]) => swap(text, from, to), without(manifest, parts.logMount, parts.logVolume))
    const start = withDirectory(
      broken(isBelowPolicy ? bothInOne() : swap(manifest, parts.logMount, mountText(logDirectory, 'audit-log', true))),
      logDirectory
    )
    return {
      task: [
        'Since auditing was switched on, kube-apiserver ends as soon as it is started. The policy is right and is found.',
        { 'audit policy': policy, 'audit log': log },
        'Let kube-apiserver come up and write its log. Both paths are right, and the same on the node and in the container. That kube-apiserver cannot write to its own policy has to stay so.'
      ],
      start,
      solution: new Map([[DEFAULT_MANIFEST, manifest]]),
      goals: [fileGoal(logFile, 60), startsGoal(40)],
      keeps: [...nodeKeeps(start, []), fileStays(policyFile), readOnlyStays(policyFile)],
      hints: [
        'auditpatch drill logs: what does the last line say of the log?',
        'Of all mounts that cover a path the one with the longest mountPath counts, for reading and for writing.',
        `Look for readOnly. Which mount is it that covers ${log}?`,
        isBelowPolicy
          ? `Add a mount of its own for ${logDirectory}, without readOnly, with a volume for the same directory; the mount of ${policyDirectory} stays as it is.`
          : `Take readOnly: true out of the mount ${logDirectory}, and of no other.`
      ]
    }
  }
}
