import type { HostReader } from '../host/host.ts'
import { covers, type HostPath, hostPath } from '../paths.ts'

const MOUNTS = hostPath('/proc/self/mountinfo')
const LARGEST = 1024 * 1024

/** True when the file system that holds a path is mounted read-only on this machine; below another root nobody knows. */
export const isReadOnlyMount = (host: HostReader, path: HostPath): boolean => {
  if (host.root !== '/') return false
  const mounts = host.readFrom(MOUNTS, 0, LARGEST).toString('utf8').split('\n').flatMap(mountOf)
  // the last of several at one place hides the others
  const [mount] = mounts
    .filter(({ at }) => covers(at, path))
    .reverse()
    .sort((a, b) => b.at.length - a.at.length)
  return mount?.isReadOnly === true
}

// proc_pid_mountinfo(5): the fifth field is the place, the sixth the options of the mount, behind " - " those of the device
const mountOf = (line: string): { at: string; isReadOnly: boolean }[] => {
  const [own = '', device = ''] = line.split(' - ')
  const [, , , , at, options = ''] = own.split(' ')
  if (at === undefined) return []
  const all = `${options},${device.split(' ')[2] ?? ''}`.split(',')
  return [
    {
      at: at.replace(/\\(\d{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8))),
      isReadOnly: all.includes('ro')
    }
  ]
}
