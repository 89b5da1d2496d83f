import { collectWritten, type WrittenCollector } from './collect-written.ts'
import { type LinuxAuditRecord, parseLinuxAuditRecord } from './linux-audit-record.ts'
import { namedOpenFlags, openFlags } from './open-flags.ts'
import { resolvePath } from './resolve-path.ts'
import { WRITING_CALLS, type WritingCall } from './writing-calls.ts'
import type { WrittenPath } from './written-path.ts'

/** True for a line of the Linux kernel's audit log. */
export const looksLikeLinuxAudit = (line: string): boolean => parseLinuxAuditRecord(line) !== undefined

/**
 * The paths that the records of the Linux kernel's audit log (audit.log, `ausearch --raw` or `-i`) say were written, by any
 * process of the machine, each as that process named it; what failed with EROFS counts. The fields are those of
 * https://github.com/torvalds/linux/blob/v6.12/kernel/auditsc.c
 */
export const linuxAuditWrites = (lines: Iterable<string>): WrittenPath[] => {
  const collector = collectWritten()
  const open = new Map<string, LinuxAuditRecord[]>()
  const close = (key: string): void => {
    readEvent(collector, open.get(key) ?? [])
    open.delete(key)
  }
  for (const line of lines) {
    const record = parseLinuxAuditRecord(line)
    if (!record) continue
    const records = open.get(record.key)
    if (records) records.push(record)
    else open.set(record.key, [record])
    const oldest = open.size > MOST_OPEN ? open.keys().next().value : undefined
    if (oldest !== undefined) close(oldest)
    if (record.type === 'PROCTITLE' || record.type === 'EOE') close(record.key)
  }
  for (const key of [...open.keys()]) close(key)
  return collector.written()
}

// the records of one event come close together, but those of several processors may mix
const MOST_OPEN = 256

const MACHINES: Readonly<Record<string, 'x86_64' | 'aarch64'>> = {
  c000003e: 'x86_64',
  x86_64: 'x86_64',
  c00000b7: 'aarch64',
  aarch64: 'aarch64'
}
const NUMBERS: ReadonlyMap<string, WritingCall> = new Map(
  (WRITING_CALLS as readonly WritingCall[]).flatMap(call => [
    [`x86_64 ${call.x86_64 ?? call.name}`, call] as const,
    [`aarch64 ${call.aarch64 ?? call.name}`, call] as const,
    [call.name, call] as const
  ])
)

interface Event {
  readonly call: WritingCall | undefined
  readonly isDone: boolean
  /** What relative names are relative to. */
  readonly directory: string | undefined
  readonly flags: ReturnType<typeof openFlags> | undefined
  readonly because: string
}

const readEvent = (collector: WrittenCollector, records: readonly LinuxAuditRecord[]): void => {
  const event = eventOf(records)
  const paths = records.filter(({ type }) => type === 'PATH')
  if (!event || paths.length === 0) return
  const seen = paths.filter(path => readPath(collector, event, path))
  // the kernel gives up before it looks at the name: only the directory is told
  if (event.isDone || seen.length > 0 || event.call === undefined || event.flags?.writing.length === 0) return
  for (const path of paths.filter(path => path.field('nametype') === 'PARENT')) {
    const directory = pathOf(path, event)
    if (directory !== undefined) collector.within(directory, event.because)
  }
}

const eventOf = (records: readonly LinuxAuditRecord[]): Event | undefined => {
  const syscall = records.find(({ type }) => type === 'SYSCALL')
  const exit = syscall?.field('exit') ?? ''
  const isDone = syscall?.field('success') === 'yes'
  if (!syscall || (!isDone && exit !== '-30' && !exit.startsWith('EROFS'))) return undefined
  const number = syscall.field('syscall') ?? ''
  const call = NUMBERS.get(`${MACHINES[syscall.field('arch') ?? ''] ?? ''} ${number}`) ?? NUMBERS.get(number)
  const program = syscall.string('exe') ?? syscall.string('comm') ?? 'a program'
  return {
    call,
    isDone,
    directory: isFromElsewhere(call, syscall) ? undefined : records.find(({ type }) => type === 'CWD')?.string('cwd'),
    flags: call && flagsOf(call, syscall, records),
    because: `${call?.name ?? `system call ${number}`}${isDone ? '' : ' failed with EROFS'} by ${program} in audit event ${syscall.key}`
  }
}

// the kernel tells the working directory, also of a name that is relative to another
const isFromElsewhere = (call: WritingCall | undefined, syscall: LinuxAuditRecord): boolean =>
  call?.isAt === true &&
  call.paths.some(index => !/^(?:f{6,14}9c|AT_FDCWD)$/i.test(syscall.field(`a${index - 1}`) ?? ''))

const flagsOf = (
  call: WritingCall,
  syscall: LinuxAuditRecord,
  records: readonly LinuxAuditRecord[]
): ReturnType<typeof openFlags> | undefined => {
  if (call.flags === undefined) return undefined
  // what openat2 gets is behind a pointer, and has a record of its own
  if (call.name === 'openat2')
    return namedOpenFlags(records.find(({ type }) => type === 'OPENAT2')?.field('oflag') ?? '')
  const text = syscall.field(`a${call.flags}`) ?? ''
  return /^[0-9a-f]{1,16}$/.test(text) ? openFlags(Number.parseInt(text.slice(-8), 16)) : namedOpenFlags(text)
}

const pathOf = (record: LinuxAuditRecord, event: Event): string | undefined => {
  const name = record.string('name')
  return name === undefined ? undefined : resolvePath(name, event.directory)
}

// true when the record says what was written, whether or not the place is known
const readPath = (collector: WrittenCollector, event: Event, record: LinuxAuditRecord): boolean => {
  const type = record.field('nametype')
  const isWritten = type === 'CREATE' || type === 'DELETE' || (type === 'NORMAL' && changesItself(event))
  if (!isWritten) return false
  const path = pathOf(record, event)
  if (path === undefined) return true
  if (isDirectory(record)) collector.isDirectory(path)
  if (type === 'NORMAL' && event.flags?.isNameless) collector.within(path, event.because)
  else if (type === 'NORMAL') collector.changed(path, event.because)
  else if (type === 'CREATE' && event.call?.effect === 'makes') collector.made(path, event.because)
  else collector.name(path, event.because)
  return true
}

const isDirectory = (record: LinuxAuditRecord): boolean => /^(?:04\d{4}$|dir)/.test(record.field('mode') ?? '')

const changesItself = ({ call, flags }: Event): boolean =>
  call?.effect === 'changes' || call?.effect === 'creates' || (flags?.writing.length ?? 0) > 0
