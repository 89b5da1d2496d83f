import { DEFAULT_MANIFEST } from '../../facts/kubelet.ts'
import { fileGoal, startsGoal } from '../goals/audit-goals.ts'
import type { Drill } from '../drill.ts'
import { swap } from '../edit.ts'
import { nodeKeeps } from '../goals/keeps.ts'
import { withFiles } from '../node.ts'
import { policyParts } from '../goals/policy-goals.ts'
import { hiddenByOutage } from './outages.ts'
import { auditedNodeOf, mountText, withDirectory } from './audited-node.ts'

// what kube-apiserver takes none of
const SLIPS: readonly [readonly [string, string], ...(readonly [string, string])[]] = [
  ['level: Metadata\n  resources:', 'level: metadata\n  resources:'],
  ['- RequestReceived', '- RequestRecieved'],
  ['apiVersion: audit.k8s.io/v1\n', 'apiVersion: audit.k8s.io/v1beta1\n'],
  ['kind: Policy', 'kind: AuditPolicy']
]

const ALL = [0, 1, 2, null]

export const e02: Drill = {
  id: 'e02',
  title: 'One fault behind the other',
  family: 'crash',
  minutes: 9,
  points: 8,
  lesson:
    'A start ends at its first fault, so a log never tells of the second one: mend what it names, look again, and only then believe that it was the last.',
  make: pick => {
    const node = auditedNodeOf(pick)
    const { manifest, policy, policyText, log, logDirectory, policyFile, logFile, parts: written } = node
    const [right, wrong] = pick.one(SLIPS)
    const volume = pick.one(['audit-policies', 'auditpolicy', 'policy'])
    const unnamed = swap(manifest, written.policyMount, mountText(policy, volume, true))
    const readOnly = swap(unnamed, written.logMount, mountText(logDirectory, 'audit-log', true))
    const broken = withFiles(node.tree, { [DEFAULT_MANIFEST]: readOnly, [policy]: swap(policyText, right, wrong) })
    const start = withDirectory(broken, logDirectory)
    const parts = policyParts(policy, policyText)
    return {
      task: [
        'Auditing was to be switched on before the weekend, in a hurry. Now kube-apiserver is down, and whoever mends a fault meets the next one. The paths in the flags are right.',
        { 'audit policy': policy, 'audit log': log },
        'Let kube-apiserver come up with auditing on. The policy has to record what it was meant to: only a slip in it is to be mended. The log and its rotated files have to be on the node.'
      ],
      start,
      solution: new Map([
        [DEFAULT_MANIFEST, manifest],
        [policy, policyText]
      ]),
      goals: [
        fileGoal(policyFile, 25),
        parts.goal({
          id: 'policy',
          asks: 'kube-apiserver takes the policy, which records what it was meant to',
          points: 15,
          rules: ALL
        }),
        parts.goal({
          id: 'stages',
          asks: 'no event is left at the stage RequestReceived',
          points: 10,
          rules: ALL,
          aspect: 'stages-alone'
        }),
        fileGoal(logFile, 25),
        startsGoal(25)
      ].map(hiddenByOutage),
      keeps: nodeKeeps(start, [policy]),
      hints: [
        'auditpatch drill logs shows the first fault only. Mend it, and ask again.',
        'A volumeMount and its volume find each other by the name. Without one there is no container, and so no log of it.',
        'auditpatch policy lint tells what kube-apiserver does not take in a policy, and where.',
        `The mount of ${policy} names a volume that there is not; the policy has a slip in its first lines; the mount of the log is read-only.`
      ]
    }
  }
}
