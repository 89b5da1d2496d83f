import { neededPaths } from '../needed-paths.ts'
import { NOTHING_KNOWN } from '../patch-options.ts'
import type { Requirement } from '../requirement.ts'
import { wordsOf } from '../subject.ts'

/** What a read-only root file system takes from a program that is known to write. */
export const PATH_REQUIREMENTS = [
  {
    code: 'unwritable-path',
    severity: 'warning',
    about: 'container',
    what: 'a volume wherever the program writes',
    why: 'a program that cannot write what it has to does not start, or fails later',
    judge: subject => {
      const { needed } = neededPaths(subject, NOTHING_KNOWN)
      return subject.securityContext.readOnlyRootFilesystem === true && needed.length > 0
        ? [
            {
              path: [...subject.container.path, 'volumeMounts'],
              message: `${wordsOf(subject.container)} cannot write ${needed.map(({ path }) => path).join(', ')}, and its program does: the root file system is read-only`,
              remediation: 'mount an emptyDir there'
            }
          ]
        : []
    }
  }
] as const satisfies readonly Requirement[]
