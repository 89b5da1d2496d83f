import type { NodeFacts } from '../facts/node.ts'
import { type HostPath, hostPath, parentOf } from '../paths.ts'
import { atWord, startFault } from './fault.ts'
import { seenAt } from './seen.ts'
import { type Phase, serverFiles } from './server-files.ts'
import type { StartFault } from './start-fault.ts'

const ENDS = 'kube-apiserver ends at its start'

/** Certificates, keys and other files of flags that are not there, of those that are read in one phase of the start. */
export const serverFilesGate =
  (phase: Phase) =>
  (facts: NodeFacts): StartFault[] => {
    const { pod } = facts.manifest
    const files = pod ? serverFiles(pod).filter(file => file.phase === phase) : []
    return files.flatMap(({ flag, container, missing }): StartFault[] => {
      if (!pod) return []
      const seen = seenAt(facts, pod, container)
      const place = atWord(pod, flag.words[0])
      if (seen.kind === 'not-mounted') {
        const message = `--${flag.name} names ${container}, which no mount shows to kube-apiserver: ${ENDS}`
        const remediation = `mount the directory that holds ${container}`
        return [startFault('server', { code: 'flag-file-not-mounted', message, printed: missing, remediation }, place)]
      }
      if (seen.kind !== 'absent') return []
      const isHidden = facts.paths.get(hostPath(container))?.kind === 'file'
      if (!isHidden && !isWholeNode(facts, seen.host)) return []
      const { written } = seen.resolved.mount
      const where = isHidden ? `the mount ${written} shows another directory of the host` : `${seen.host} is not there`
      const message = `--${flag.name} names ${container}, and ${where}: ${ENDS}`
      const remediation = isHidden
        ? `mend the mount ${written} or its volume`
        : `put ${seen.host} back, or mend the path in the flag`
      return [startFault('server', { code: 'flag-file-missing', message, printed: missing, remediation }, place)]
    })
  }

// of a copy of a node that holds no certificates at all it is not said that each is missing
const isWholeNode = ({ isLive, paths }: NodeFacts, host: HostPath): boolean =>
  isLive || [...paths.values()].some(fact => fact.kind === 'file' && parentOf(fact.path) === parentOf(host))
