import { listAt, stringAt } from '../text/guard.ts'
import type { Path } from '../text/locate.ts'
import type { Finding } from '../finding.ts'
import type { JudgedContainer, JudgedPod } from './judge-pod.ts'
import { knownImage } from './images/known-images.ts'
import { editsIn } from './fixes.ts'
import type { RequirementCode } from './requirements.ts'
import { wordsOf } from './subject.ts'
import type { WritableVolume } from './writable-volumes.ts'

/** A remark about a patch, with the place that it is about. */
export type Reminder = Pick<Finding, 'code' | 'severity' | 'message' | 'remediation'> & { readonly path: Path }

/** What somebody has to think of who applies a patch: what no edit of a manifest can decide. */
export const reminders = ({ containers, pod }: JudgedPod, volumes: readonly WritableVolume[]): Reminder[] =>
  containers.flatMap(({ subject, paths, unmet }) => {
    const own = volumes.filter(each => each.subject === subject)
    const { container } = subject
    const image = stringAt(container.data, 'image') ?? ''
    const words = wordsOf(container)
    const isMadeReadOnly = isMended(unmet, 'read-only-root-filesystem')
    const isPatched = isMadeReadOnly || own.length > 0
    const before = listAt(pod.workload.spec, 'volumes').length
    const volumePath = (volume: WritableVolume): Path => [
      ...pod.workload.specPath,
      'volumes',
      before + volumes.indexOf(volume)
    ]
    return [
      ...(isMadeReadOnly && paths.isUnknown ? [unknownWrites(words, image, container.path)] : []),
      ...paths.byHand.map(done => changedByHand(words, done, container.path)),
      ...(isMadeReadOnly ? lowPort(unmet, image, words, container.path) : []),
      ...own.filter(({ keeps }) => keeps).map(each => lost(each, volumePath(each))),
      ...own.filter(({ grows, keeps }) => grows && !keeps).map(each => endless(each, volumePath(each))),
      ...own.filter(({ medium }) => medium === 'Memory').map(each => small(each, volumePath(each))),
      ...noteOf(image, isPatched, container.path)
    ]
  })

const isMended = (unmet: JudgedContainer['unmet'], code: RequirementCode): boolean =>
  unmet.some(({ requirement, fix }) => requirement.code === code && editsIn(fix).length > 0)

const unknownWrites = (words: string, image: string, path: Path): Reminder => ({
  code: 'unknown-writes',
  severity: 'warning',
  path,
  message: `${words}: what ${image || 'its image'} writes is not known; that it is no more than /tmp and its volumes is a guess`,
  remediation:
    'run it once under strace -f -y -o trace.txt and give --from-strace trace.txt, or name the directories with --writable'
})

const changedByHand = (words: string, done: string, path: Path): Reminder => ({
  code: 'changed-by-hand',
  severity: 'warning',
  path,
  message: `${words} was changed by hand (${done}): where its root file system is read-only nobody can`,
  remediation: 'find out who did it and why; what is needed belongs into the image'
})

const lowPort = (unmet: JudgedContainer['unmet'], image: string, words: string, path: Path): Reminder[] => {
  const port = knownImage(image)?.lowPort
  if (port === undefined || !isMended(unmet, 'run-as-non-root')) return []
  return [
    {
      code: 'low-port',
      severity: 'warning',
      path,
      message: `${words} listens on port ${port}, which not every node lets a user other than root do`,
      remediation: 'let it listen on a port above 1023, or set the sysctl net.ipv4.ip_unprivileged_port_start'
    }
  ]
}

const lost = ({ name, path, because }: WritableVolume, at: Path): Reminder => ({
  code: 'lost-with-pod',
  severity: 'info',
  path: at,
  message: `${path} (${because}) is an emptyDir now: what is in it ends with the pod, as it did before`,
  remediation: `put a PersistentVolumeClaim in the place of the volume ${name} to keep it`
})

const endless = ({ name, path }: WritableVolume, at: Path): Reminder => ({
  code: 'no-size-limit',
  severity: 'info',
  path: at,
  message: `${path} may grow until the disk of the node is full`,
  remediation: `give the volume ${name} a sizeLimit: a pod that exceeds it is evicted, and not its neighbours`
})

const small = ({ name, path }: WritableVolume, at: Path): Reminder => ({
  code: 'memory-medium',
  severity: 'info',
  path: at,
  message: `${path} holds little, such as sockets and PIDs, and need not be on the disk of the node`,
  remediation: `give the volume ${name} medium: Memory; it then counts as memory of the container`
})

const noteOf = (image: string, isPatched: boolean, path: Path): Reminder[] => {
  const note = isPatched ? knownImage(image)?.note : undefined
  return note === undefined ? [] : [{ code: 'image-note', severity: 'info', path, message: `${image}: ${note}` }]
}
