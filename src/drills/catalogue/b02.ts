import { DEFAULT_MANIFEST } from '../../facts/kubelet.ts'
import { hostPath } from '../../paths.ts'
import { type AskedPath, atMount, fileGoal, fileShortfall, startsGoal } from '../goals/audit-goals.ts'
import type { Drill, Goal, Shortfall } from '../drill.ts'
import { swap } from '../edit.ts'
import { fileStays, nodeKeeps } from '../goals/keeps.ts'
import { policyParts } from '../goals/policy-goals.ts'
import type { Seen } from '../seen.ts'
import { positionOf } from '../../text/locate.ts'
import { auditedNodeOf, volumeText, withDirectory } from './audited-node.ts'

export const b02: Drill = {
  id: 'b02',
  title: 'The policy that became a directory',
  family: 'repair',
  minutes: 7,
  points: 6,
  lesson:
    'Without a type the container runtime makes what is missing, as a directory. type: File makes the kubelet say so instead.',
  make: pick => {
    const { manifest, policy, policyText, policyFile, logFile, parts, broken } = auditedNodeOf(pick)
    const copy = hostPath(
      `${pick.one(['/root', '/root/audit', '/srv/kubernetes', '/opt/handover'])}/${pick.one(['audit.yaml', 'policy.yaml', 'policy-draft.yaml'])}`
    )
    const untyped = swap(manifest, parts.policyVolume, volumeText(policy, 'audit-policy'))
    const start = withDirectory(broken(untyped, { [policy]: null, [copy]: policyText }), policy)
    return {
      task: [
        'Auditing was switched on before the policy had been put in its place. kube-apiserver has not come up since, and somebody who looked says that the policy is a directory.',
        { 'audit policy': policy, 'its text lies in': copy, 'audit log': logFile.host },
        'Put the policy where kube-apiserver looks for it, and let it come up. See to it as well that this cannot happen again: where the policy is missing on the node, nothing may be made in its place.'
      ],
      start,
      solution: new Map([
        [DEFAULT_MANIFEST, manifest],
        [policy, policyText]
      ]),
      goals: [
        fileGoal(policyFile, 30),
        policyParts(policy, policyText).goal({
          id: 'text',
          asks: `the policy there says what ${copy} says`,
          points: 25,
          rules: [0, 1, 2, null]
        }),
        nothingMade(policyFile, 25),
        startsGoal(20)
      ],
      keeps: [...nodeKeeps(start, [copy]), fileStays(logFile)],
      hints: [
        `Look at ${policy} with ls -ld. Who made it, and out of what?`,
        'A hostPath volume without a type is not checked: what is not there the container runtime makes, as a directory. https://kubernetes.io/docs/concepts/storage/volumes/#hostpath',
        `Take the directory away (rmdir), then copy ${copy} there. Of the types of a hostPath, one wants a file that is there, and one makes an empty file.`,
        `In volumes, under the hostPath of ${policy}: type: File.`
      ]
    }
  }
}

const MADE: Readonly<Record<string, { readonly code: string; readonly found: string }>> = {
  '': { code: 'no-type', found: 'has no type: where the file is missing, a directory is made' },
  FileOrCreate: {
    code: 'empty-file-made',
    found: 'is of type FileOrCreate: where the file is missing, an empty one is made'
  }
}

const nothingMade = (asked: AskedPath, points: number): Goal => ({
  id: 'nothing-made',
  asks: 'where the policy is missing on the node, nothing is made in its place',
  points,
  judge: seen => {
    const { mount, volume } = seen.paths.find(({ role }) => role === 'policy')?.resolved ?? {}
    if (!mount || !volume) return fileShortfall(seen, asked)
    // of a directory that is mounted nothing is made within
    if (mount.path !== asked.container) return null
    if (mount.subPath !== undefined)
      return {
        code: 'sub-path',
        found: `a directory is made of the subPath ${mount.subPath}`,
        ...atMount(seen, mount.index)
      }
    const made = MADE[volume.type]
    return made
      ? { code: made.code, found: `the volume ${volume.name ?? ''} ${made.found}`, ...atVolume(seen, volume.index) }
      : null
  }
})

const atVolume = ({ pod, node }: Seen, index: number): Pick<Shortfall, 'file' | 'line' | 'column'> => ({
  file: node.manifest.path,
  ...(pod ? positionOf(pod.source, ['spec', 'volumes', index]) : {})
})
