import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** A system call that touched a path below the root, with the bytes it was given. */
export interface RecordedCall {
  readonly name: string
  /** The paths it names, absolute and without the root; of an open file the path it was opened by. */
  readonly paths: readonly string[]
  /** The open file it works on. */
  readonly descriptor: number | undefined
  /** The bytes of a write. */
  readonly bytes: Buffer
  /** The other arguments as strace prints them. */
  readonly words: readonly string[]
  readonly result: number
}

/** The calls that are recorded: all that change the disk or make a change last, and those that open and close. */
export const RECORDED =
  `openat open creat write pwrite64 writev pwritev truncate ftruncate fallocate fsync fdatasync sync syncfs sync_file_range
  rename renameat renameat2 link linkat symlink symlinkat unlink unlinkat rmdir mkdir mkdirat mknod mknodat chmod fchmod fchmodat
  chown lchown fchown fchownat copy_file_range sendfile close`.split(/\s+/)

/** What strace is asked for: every byte of every string, in hexadecimal. */
export const RECORDING = ['-f', '-xx', '-s', '10000000', '-e', `trace=${RECORDED.join()}`] as const

const textOf = (hexadecimal: string): Buffer => Buffer.from(hexadecimal.replaceAll('\\x', ''), 'hex')

/** The successful calls below a root in a trace made with {@link RECORDING}, in the order in which they ended. */
export const recordedCalls = (log: string, root: string): RecordedCall[] =>
  wholeLines(readFileSync(log, 'latin1')).flatMap(line => parseCall(line, root) ?? [])

// where threads meet, strace prints a call in two halves
const wholeLines = (log: string): string[] => {
  const begun = new Map<string, string>()
  return log.split('\n').flatMap(line => {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? []
    if (rest.endsWith('<unfinished ...>')) {
      begun.set(thread, rest.slice(0, -'<unfinished ...>'.length).trimEnd())
      return []
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest)
    return resumed ? [`${begun.get(thread) ?? ''}${resumed[1] ?? ''}`] : [rest]
  })
}

const parseCall = (line: string, root: string): RecordedCall | undefined => {
  const [, name, inside, result] = /^(\w+)\((.*)\) += (-?\d+)/.exec(line) ?? []
  if (name === undefined || inside === undefined || Number(result) < 0) return undefined
  const directory = textOf(/^AT_FDCWD<([^>]*)>/.exec(inside)?.[1] ?? '').toString()
  const strings = [...inside.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(match => textOf(match[1] ?? ''))
  const open = /^(\d+)<([^>]*)>/.exec(inside)
  const named = name.includes('write') ? [] : strings.map(bytes => resolve(directory || '/', bytes.toString()))
  const all = open ? [textOf(open[2] ?? '').toString(), ...named] : named
  const paths = all.map(path => below(root, path))
  if (!paths.some(path => path !== undefined) && !['sync', 'syncfs'].includes(name)) return undefined
  if (paths.includes(undefined)) throw new Error(`a call leads out of the root: ${name} ${all.join(' ')}`)
  return {
    name,
    paths: paths.filter(path => path !== undefined),
    descriptor: open ? Number(open[1]) : undefined,
    bytes: name.includes('write') ? Buffer.concat(strings) : Buffer.alloc(0),
    words: inside.replaceAll(/"[^"]*"/g, '').split(/, */),
    result: Number(result)
  }
}

const below = (root: string, path: string): string | undefined => {
  if (path === root) return '/'
  return path.startsWith(`${root}/`) ? path.slice(root.length) : undefined
}
