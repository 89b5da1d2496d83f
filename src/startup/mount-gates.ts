import type { NodeFacts } from '../facts/node.ts'
import { kubeletFaults } from '../manifest/kubelet-faults.ts'
import { mountedVolumes } from '../manifest/container-faults.ts'
import type { PathFact } from '../facts/path-fact.ts'
import { auditPaths } from '../plan/audit-paths.ts'
import type { Pod } from '../pod/pod.ts'
import type { Volume } from '../pod/volumes.ts'
import { stringAt, valueAt } from '../text/guard.ts'
import { APPLY, atPath, startFault } from './fault.ts'
import type { StartFault } from './start-fault.ts'

/** What a hostPath's type wants, in the kubelet's words: pkg/volume/hostpath/host_path.go, checkTypeInternal. */
const WANTED = {
  File: 'a file',
  FileOrCreate: 'a file',
  Directory: 'a directory',
  DirectoryOrCreate: 'a directory',
  Socket: 'a socket file',
  CharDevice: 'a character device',
  BlockDevice: 'a block device'
} as const satisfies Readonly<Record<string, string>>

const isType = (type: string): type is keyof typeof WANTED => Object.hasOwn(WANTED, type)

/** Host paths that are not there or not of the kind that their volume's type asks for: the kubelet starts no container. */
export const hostPathGate = (facts: NodeFacts): StartFault[] => {
  const { pod } = facts.manifest
  if (!pod || kubeletFaults(pod.source, pod.data).length > 0) return []
  const used = mountedVolumes(pod.data)
  return pod.volumes.flatMap(volume => {
    const fact = volume.hostPath === undefined ? undefined : facts.paths.get(volume.hostPath)
    return fact && used.has(volume.name ?? '') && isType(volume.type) ? faultOf(pod, volume, volume.type, fact) : []
  })
}

const faultOf = (pod: Pod, volume: Volume, type: keyof typeof WANTED, fact: PathFact): StartFault[] => {
  const wanted = WANTED[type]
  const isMade = type.endsWith('OrCreate') && fact.kind === 'absent'
  const isFile = type.startsWith('File')
  if (isMade && (!isFile || fact.missing.length === 0)) return []
  // sockets and devices cannot be told apart here
  const isRight = fact.kind === (isFile ? 'file' : type.startsWith('Directory') ? 'directory' : 'other')
  if (isRight) return []
  const path = ['spec', 'volumes', volume.index, 'hostPath']
  const written = stringAt(valueAt(pod.data, path), 'path') ?? fact.path
  const found = fact.kind === 'absent' ? `${written} is not there` : `${written} is ${describe(fact.kind)}`
  return [
    startFault(
      'mount',
      {
        code: codeOf(pod, volume, fact),
        message: isMade
          ? `${written} cannot be made, as its directory is not there: the kubelet starts no container for kube-apiserver`
          : `${found}, and the volume ${volume.name ?? ''} is of type ${type}: the kubelet starts no container for kube-apiserver`,
        printed: isMade
          ? `open ${written}: no such file or directory`
          : `hostPath type check failed: ${written} is not ${wanted}`,
        remediation: remedyOf(pod, volume, fact, wanted)
      },
      atPath(pod, path)
    )
  ]
}

const describe = (kind: PathFact['kind']): string =>
  kind === 'other' ? 'neither a file nor a directory' : kind === 'file' ? 'a file' : 'a directory'

const roleOf = (pod: Pod, volume: Volume): 'policy' | 'log' | 'webhook' | undefined =>
  auditPaths(pod).find(({ resolved }) => resolved?.volume === volume)?.role

const codeOf = (pod: Pod, volume: Volume, fact: PathFact): string => {
  const role = roleOf(pod, volume)
  const isOwn = auditPaths(pod).some(({ resolved, role: each }) => each === role && resolved?.host === volume.hostPath)
  if (fact.kind !== 'absent') return 'hostpath-wrong-kind'
  if (role === 'log') return 'log-directory-missing'
  return role !== undefined && isOwn ? `${role}-missing` : 'hostpath-missing'
}

const remedyOf = (pod: Pod, volume: Volume, { kind }: PathFact, wanted: string): string => {
  const role = roleOf(pod, volume)
  if (role === 'log') return APPLY
  if (role !== undefined && kind === 'directory')
    return `rmdir it, then put the file back${role === 'policy' ? ' (auditpatch apply writes a policy)' : ''}`
  if (role === 'webhook' && kind === 'absent')
    return 'write the kubeconfig there, as with auditpatch apply --webhook-config FILE'
  if (role === 'policy' && kind === 'absent') return `${APPLY}: it writes a policy there`
  return kind === 'absent' ? `make ${wanted} there` : `put ${wanted} there, or write the type of what is there`
}
