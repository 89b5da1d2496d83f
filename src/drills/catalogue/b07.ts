import { isDeepStrictEqual } from 'node:util'
import { AuditError } from '../../errors.ts'
import { DEFAULT_MANIFEST, DEFAULT_MANIFESTS } from '../../facts/kubelet.ts'
import { hostPath, type HostPath, nameOf } from '../../paths.ts'
import { valueOf } from '../../text/edit.ts'
import { parseSource } from '../../text/source.ts'
import { startsGoal } from '../goals/audit-goals.ts'
import type { Drill, Goal } from '../drill.ts'
import { auditSettingsStay, fileStays, nodeKeeps } from '../goals/keeps.ts'
import { audited } from '../node.ts'
import { auditedNodeOf } from './audited-node.ts'
import { rotationOf } from './rotation.ts'

const COPIES = [
  'kube-apiserver.yaml.bak',
  'kube-apiserver.yaml.orig',
  'kube-apiserver.yaml~',
  'kube-apiserver.yml',
  'old-kube-apiserver.yaml'
] as const

export const b07: Drill = {
  id: 'b07',
  title: 'The change that changes nothing',
  family: 'repair',
  minutes: 5,
  points: 5,
  lesson:
    "The kubelet reads every file of its manifests' directory whose name has no dot in front, whatever it ends in. Copies belong elsewhere.",
  make: pick => {
    const rotation = rotationOf(pick)
    const { manifest, stock, policy, log, policyFile, logFile, broken } = auditedNodeOf(pick, rotation)
    const copy = hostPath(`${DEFAULT_MANIFESTS}/${pick.one(COPIES)}`)
    const kept = hostPath(`${pick.one(['/root', '/root/backup', '/var/backups'])}/kube-apiserver.before-audit.yaml`)
    const before = pick.one([stock, audited(stock, { policyPath: policy, logPath: '-' })])
    const start = broken(manifest, { [copy]: before })
    return {
      task: [
        'kube-apiserver.yaml is right: it was edited yesterday, and switches auditing on. kube-apiserver runs; but whatever is changed in that file, it goes on as before, and the audit log named there stays empty.',
        { 'audit policy': policy, 'audit log': log },
        'Find out why, and let kube-apiserver run by kube-apiserver.yaml. The configuration from before has to be kept, unchanged, in this file:',
        { 'configuration from before': kept }
      ],
      start,
      solution: new Map([
        [copy, null],
        [kept, before]
      ]),
      goals: [onlyManifest(60), keptGoal(kept, before, 40)],
      keeps: [...nodeKeeps(start, [copy]), fileStays(policyFile), fileStays(logFile), auditSettingsStay(start, [])],
      hints: [
        `List ${DEFAULT_MANIFESTS}, and ask of each file who reads it.`,
        'The kubelet reads every file of that directory whose name does not begin with a dot, whatever it ends in. https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/',
        'Of two files with a pod of the same name only one counts, and it is not always the one that is meant. A copy belongs into another directory, whatever it is called.',
        `mv ${copy} ${kept}`
      ]
    }
  }
}

const onlyManifest = (points: number): Goal => {
  const { judge } = startsGoal(points)
  return {
    id: 'one-manifest',
    asks: `kube-apiserver runs by ${DEFAULT_MANIFEST}, and by no other file`,
    points,
    judge: seen => {
      const { node } = seen
      const other = (node.entries ?? []).find(
        ({ path, file }) => path !== node.manifest.path && file?.pod && file.pod.name === seen.pod?.name
      )
      return other
        ? {
            code: 'stray-pod',
            found: `the kubelet finds a pod of the name ${other.file?.pod?.name ?? ''} in ${nameOf(other.path)} too`,
            file: other.path
          }
        : judge(seen)
    }
  }
}

const keptGoal = (kept: HostPath, before: string, points: number): Goal => ({
  id: 'kept',
  asks: `the configuration from before is kept in ${kept}`,
  points,
  judge: seen => {
    const text = seen.text(kept)
    if (text === null) return { code: 'copy-missing', found: `there is no file ${kept}`, file: kept }
    return isDeepStrictEqual(dataOf(text, kept), dataOf(before, kept))
      ? null
      : { code: 'copy-changed', found: `${kept} is not what was there before`, file: kept }
  }
})

const dataOf = (text: string, path: HostPath): unknown => {
  try {
    return valueOf(parseSource(text, path, 'kubernetes'))
  } catch (error) {
    if (!(error instanceof AuditError)) throw error
    return undefined
  }
}
