import { posix } from 'node:path'
import { covers } from '../paths.ts'
import type { Process } from './host.ts'
import { listProc, readProc, readProcess, readProcLink } from './processes.ts'

/**
 * Tells whether a process works below a root directory (its real path): by its working directory, its own root, an open
 * file, a mount which it has and we have not, an argument, or an argument of a process that started it.
 */
export const belongsToRoot = (root: string, process: Process, proc = '/proc'): boolean => {
  if (root === '/') return true
  const own = `${proc}/${process.pid}`
  const isInside = (path: string | null): boolean => path !== null && covers(root, path)
  return (
    isInside(readProcLink(`${own}/cwd`)) ||
    isInside(readProcLink(`${own}/root`)) ||
    listProc(`${own}/fd`).some(name => isInside(readProcLink(`${own}/fd/${name}`))) ||
    ancestry(process.pid, proc).some(pid => pathsIn(readProc(`${proc}/${pid}/cmdline`)).some(isInside)) ||
    mountsFromRoot(root, process.pid, proc)
  )
}

const ancestry = (pid: number, proc: string): readonly number[] => {
  const pids: number[] = []
  for (let next = pid; next > 0 && !pids.includes(next); next = readProcess(next, proc)?.parent ?? 0) pids.push(next)
  return pids
}

// `/x`, `--config=/x` and `--endpoint=unix:///x`; read from the bytes, because a path may hold spaces.
const pathsIn = (commandLine: Buffer | null): readonly string[] =>
  (commandLine?.toString('utf8').split('\0') ?? [])
    .flatMap(argument => [argument, argument.slice(argument.indexOf('=') + 1)])
    .map(value => value.replace(/^(?:unix|file):\/\//, ''))
    .filter(value => value.startsWith('/'))
    .map(value => posix.normalize(value))

interface Mount {
  readonly device: string
  /** The mounted directory, as a path within its file system. */
  readonly source: string
  readonly point: string
}

/** The mounts in the text of /proc/<pid>/mountinfo (proc(5): id, parent, device, root, mount point, …). */
export const parseMounts = (text: string): readonly Mount[] =>
  text.split('\n').flatMap(line => {
    const [, , device, source, point] = line.split(' ')
    if (device === undefined || source === undefined || point === undefined) return []
    return [{ device, source: unescapeOctal(source), point: unescapeOctal(point) }]
  })

const unescapeOctal = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)))

const mountsFromRoot = (root: string, pid: number, proc: string): boolean => {
  const ours = parseMounts(readProc(`${proc}/self/mountinfo`)?.toString('latin1') ?? '')
  const holder = mountOf(ours, root)
  if (holder === undefined) return false
  // Mountinfo names a source within its file system, not from `/`.
  const source = posix.join(holder.source, posix.relative(holder.point, root))
  // A namespace begins as a copy of the host's mounts: what we have too says nothing about this process.
  const known = new Set(ours.map(mountKey))
  return parseMounts(readProc(`${proc}/${pid}/mountinfo`)?.toString('latin1') ?? '').some(
    mount => mount.device === holder.device && covers(source, mount.source) && !known.has(mountKey(mount))
  )
}

const mountKey = ({ device, source, point }: Mount): string => `${device} ${source} ${point}`

// The last of the longest: a later mount hides an earlier one at the same point.
const mountOf = (mounts: readonly Mount[], path: string): Mount | undefined =>
  mounts
    .filter(mount => covers(mount.point, path))
    .reduce<Mount | undefined>(
      (best, mount) => (best === undefined || mount.point.length >= best.point.length ? mount : best),
      undefined
    )
