import type { Path } from '../../text/locate.ts'
import { stringAt } from '../../text/guard.ts'
import type { Requirement, Shortfall } from '../requirement.ts'
import { type PodSubject, type VolumeMount, wordsOf } from '../subject.ts'

const isSocket = ({ volume }: VolumeMount): boolean => {
  const path = stringAt(volume?.source, 'path') ?? ''
  return stringAt(volume?.source, 'type') === 'Socket' || /\.sock\/*$/.test(path)
}

const hostPathOf = ({ volume }: VolumeMount): string => stringAt(volume?.source, 'path') ?? ''

const ofPod = ({ workload }: PodSubject, field: string, message: string, remediation: string): Shortfall[] => {
  const path: Path = [...workload.specPath, field]
  return workload.spec[field] === true ? [{ path, message: `${message}: ${field} is true`, remediation }] : []
}

/** What of the node, and of its neighbours, a container must not reach. */
export const HOST_REQUIREMENTS = [
  {
    code: 'host-path',
    severity: 'error',
    about: 'container',
    what: 'no hostPath that can be written',
    why: "what is written to the node stays there when the container is gone, and other pods and the node's own programs may run it",
    judge: ({ container, mounts }) =>
      mounts
        .filter(mount => mount.volume?.kind === 'hostPath' && !mount.readOnly)
        .map(mount => ({
          path: [...container.path, 'volumeMounts', mount.index],
          message: `${wordsOf(container)} can write ${hostPathOf(mount)} of the node, at ${mount.written}`,
          remediation:
            'set readOnly: true if it only reads; an emptyDir or a PersistentVolumeClaim holds what it writes'
        }))
  },
  {
    code: 'host-socket',
    severity: 'error',
    about: 'container',
    what: 'no socket of the node',
    why: "a socket takes commands through a read-only mount too: the container runtime's starts any container",
    judge: ({ container, mounts }) =>
      mounts
        .filter(mount => mount.volume?.kind === 'hostPath' && mount.readOnly && isSocket(mount))
        .map(mount => ({
          path: [...container.path, 'volumeMounts', mount.index],
          message: `${wordsOf(container)} can command what listens on ${hostPathOf(mount)} of the node: readOnly does not hold that off`,
          remediation: 'take the mount out, or say in an annotation why it is needed'
        }))
  },
  {
    code: 'host-pid',
    severity: 'error',
    about: 'pod',
    what: 'hostPID not true',
    why: 'all processes of the node can be seen, and those of the same user be changed, their files too (/proc/PID/root)',
    judge: pod => ofPod(pod, 'hostPID', 'the pod sees every process of the node, and their files', 'take hostPID out')
  },
  {
    code: 'host-ipc',
    severity: 'warning',
    about: 'pod',
    what: 'hostIPC not true',
    why: 'memory that processes of the node share can be read and changed',
    judge: pod => ofPod(pod, 'hostIPC', 'the pod shares memory with processes of the node', 'take hostIPC out')
  },
  {
    code: 'host-network',
    severity: 'warning',
    about: 'pod',
    what: 'hostNetwork not true',
    why: 'no NetworkPolicy holds for it, so it can fetch what it likes, and it reaches what listens on the node alone',
    judge: pod =>
      ofPod(pod, 'hostNetwork', 'no NetworkPolicy holds for the pod, and it may fetch anything', 'take hostNetwork out')
  },
  {
    code: 'share-process-namespace',
    severity: 'warning',
    since: '1.12',
    about: 'pod',
    what: 'shareProcessNamespace not true',
    why: 'a container reaches the processes of the others, and their file systems (/proc/PID/root)',
    judge: pod =>
      ofPod(
        pod,
        'shareProcessNamespace',
        "the pod's containers reach each other's processes and files",
        'take shareProcessNamespace out'
      )
  }
] as const satisfies readonly Requirement[]
