import { DEFAULT_MANIFEST } from '../../facts/kubelet.ts'
import { fileGoal, startsGoal } from '../goals/audit-goals.ts'
import type { Drill } from '../drill.ts'
import { swap, without } from '../edit.ts'
import { fileStays, nodeKeeps } from '../goals/keeps.ts'
import { auditedNodeOf, mountText } from './audited-node.ts'

export const b01: Drill = {
  id: 'b01',
  title: 'The policy is there, and not found',
  family: 'repair',
  minutes: 5,
  points: 5,
  lesson:
    'Paths in flags are paths of the container. What the node has at the same path is not there until a mount brings it in.',
  make: pick => {
    const { tree, manifest, policy, policyFile, logFile, parts, broken } = auditedNodeOf(pick)
    const elsewhere = policy.replace(
      '/etc/kubernetes/',
      pick.one(['/etc/', '/etc/kubernetes/policies/', '/kubernetes/'])
    )
    const start = broken(
      pick.one([
        () => without(manifest, parts.policyMount, parts.policyVolume),
        () => without(manifest, parts.policyMount),
        () => swap(manifest, parts.policyMount, mountText(elsewhere, 'audit-policy', true))
      ])()
    )
    return {
      task: [
        'Somebody switched auditing on and went home. kube-apiserver has not come up since. auditpatch drill logs shows what the node says.',
        'Repair it, so that kube-apiserver starts and records by the policy that lies on the node. The path is the same on the node and in the container. Keep what is right already.',
        { 'audit policy': policy }
      ],
      start,
      solution: new Map([[DEFAULT_MANIFEST, manifest]]),
      goals: [fileGoal(policyFile, 60), startsGoal(40)],
      keeps: [...nodeKeeps(tree, []), fileStays(logFile)],
      hints: [
        'The last line of the log names a path. Is it a path of the node, or of the container?',
        'A file of the node is in the container only where a volumeMount puts it. Compare the path of the flag with each mountPath.',
        'It takes a volume with hostPath and type: File, and a volumeMount of the same name with readOnly: true.',
        `volumes: hostPath.path ${policy}; volumeMounts: mountPath ${policy}.`
      ]
    }
  }
}
