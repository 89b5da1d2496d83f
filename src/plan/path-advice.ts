import type { Finding } from '../finding.ts'
import { nearMountedPath } from '../pod/near-mount.ts'
import type { Pod } from '../pod/pod.ts'
import { formatPath, positionOf } from '../text/locate.ts'
import { auditPaths } from './audit-paths.ts'

/**
 * A warning for each file that an audit flag names, no mount shows, and that differs in a letter or two from one that is
 * mounted: the flag is misspelt, most likely, and a plan for what it says would bring another file.
 */
export const misspeltPaths = (pod: Pod): Finding[] =>
  auditPaths(pod).flatMap(({ role, flag, container, resolved }): Finding[] => {
    const meant = role === 'log' || resolved ? undefined : nearMountedPath(pod, container)
    const word = pod.command.flags.findLast(({ name }) => name === flag)?.words[0]
    if (meant === undefined || !word) return []
    const path = [...word.list, word.index]
    return [
      {
        code: 'near-path',
        severity: 'warning',
        message: `--${flag} names ${container}, which no mount shows, but one shows ${meant}: is that meant?`,
        file: pod.source.file,
        ...positionOf(pod.source, path),
        field: formatPath(path),
        remediation: `correct the flag, or --${role}-path ${meant}`
      }
    ]
  })
