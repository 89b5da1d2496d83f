import fs from 'node:fs'
import { errnoOf } from '../errors.ts'
import type { HostReader, Process } from './host.ts'

/** The processes of the machine as /proc shows them; `proc` is another directory in tests. */
export const processReaders = (
  proc = '/proc'
): Pick<HostReader, 'bootId' | 'bootTime' | 'processes' | 'processStart'> => ({
  bootId: () => readProc(`${proc}/sys/kernel/random/boot_id`)?.toString('utf8').trim() ?? '',
  bootTime: () => Number(/^btime (\d+)$/m.exec(readProc(`${proc}/stat`)?.toString('latin1') ?? '')?.[1] ?? 0) * 1000,
  processes: isWanted =>
    listProc(proc)
      .filter(name => /^\d+$/.test(name))
      .map(name => readProcess(Number(name), proc, isWanted))
      .filter(process => process !== null)
      .sort((a, b) => a.pid - b.pid),
  processStart: pid => readStatus(pid, proc)?.start ?? null
})

/** One process, or null when it is gone, a zombie, not ours to read, or not wanted by its arguments. */
export const readProcess = (
  pid: number,
  proc = '/proc',
  isWanted: (argv: readonly string[]) => boolean = () => true
): Process | null => {
  const commandLine = readProc(`${proc}/${pid}/cmdline`)
  const argv = commandLine === null ? null : parseCommandLine(commandLine)
  // a node has hundreds of processes, and few are asked about
  if (argv === null || !isWanted(argv)) return null
  const status = readStatus(pid, proc)
  return status && { pid, ...status, argv }
}

const readStatus = (pid: number, proc: string): { parent: number; start: number } | null => {
  const line = readProc(`${proc}/${pid}/stat`)
  return line === null ? null : parseStat(line.toString('latin1'))
}

/**
 * Parent and start time from a line of /proc/<pid>/stat, or null when the process has ended (a zombie waits for its parent
 * only) or the line is not one.
 */
export const parseStat = (line: string): { parent: number; start: number } | null => {
  // The name in parentheses may itself hold spaces and parentheses, so the fields count from the last one (proc(5)).
  const [state, parent, ...rest] = line
    .slice(line.lastIndexOf(')') + 1)
    .trim()
    .split(' ')
  const start = rest[17]
  if (state === undefined || parent === undefined || start === undefined || 'ZXx'.includes(state)) return null
  const numbers = { parent: Number(parent), start: Number(start) }
  return Number.isSafeInteger(numbers.parent) && Number.isSafeInteger(numbers.start) ? numbers : null
}

/** The arguments in the bytes of /proc/<pid>/cmdline; a title that the process wrote there is split at its spaces. */
export const parseCommandLine = (bytes: Buffer): readonly string[] => {
  const text = bytes.toString('utf8')
  // A title is shorter than the arguments it overwrites, and the kernel shows the rest as NULs.
  const title = text.replace(/\0+$/, '')
  if (title === '') return []
  if (!title.includes('\0') && title.includes(' ')) return title.split(' ').filter(word => word !== '')
  return text.replace(/\0$/, '').split('\0')
}

/** A file of /proc, or null when the process vanished meanwhile or does not let us read it. */
export const readProc = (file: string): Buffer | null => attempt(() => fs.readFileSync(file))

/** The target of a link of /proc, or null as {@link readProc}. */
export const readProcLink = (file: string): string | null => attempt(() => fs.readlinkSync(file))

/** The names in a directory of /proc, or none as {@link readProc}. */
export const listProc = (directory: string): readonly string[] => attempt(() => fs.readdirSync(directory)) ?? []

const attempt = <T>(read: () => T): T | null => {
  try {
    return read()
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    return null
  }
}
