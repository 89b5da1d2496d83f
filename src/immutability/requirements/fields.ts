import { recordAt, type Unknown } from '../../text/guard.ts'
import type { Path } from '../../text/locate.ts'
import type { Requirement, Shortfall } from '../requirement.ts'
import type { PodSubject } from '../subject.ts'

const OF_CONTAINERS = ['readOnlyRootFilesystem', 'privileged', 'allowPrivilegeEscalation', 'capabilities']
const OF_PODS_TOO = ['runAsNonRoot', 'runAsUser']
const RARE = ['runAsGroup', 'procMount', 'seccompProfile']

const strays = (owner: Unknown, path: Path, fields: readonly string[], home: string): Shortfall[] =>
  fields
    .filter(field => (owner[field] ?? null) !== null)
    .map(field => ({
      path: [...path, field],
      message: `${field} has no meaning here: the API server drops it, without a word where nobody asks for validation`,
      remediation: `move it into ${home}`
    }))

const OF_A_CONTAINER = 'the securityContext of each container'

/** Settings that stand where there is no such field. https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#podsecuritycontext-v1-core */
export const FIELD_REQUIREMENTS = [
  {
    code: 'misplaced-field',
    severity: 'warning',
    about: 'pod',
    what: 'settings where the API has them',
    why: 'a setting at the wrong place looks right and does nothing',
    judge: ({ workload, containers }: PodSubject) => {
      const { spec, specPath } = workload
      const context = recordAt(spec, 'securityContext')
      return [
        ...strays(spec, specPath, [...OF_CONTAINERS, ...OF_PODS_TOO], 'a securityContext'),
        ...strays(context, [...specPath, 'securityContext'], [...OF_CONTAINERS, 'procMount'], OF_A_CONTAINER),
        ...containers.flatMap(({ container }) =>
          strays(
            container.data,
            container.path,
            [...OF_CONTAINERS, ...OF_PODS_TOO, ...RARE],
            'its securityContext'
          ).map(shortfall => ({ ...shortfall, container: container.name }))
        )
      ]
    }
  }
] as const satisfies readonly Requirement[]
