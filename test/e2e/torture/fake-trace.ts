import { readFileSync } from 'node:fs'

/** One system call of the program that named a path below the node's root. */
export interface Call {
  /** As strace names it. */
  readonly name: string
  /** The how-many-eth call of this name of its thread, from 1: what strace's `when=` counts. */
  readonly nth: number
  readonly isMainThread: boolean
  /** The paths of the call, without the root, with the parts that differ from run to run as stars. */
  readonly place: string
  /** The line of the trace, without the root. */
  readonly line: string
}

/** The calls that leave something on the disk, or sync it: what a kill or a power cut can fall between. */
export const WRITE_CALLS =
  `creat write pwrite64 writev pwritev pwritev2 ftruncate truncate fallocate fsync fdatasync sync_file_range syncfs rename
  renameat renameat2 link linkat symlink symlinkat unlink unlinkat rmdir mkdir mkdirat mknod mknodat chmod fchmod fchmodat
  fchmodat2 chown fchown lchown fchownat copy_file_range sendfile splice utime utimes futimesat utimensat setxattr
  lsetxattr fsetxattr removexattr lremovexattr fremovexattr`.split(/\s+/)

/** What is traced: every call that names a file or works on an open one. */
export const TRACED = '%file,%desc'

/** True for a call that changes the disk: a writing call, and an open that makes or empties a file. */
export const isWrite = ({ name, line }: Pick<Call, 'name' | 'line'>): boolean =>
  WRITE_CALLS.includes(name) || /^open(at2?)?\([^"]*"[^"]*", [^)<]*\bO_(CREAT|TRUNC|TMPFILE)/.test(line)

// what a run names after itself: process, time, or chance
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/\.lock-\d+-\d+-[0-9a-f]+/g, '.lock-*'],
  [/lock\.stale-[0-9a-f]+/g, 'lock.stale-*'],
  [/\.auditpatch-[0-9a-f]{12}/g, '.auditpatch-*'],
  [/\d{8}T\d{6}Z-[0-9a-f]{4}/g, '<backup>'],
  [/\.\d+\.tmp/g, '.*.tmp'],
  [/ansible-moduletmp-[\d.]+-\w+/g, 'ansible-moduletmp-*'],
  [/policy_content-\w+/g, 'policy_content-*']
]

const placeOf = (line: string, root: string): string => {
  // the working directory of a call whose path is absolute
  const paths = [...line.replace(/AT_FDCWD<[^>]*>/g, 'AT_FDCWD').matchAll(/["<]([^">]*)[">]/g)].map(
    match => match[1] ?? ''
  )
  const below = paths
    .filter(path => path === root || path.startsWith(`${root}/`))
    .map(path => path.slice(root.length) || '/')
  const named = [...new Set(below)].join(' ')
  return VARYING.reduce((text, [pattern, by]) => text.replace(pattern, by), named)
}

/** The calls in a trace of `strace -y` (with or without `-f`) that touch a root, in their order. */
export const callsBelow = (log: string, root: string): Call[] => {
  const counts = new Map<string, number>()
  let main: string | undefined
  return readFileSync(log, 'latin1')
    .split('\n')
    .flatMap(text => {
      const [, thread = '', line = ''] = /^(?:(\d+) +)?(\w+\(.*)$/.exec(text) ?? []
      const name = /^(\w+)\(/.exec(line)?.[1]
      // the end of a call that another thread cut in two
      if (name === undefined) return []
      main ??= thread
      const nth = (counts.get(`${thread} ${name}`) ?? 0) + 1
      counts.set(`${thread} ${name}`, nth)
      const place = placeOf(line, root)
      return place === '' ? [] : [{ name, nth, isMainThread: thread === main, place, line: line.replaceAll(root, '') }]
    })
}

/** The name of a recorded call by what it touches and which of the same it is. */
export const keyOf = (call: Call, calls: readonly Call[]): string => {
  const alike = calls.filter(each => each.name === call.name && each.place === call.place)
  return `${call.name} ${alike.indexOf(call) + 1} ${call.place}`
}
