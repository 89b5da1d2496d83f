import type { SyscallEvent } from '../../falco/syscall-source.ts'
import type { Pick } from '../pick.ts'

/** A pod with the one container that counts. */
export interface PodPlace {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  /** 12 hexadecimal digits. */
  readonly id: string
  readonly repository: string
  readonly tag: string
}

/** A process: in a pod, or with null on the node itself. */
export interface Process {
  readonly place: PodPlace | null
  readonly command: string
  readonly parent?: string
  readonly user?: { readonly name: string; readonly uid: number }
  readonly tty?: number
}

/** How a file is opened. */
export interface Opening {
  readonly type?: string
  readonly reads?: boolean
  readonly writes?: boolean
  /** The error where it is refused. */
  readonly error?: string
}

/** A container of a pod, with an id of the seed. */
export const podPlace = (pick: Pick, namespace: string, pod: string, container: string): PodPlace => ({
  ...{ namespace, pod, container },
  id: pick.hex(12),
  repository: `registry.example.com/${namespace}/${container}`,
  tag: `${pick.number(1, 9)}.${pick.number(0, 20)}.${pick.number(0, 9)}`
})

/** A program that starts. */
export const started = (process: Process): SyscallEvent => ({
  ...common(process, 'execve'),
  'evt.category': 'process',
  'evt.res': 'SUCCESS',
  'evt.rawres': 0,
  'evt.failed': 0
})

/** A file that is opened, or another call on it. */
export const opened = (process: Process, path: string, how: Opening = { reads: true }): SyscallEvent => {
  const { type = 'openat', reads = false, writes = false, error } = how
  const slash = path.lastIndexOf('/')
  return {
    ...common(process, type),
    'evt.category': 'file',
    'evt.is_open_read': String(reads),
    'evt.is_open_write': String(writes),
    'evt.res': error ?? 'SUCCESS',
    'evt.rawres': error === undefined ? 4 : -13,
    'evt.failed': String(error !== undefined),
    'fd.num': error === undefined ? 4 : -1,
    'fd.type': 'file',
    'fd.typechar': 'f',
    'fd.name': path,
    'fd.nameraw': path,
    'fd.directory': path.slice(0, slash) || '/',
    'fd.filename': path.slice(slash + 1),
    'fs.path.name': path,
    'fs.path.nameraw': path
  }
}

const ROOT = { name: 'root', uid: 0 }

const common = ({ place, command, parent = 'containerd-shim', user = ROOT, tty = 0 }: Process, type: string) => {
  const [program = '', ...rest] = command.split(' ')
  return {
    ...{ 'evt.source': 'syscall', 'evt.type': type, 'syscall.type': type, 'evt.dir': '<', 'evt.count': 1 },
    ...{ 'proc.name': program.slice(0, 15), 'proc.exe': program, 'proc.exepath': `/usr/bin/${program}` },
    ...{ 'proc.args': rest.join(' '), 'proc.cmdline': command, 'proc.exeline': command, 'proc.tty': tty },
    ...{ 'proc.pname': parent, 'proc.aname[1]': parent, 'proc.pcmdline': parent, 'proc.pid': 4711, 'proc.cwd': '/' },
    ...{ 'user.name': user.name, 'user.uid': user.uid, 'user.loginuid': -1, 'user.loginname': '<NA>' },
    ...containerFields(place)
  } satisfies SyscallEvent
}

const containerFields = (place: PodPlace | null): SyscallEvent =>
  place === null
    ? { 'container.id': 'host', 'container.name': 'host' }
    : {
        ...{ 'container.id': place.id, 'container.name': place.container, 'container.type': 'containerd' },
        ...{ 'container.image': `${place.repository}:${place.tag}`, 'container.image.tag': place.tag },
        ...{ 'container.image.repository': place.repository, 'container.privileged': 0 },
        ...{ 'k8s.ns.name': place.namespace, 'k8s.pod.name': place.pod }
      }

/** An event in words, for who is told of it. */
export const eventWords = (event: SyscallEvent): string => {
  const pod = event['k8s.pod.name']
  const where = pod === undefined ? 'on the node itself' : `in the pod ${String(event['k8s.ns.name'])}/${String(pod)}`
  const error = event['evt.failed'] === 'true' ? `, refused with ${String(event['evt.res'])}` : ''
  const file = event['fd.name']
  const tty = event['proc.tty'] === 0 ? 'without a terminal' : 'with a terminal'
  const what = file === undefined ? tty : `of ${String(file)}${howWords(event)}${error}`
  return `${String(event['evt.type'])} ${what}, by "${String(event['proc.cmdline'])}" ${where}`
}

const howWords = (event: SyscallEvent): string => {
  const ways = [event['evt.is_open_read'] === 'true' && 'reading', event['evt.is_open_write'] === 'true' && 'writing']
  const words = ways.filter(way => way !== false)
  return words.length === 0 ? '' : ` for ${words.join(' and ')}`
}
