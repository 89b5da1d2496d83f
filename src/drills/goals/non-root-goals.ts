import { forbiddenDetail, podSecurity } from '../../immutability/pod-security/pod-security.ts'
import { type ContainerSubject, wordsOf } from '../../immutability/subject.ts'
import { listAt, recordAt, stringAt } from '../../text/guard.ts'
import type { Path } from '../../text/locate.ts'
import type { Shortfall } from '../drill.ts'
import { type FiledWorkload, shortfallAt } from './workload-file.ts'

type Fault = { readonly path: Path; readonly code: string; readonly found: string }

/** The first fault of a container, in the order in which they start; null where none has one. */
const firstFault = (found: FiledWorkload, judge: (subject: ContainerSubject) => Fault | null): Shortfall | null => {
  for (const subject of found.pod.containers) {
    const fault = judge(subject)
    if (fault) return shortfallAt(found, fault.path, fault.code, `the ${wordsOf(subject.container)} ${fault.found}`)
  }
  return null
}

/** The first container that does not run as a user, or does not say that it is not root; null where there is none. */
export const otherUser = (found: FiledWorkload, uid: number): Shortfall | null =>
  firstFault(found, ({ runAs, contextPath, securityContext }) => {
    const pods = recordAt(found.workload.spec, 'securityContext')
    const isOwnUser = typeof securityContext.runAsUser === 'number' && pods.runAsUser === uid
    if (runAs.uid === undefined)
      return {
        path: contextPath,
        code: runAs.isNonRoot === true ? 'no-uid' : 'root',
        found: `runs as the image's user, which is root${runAs.isNonRoot === true ? ': the kubelet does not start it (CreateContainerConfigError)' : ''}`
      }
    if (runAs.uid !== uid)
      return {
        path: runAs.uidPath,
        code: isOwnUser ? 'overridden' : runAs.uid === 0 ? 'root' : 'other-uid',
        found: `runs as the user ${runAs.uid}${isOwnUser ? ': what it says itself counts before what its pod says' : ''}`
      }
    if (runAs.isNonRoot === true) return null
    const path = [...contextPath, 'runAsNonRoot']
    return pods.runAsNonRoot === true
      ? { path, code: 'overridden', found: 'says itself that it may be root, which counts before what its pod says' }
      : { path, code: 'non-root-unset', found: 'is not kept from running as root: runAsNonRoot is not true' }
  })

/** The first container that can gain privileges; null where there is none. */
export const escalating = (found: FiledWorkload): Shortfall | null =>
  firstFault(found, ({ securityContext, contextPath }) =>
    securityContext.allowPrivilegeEscalation === false
      ? null
      : {
          path: [...contextPath, 'allowPrivilegeEscalation'],
          code: 'escalation',
          found: 'may gain privileges: allowPrivilegeEscalation is not false'
        }
  )

/** The first container with more or fewer capabilities than asked for, by its name; null where there is none. */
export const otherCapabilities = (
  found: FiledWorkload,
  asked: Readonly<Record<string, readonly string[]>>
): Shortfall | null =>
  firstFault(found, ({ container, securityContext, contextPath }) => {
    const path = [...contextPath, 'capabilities']
    const capabilities = recordAt(securityContext, 'capabilities')
    const [drop, add] = [listAt(capabilities, 'drop'), listAt(capabilities, 'add')]
    const wanted = asked[container.name] ?? []
    if (!drop.includes('ALL')) {
      const isNearly = drop.some(each => /^(cap_)?all$/i.test(String(each)))
      return {
        path,
        code: 'not-dropped',
        found: `keeps capabilities${isNearly ? ': the word is ALL' : ': drop has no ALL'}`
      }
    }
    const misnamed = add.find(
      each => wanted.includes(String(each).toUpperCase().replace(/^CAP_/, '')) && !wanted.includes(String(each))
    )
    if (misnamed !== undefined)
      return {
        path,
        code: 'capability-name',
        found: `adds ${String(misnamed)}: Kubernetes writes them in capitals without CAP_`
      }
    const more = add.find(each => !wanted.includes(String(each)))
    if (more !== undefined) return { path, code: 'capability-added', found: `adds ${String(more)}` }
    const lost = wanted.find(each => !add.includes(each))
    return lost === undefined ? null : { path, code: 'capability-lost', found: `has lost ${lost}` }
  })

/** The first container whose seccomp profile is not that of the runtime; null where there is none. */
export const otherSeccomp = (found: FiledWorkload): Shortfall | null =>
  firstFault(found, ({ securityContext, contextPath }) => {
    const [own, pods] = [securityContext, recordAt(found.workload.spec, 'securityContext')].map(each =>
      stringAt(recordAt(each, 'seccompProfile'), 'type')
    )
    const type = own ?? pods
    const path = [...contextPath, 'seccompProfile']
    if (type === 'RuntimeDefault') return null
    if (type === undefined) return { path, code: 'no-seccomp', found: 'has no seccomp profile' }
    const isOverridden = own !== undefined && pods === 'RuntimeDefault'
    return {
      path,
      code: isOverridden ? 'overridden' : 'other-seccomp',
      found: `has the seccomp profile ${type}${isOverridden ? ': what it says itself counts before what its pod says' : ''}`
    }
  })

/** What the level restricted of the Pod Security Standards forbids in a workload's pods; null where it admits them. */
export const notRestricted = (found: FiledWorkload): Shortfall | null => {
  const { workload } = found
  const { level, violations } = podSecurity({ metadata: workload.podMetadata, spec: workload.spec })
  if (level === 'restricted') return null
  const detail = forbiddenDetail(violations.filter(each => each.level === 'restricted'))
  return shortfallAt(found, workload.specPath, 'not-restricted', `violates PodSecurity "restricted:latest": ${detail}`)
}
