import { DEFAULT_MANIFEST } from '../../facts/kubelet.ts'
import { fileGoal } from '../goals/audit-goals.ts'
import type { Drill } from '../drill.ts'
import { swap } from '../edit.ts'
import { auditSettingsStay, fileStays, nodeKeeps, stillStarts } from '../goals/keeps.ts'
import { auditedNodeOf, mountText, volumeText } from './audited-node.ts'

export const b08: Drill = {
  id: 'b08',
  title: 'The log that stopped when it was full',
  family: 'repair',
  minutes: 8,
  points: 6,
  lesson:
    'What is mounted cannot be renamed, and renaming is what rotation does. Mount the directory of a log, never the log.',
  make: pick => {
    const megabytes = pick.number(1, 2)
    const flags = {
      'audit-log-maxage': String(pick.number(7, 60)),
      'audit-log-maxbackup': String(pick.number(2, 12)),
      'audit-log-maxsize': String(megabytes)
    }
    const { manifest, log, logDirectory, policyFile, logFile, parts, broken } = auditedNodeOf(pick, flags)
    const type = pick.one(['File', 'FileOrCreate', undefined])
    const single = swap(manifest, parts.logVolume, volumeText(log, 'audit-log', type))
    const events = fullLog(megabytes * 1024 ** 2)
    const start = broken(swap(single, parts.logMount, mountText(log, 'audit-log')), { [log]: events })
    return {
      task: [
        `kube-apiserver runs, and has recorded events for some days. Then the log reached the size at which a new one is to be begun (${megabytes} MB). Since then nothing is recorded: the file grows no more, and there is no second one.`,
        { 'audit log': log, 'megabytes at which it is full': String(megabytes) },
        'See to it that kube-apiserver can put a full log aside and begin a new one, on the node. The settings of the log stay as they are, and so do the events that have been recorded.'
      ],
      start,
      solution: new Map([[DEFAULT_MANIFEST, manifest]]),
      goals: [fileGoal(logFile, 100)],
      keeps: [
        ...nodeKeeps(broken(manifest, { [log]: events }), []),
        fileStays(policyFile),
        auditSettingsStay(start, ['audit-log-path']),
        stillStarts
      ],
      hints: [
        'What does kube-apiserver do with a log that is full? It gives it another name in the same directory. Whose directory is that, as kube-apiserver sees it?',
        'A file that is a mount point itself cannot be renamed: the kernel says "device or resource busy".',
        'Mount what the log lies in, not the log. The type of the volume has to fit.',
        `volumeMounts: mountPath ${logDirectory}; volumes: hostPath.path ${logDirectory}, type: DirectoryOrCreate.`
      ]
    }
  }
}

// as full as it gets: the next event would not fit
const fullLog = (bytes: number): string => {
  const event = (index: number): string =>
    `${JSON.stringify({
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: 'Metadata',
      auditID: `5b1c7a52-0000-4000-8000-${String(index).padStart(12, '0')}`,
      stage: 'ResponseComplete',
      requestURI: '/api/v1/namespaces/kube-system/configmaps/kubeadm-config',
      verb: 'get',
      user: { username: 'system:kube-controller-manager', groups: ['system:authenticated'] },
      sourceIPs: ['127.0.0.1'],
      objectRef: { resource: 'configmaps', namespace: 'kube-system', name: 'kubeadm-config', apiVersion: 'v1' },
      responseStatus: { metadata: {}, code: 200 },
      requestReceivedTimestamp: timeOf(index),
      stageTimestamp: timeOf(index)
    })}\n`
  const count = Math.floor(bytes / event(0).length)
  return Array.from({ length: count }, (_, index) => event(index)).join('')
}

const timeOf = (index: number): string =>
  new Date(Date.UTC(2026, 9, 12) + index * 97_000).toISOString().replace('Z', '000Z')
