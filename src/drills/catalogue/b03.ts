import { DEFAULT_MANIFEST } from '../../facts/kubelet.ts'
import { fileGoal } from '../goals/audit-goals.ts'
import type { Drill } from '../drill.ts'
import { swap, without } from '../edit.ts'
import { fileStays, nodeKeeps, stillStarts } from '../goals/keeps.ts'
import { auditedNodeOf, mountText } from './audited-node.ts'

export const b03: Drill = {
  id: 'b03',
  title: 'The log that is gone after each restart',
  family: 'repair',
  minutes: 6,
  points: 5,
  lesson:
    'A log that no mount covers is written all the same, inside the container, and goes with it. That kube-apiserver runs proves nothing about the log.',
  make: pick => {
    const { tree, manifest, log, logDirectory, policyFile, logFile, parts, broken } = auditedNodeOf(pick)
    const beside = pick.one(['/var/log/audit', '/var/log/kubernetes-audit', '/var/lib/audit', '/audit'])
    const start = broken(
      pick.one([
        () => without(manifest, parts.logMount, parts.logVolume),
        () => without(manifest, parts.logMount),
        () => swap(manifest, parts.logMount, mountText(beside, 'audit-log')),
        () => swap(manifest, parts.logVolume, '  - emptyDir: {}\n    name: audit-log\n')
      ])()
    )
    return {
      task: [
        'kube-apiserver runs, its policy is in use, and its log file is named. But on the node no log is found, and after each start of the container the events from before are gone.',
        { 'audit log': log },
        'See to it that the log is written to that path on the node; the path in the container is the same. kube-apiserver has to start still, and the policy stays in use.'
      ],
      start,
      solution: new Map([[DEFAULT_MANIFEST, manifest]]),
      goals: [fileGoal(logFile, 100)],
      keeps: [...nodeKeeps(tree, []), fileStays(policyFile), stillStarts],
      hints: [
        `Whose file system is ${logDirectory} when kube-apiserver writes to it?`,
        'What no volumeMount covers lies in the container, and goes with it; so does what lies in an emptyDir once its pod is gone.',
        'A log is renamed when it is full: mount its directory, not the file, and let it be written to. The directory need not be there: one type of hostPath makes it.',
        `volumeMounts: mountPath ${logDirectory}; volumes: hostPath.path ${logDirectory}, type: DirectoryOrCreate, under the same name.`
      ]
    }
  }
}
