import { formatPath } from '../../text/locate.ts'
import type { Requirement } from '../requirement.ts'
import { type ContainerSubject, wordsOf } from '../subject.ts'

/** What a container's own securityContext has to say; as whom it runs may also be said by the pod's. */
export const SECURITY_CONTEXT_REQUIREMENTS = [
  {
    code: 'read-only-root-filesystem',
    severity: 'error',
    about: 'container',
    what: 'securityContext.readOnlyRootFilesystem: true',
    why: 'who gets into a container whose root file system can be written puts programs there and runs them',
    judge: subject =>
      subject.securityContext.readOnlyRootFilesystem === true
        ? []
        : [
            {
              path: [...subject.contextPath, 'readOnlyRootFilesystem'],
              message: `${wordsOf(subject.container)} can change its own programs and files: readOnlyRootFilesystem is ${asWritten(subject, 'readOnlyRootFilesystem')}`,
              remediation: 'set readOnlyRootFilesystem: true, and mount an emptyDir on what it has to write'
            }
          ]
  },
  {
    code: 'privileged',
    severity: 'error',
    about: 'container',
    what: 'securityContext.privileged not true',
    why: 'a privileged container can mount its root file system anew, writable, and reaches every device of the node',
    judge: subject =>
      subject.securityContext.privileged === true
        ? [
            {
              path: [...subject.contextPath, 'privileged'],
              message: `${wordsOf(subject.container)} is privileged: it can undo every other setting, and owns the node`,
              remediation: 'take privileged out; add the one capability that it needs, if any'
            }
          ]
        : []
  },
  {
    code: 'privilege-escalation',
    severity: 'error',
    since: '1.8',
    about: 'container',
    what: 'securityContext.allowPrivilegeEscalation: false',
    why: 'a setuid program gives a process more rights than the container was started with',
    judge: subject =>
      subject.securityContext.allowPrivilegeEscalation === false
        ? []
        : [
            {
              path: [...subject.contextPath, 'allowPrivilegeEscalation'],
              message: `${wordsOf(subject.container)} can gain privileges, as by a setuid program: allowPrivilegeEscalation is ${asWritten(subject, 'allowPrivilegeEscalation')}`,
              remediation: 'set allowPrivilegeEscalation: false'
            }
          ]
  },
  {
    code: 'run-as-non-root',
    severity: 'error',
    about: 'container',
    what: 'runAsNonRoot: true, or a runAsUser other than 0',
    why: 'root in a container may write every file that a mount leaves writable, and a way out of it is root on the node',
    judge: subject => {
      const { uid, hasUid, isNonRoot, uidPath } = subject.runAs
      if (uid === 0)
        return [
          {
            path: uidPath,
            message: `${wordsOf(subject.container)} runs as root: ${formatPath(uidPath.slice(-2))} is 0`,
            remediation: "set runAsUser to the number of the image's own user, and runAsNonRoot: true"
          }
        ]
      return hasUid || isNonRoot
        ? []
        : [
            {
              path: [...subject.contextPath, 'runAsNonRoot'],
              message: `${wordsOf(subject.container)} may run as root: neither runAsNonRoot: true nor a runAsUser is set`,
              remediation:
                "set runAsNonRoot: true; where the image's user is root or a name, runAsUser with a number too"
            }
          ]
    }
  }
] as const satisfies readonly Requirement[]

const asWritten = ({ securityContext }: ContainerSubject, field: string): string => {
  const value = securityContext[field]
  return value === undefined || value === null ? 'not set' : JSON.stringify(value).slice(0, 40)
}
