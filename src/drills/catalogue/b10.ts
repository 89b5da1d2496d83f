import { DEFAULT_MANIFEST } from '../../facts/kubelet.ts'
import { fileGoal, startsGoal } from '../goals/audit-goals.ts'
import type { Drill } from '../drill.ts'
import { swap, without } from '../edit.ts'
import { auditSettingsStay, nodeKeeps } from '../goals/keeps.ts'
import { type AuditedNode, auditedNodeOf } from './audited-node.ts'
import { rotationOf, rotationRows } from './rotation.ts'

type Slip = (node: AuditedNode) => string

const within =
  (part: keyof AuditedNode['parts'], from: string, to: string): Slip =>
  ({ manifest, parts }) =>
    swap(manifest, parts[part], swap(parts[part], from, to))

const SLIPS: readonly [Slip, ...Slip[]] = [
  ({ manifest }) => swap(manifest, '    - --audit-log-path=', '\t- --audit-log-path='),
  within('policyVolume', '      path:', '\t\t\tpath:'),
  within('logMount', '      name:', '\tname:'),
  within('policyMount', '      name:', '     name:'),
  within('logVolume', '    name:', '     name:'),
  within('policyVolume', '      type:', '        type:'),
  within('logVolume', 'path: ', 'path:'),
  ({ manifest }) => swap(manifest, '    - --audit-policy-file=', '   - --audit-policy-file='),
  ({ manifest, parts: { policyVolume, logVolume } }) =>
    swap(
      without(manifest, policyVolume, logVolume),
      'status: {}\n',
      `  volumes:\n${policyVolume}${logVolume}status: {}\n`
    ),
  ({ manifest, parts: { policyMount, logMount } }) =>
    swap(
      without(manifest, policyMount, logMount),
      '    volumeMounts:\n',
      `    volumeMounts:\n${policyMount}${logMount}    volumeMounts:\n`
    )
]

export const b10: Drill = {
  id: 'b10',
  title: 'A slip of the editor',
  family: 'repair',
  minutes: 6,
  points: 5,
  lesson:
    "What is no YAML becomes no pod: no container, and one line in the kubelet's log that names a line of the file. It is that one, or one above.",
  make: pick => {
    const rotation = rotationOf(pick)
    const node = auditedNodeOf(pick, rotation)
    const { tree, manifest, policy, log, policyFile, logFile, broken } = node
    const start = broken(pick.one(SLIPS)(node))
    return {
      task: [
        'Everything that auditing takes was written into the manifest in one go, by hand. Since the file was saved kube-apiserver has not come up.',
        { 'audit policy': policy, 'audit log': log, ...rotationRows(rotation) },
        'Mend the manifest, so that kube-apiserver comes up with these settings and with all that it had before. Both paths are the same on the node and in the container.'
      ],
      start,
      solution: new Map([[DEFAULT_MANIFEST, manifest]]),
      goals: [fileGoal(policyFile, 30), fileGoal(logFile, 30), startsGoal(40)],
      keeps: [...nodeKeeps(tree, []), auditSettingsStay(tree, ['audit-policy-file', 'audit-log-path'])],
      hints: [
        'Is there a container, with a log of its own? What cannot be read as YAML becomes no pod, and then the kubelet alone can say why. On a node: journalctl -u kubelet.',
        'Look at the lines about auditing, each with the one above it. In vi, :set list shows what is a tab and what are blanks.',
        'YAML takes no tabs for indentation; the entries of one list begin in the same column, and so do the keys of one mapping; a colon is followed by a blank; and no mapping has a key twice.',
        'Compare each new line with its neighbours: those of command, of volumeMounts and of volumes. spec has one volumes, and the container one volumeMounts.'
      ]
    }
  }
}
