import { DEFAULT_MANIFEST } from '../../facts/kubelet.ts'
import { fileGoal, startsGoal } from '../goals/audit-goals.ts'
import type { Drill } from '../drill.ts'
import { swap } from '../edit.ts'
import { fileStays, nodeKeeps } from '../goals/keeps.ts'
import { auditedNodeOf } from './audited-node.ts'

export const b05: Drill = {
  id: 'b05',
  title: 'No container, and no log of one',
  family: 'repair',
  minutes: 6,
  points: 5,
  lesson:
    "A volumeMount finds its volume by the name alone. Where there is none the kubelet takes the pod for invalid: no container, no log of it, and one line in the kubelet's own.",
  make: pick => {
    const { tree, manifest, policy, log, policyFile, logFile, parts, broken } = auditedNodeOf(pick)
    const role = pick.one<'policy' | 'log'>(['policy', 'log'])
    const typo = pick.one([
      (name: string) => `${name}s`,
      (name: string) => name.replace('-', ''),
      (name: string) => name.replace('audit-', 'audti-'),
      (name: string) => name.split('-').reverse().join('-'),
      (name: string) => name.replace('audit', 'apiserver')
    ])
    const part = parts[pick.one<`${typeof role}${'Mount' | 'Volume'}`>([`${role}Mount`, `${role}Volume`])]
    const start = broken(
      swap(
        manifest,
        part,
        part.replace(/name: (.*)/, (_, name: string) => `name: ${typo(name)}`)
      )
    )
    const [asked, other] = role === 'policy' ? [policyFile, logFile] : [logFile, policyFile]
    return {
      task: [
        'The manifest has been given everything that auditing takes, as it seems. Yet since it was saved there is no kube-apiserver any more: crictl ps -a shows no container of it, and below /var/log/pods there is no log.',
        { 'audit policy': policy, 'audit log': log },
        'Find out who refuses what, and let kube-apiserver come up, reading that policy and writing that log. Both paths are the same on the node and in the container.'
      ],
      start,
      solution: new Map([[DEFAULT_MANIFEST, manifest]]),
      goals: [fileGoal(asked, 60), startsGoal(40)],
      keeps: [...nodeKeeps(tree, []), fileStays(other)],
      hints: [
        'Where no container was ever made, no log of it can tell why. Which program makes a pod of the manifest, and where does it log? On a node: journalctl -u kubelet.',
        'The kubelet names an entry of volumeMounts and says "Not found". What is it that it did not find?',
        'The name of a volumeMount has to be that of a volume of the pod, letter by letter.',
        `Compare the name of each volumeMount with those under volumes: one for ${asked.role === 'policy' ? 'the policy' : 'the log'} is spelt in two ways.`
      ]
    }
  }
}
