import { listAt, recordAt } from '../../text/guard.ts'
import type { Requirement } from '../requirement.ts'
import { type ContainerSubject, wordsOf } from '../subject.ts'

// each of them is a way round a read-only root file system, or into the node: capabilities(7)
const GRAVE = new Set(['ALL', 'SYS_ADMIN', 'SYS_MODULE', 'SYS_RAWIO', 'SYS_PTRACE', 'DAC_READ_SEARCH', 'BPF'])

/** The names of a list of capabilities, without CAP_ and in capitals. */
const capabilities = ({ securityContext }: ContainerSubject, list: 'add' | 'drop'): string[] =>
  listAt(recordAt(securityContext, 'capabilities'), list).flatMap(each =>
    typeof each === 'string' ? [each.toUpperCase().replace(/^CAP_/, '')] : []
  )

/** True when the container drops every capability, as the Pod Security Standards want it written. */
export const dropsAll = ({ securityContext }: Pick<ContainerSubject, 'securityContext'>): boolean =>
  listAt(recordAt(securityContext, 'capabilities'), 'drop').includes('ALL')

/** What capabilities a container may have. */
export const CAPABILITY_REQUIREMENTS = [
  {
    code: 'added-capabilities',
    severity: 'error',
    about: 'container',
    what: 'capabilities.add holds nothing but NET_BIND_SERVICE',
    why: 'a capability may undo the read-only root file system: with SYS_ADMIN it is mounted anew, writable',
    judge: subject => {
      const added = capabilities(subject, 'add').filter(each => each !== 'NET_BIND_SERVICE')
      const grave = added.filter(each => GRAVE.has(each))
      if (added.length === 0) return []
      const what = grave.length > 0 ? `, and ${grave.join(', ')} can undo a read-only root or reach the node` : ''
      return [
        {
          path: [...subject.contextPath, 'capabilities', 'add'],
          severity: grave.length > 0 ? 'error' : 'warning',
          message: `${wordsOf(subject.container)} has more capabilities than programs get: ${added.join(', ')}${what}`,
          remediation: 'take out what it does not need; where it needs one, say why in an annotation'
        }
      ]
    }
  },
  {
    code: 'drop-all-capabilities',
    severity: 'warning',
    about: 'container',
    what: 'capabilities.drop: [ALL]',
    why: 'a container gets about 14 capabilities unasked, such as to change the owner of files and to make device nodes',
    judge: subject =>
      dropsAll(subject)
        ? []
        : [
            {
              path: [...subject.contextPath, 'capabilities', 'drop'],
              message: `${wordsOf(subject.container)} keeps the capabilities that the container runtime gives unasked: capabilities.drop does not hold ALL`,
              remediation: 'set capabilities.drop: [ALL], and add what it needs'
            }
          ]
  }
] as const satisfies readonly Requirement[]
