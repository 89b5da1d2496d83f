import { collectWritten, type WrittenCollector } from './collect-written.ts'
import { namedOpenFlags } from './open-flags.ts'
import { resolvePath } from './resolve-path.ts'
import { descriptorPath, parseStraceCall, type StraceCall, stringArgument } from './strace-call.ts'
import { parseStraceLine } from './strace-line.ts'
import {
  SHARES_DIRECTORY,
  STARTS,
  type TracedProcess,
  type TracedProcesses,
  traceProcesses
} from './strace-processes.ts'
import { WRITING_CALLS, type WritingCall } from './writing-calls.ts'
import type { WrittenPath } from './written-path.ts'

/** What a trace says of the paths that were written. */
export interface StraceWrites {
  readonly written: WrittenPath[]
  /** How many writes are not among them: strace cut the path short, or it is relative to a directory that is not known. */
  readonly skipped: number
  /** False where no line is one that strace prints. */
  readonly isTrace: boolean
}

/** The paths that a traced program wrote, from what strace printed, as one text or as lines; what failed with EROFS counts. */
export const straceWrites = (trace: string | Iterable<string>): WrittenPath[] => readStrace(trace).written

/** What {@link straceWrites} gives, and how many writes it could not place. */
export const readStrace = (trace: string | Iterable<string>): StraceWrites => {
  const reader: Reader = {
    processes: traceProcesses(),
    collector: collectWritten(),
    line: 0,
    skipped: 0,
    isTrace: false,
    showsDescriptors: false
  }
  for (const line of typeof trace === 'string' ? linesOf(trace) : trace) {
    reader.line += 1
    readLine(reader, line)
  }
  return { written: reader.collector.written(), skipped: reader.skipped, isTrace: reader.isTrace }
}

interface Reader {
  readonly processes: TracedProcesses
  readonly collector: WrittenCollector
  line: number
  skipped: number
  isTrace: boolean
  /** Whether the trace holds calls that take a descriptor; `-e trace=%file` leaves fchdir out. */
  showsDescriptors: boolean
}

function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length;) {
    const found = text.indexOf('\n', start)
    const end = found === -1 ? text.length : found
    yield text.slice(start, end)
    start = end + 1
  }
}

const CALLS: ReadonlyMap<string, WritingCall> = new Map(WRITING_CALLS.map(call => [call.name, call]))
const MOVES = new Set(['chdir', 'fchdir', 'getcwd'])
const UNFINISHED = '<unfinished ...>'
const RESUMED = /^<\.\.\. ([a-z0-9_]{1,32}) resumed>/
const ATTACHED = /strace: Process (\d+) attached$/

// a call, or how a process ended; a log has no such beginnings
const STRACE = /^(?:[a-z_]\w*\(.*(?:\)\s+= |<unfinished \.\.\.>$)|--- SIG)/

const readLine = (reader: Reader, line: string): void => {
  const { pid, text } = parseStraceLine(line)
  if (text.startsWith('+++ ')) {
    reader.isTrace = true
    return reader.processes.ended(pid)
  }
  const process = reader.processes.of(pid)
  const attached = text.endsWith(' attached') ? ATTACHED.exec(text) : null
  if (attached?.[1] !== undefined) return readAttached(reader, process, text.slice(0, attached.index), attached[1])
  const resumed = RESUMED.exec(text)
  const isContinued = process.pending !== undefined && /^(?:<unfinished |[,)])/.test(text)
  const call =
    resumed || isContinued ? (reader.processes.resume(process) ?? '') + text.slice(resumed?.[0].length ?? 0) : text
  if (resumed && !call.startsWith(`${resumed[1] ?? ''}(`)) return
  if (/^(?:close|fchdir)\(/.test(call)) reader.showsDescriptors = true
  reader.isTrace ||= STRACE.test(call)
  if (!isOfInterest(call)) return
  if (call.endsWith(UNFINISHED)) reader.processes.wait(process, call.slice(0, -UNFINISHED.length).trimEnd())
  else {
    reader.processes.done(process)
    readCall(reader, process, call)
  }
}

// without -o, strace breaks the line of a call to say that a process is there: `vfork(strace: Process 12 attached`
const readAttached = (reader: Reader, process: TracedProcess, call: string, child: string): void => {
  if (!STARTS.test(call)) return reader.processes.attached(child)
  reader.processes.wait(process, call)
  reader.processes.started(process, child, SHARES_DIRECTORY.test(call))
}

const isOfInterest = (text: string): boolean => {
  const name = /^[a-z_][a-z0-9_]{0,31}(?=\()/.exec(text)?.[0] ?? ''
  return CALLS.has(name) || MOVES.has(name) || STARTS.test(text)
}

const readCall = (reader: Reader, process: TracedProcess, text: string): void => {
  const call = parseStraceCall(text)
  if (!call) return
  const isDone = call.error === undefined && /^\d/.test(call.result)
  const row = CALLS.get(call.name)
  if (row) readWrite(reader, process, call, row, isDone)
  else if (!isDone) return
  else if (MOVES.has(call.name)) readMove(process, call)
  else reader.processes.started(process, call.result, SHARES_DIRECTORY.test(text))
}

const readMove = (process: TracedProcess, { name, arguments: [argument = ''] }: StraceCall): void => {
  const { place } = process
  if (name === 'fchdir') place.directory = descriptorPath(argument)
  else place.directory = pathFrom(stringArgument(argument), place.directory)
}

const pathFrom = (path: string | undefined, directory: string | undefined): string | undefined =>
  path === undefined ? undefined : resolvePath(path, directory)

// EEXIST of mkdir says that there is a directory
const readWrite = (
  reader: Reader,
  process: TracedProcess,
  call: StraceCall,
  row: WritingCall,
  isDone: boolean
): void => {
  const { collector } = reader
  if (!isDone && call.error !== 'EROFS' && !(row.effect === 'makes' && call.error === 'EEXIST')) return
  const flags = row.flags === undefined ? undefined : namedOpenFlags(call.arguments[row.flags] ?? '')
  const isRead = flags?.writing.length === 0
  if (isRead && !flags?.isDirectory) return
  const paths = pathsOf(row, process, call, flags?.isNameless ?? false)
  if (isRead || call.error === 'EEXIST') {
    // an fchdir that is not shown may follow, as mkdir -p does
    if (isRead && !reader.showsDescriptors) process.place.directory = undefined
    return paths.forEach(path => path !== undefined && collector.isDirectory(path))
  }
  reader.skipped += paths.filter(path => path === undefined).length
  const because = `${call.name}(${flags ? `... ${flags.writing.join('|')}` : ''})${isDone ? '' : ' failed with EROFS'} on line ${reader.line}`
  // a directory that this program made is still its own under another name
  const isOwn = call.name.startsWith('rename') && paths[0] !== undefined && collector.hasMade(paths[0])
  paths.forEach((path, index) => {
    if (path === undefined) return
    if (row.effect === 'makes' || (isOwn && index === 1)) collector.made(path, because)
    else if (flags?.isNameless) collector.within(path, because)
    else if (row.effect === 'changes') collector.changed(path, because)
    else collector.name(path, because)
  })
}

// undefined: a path that is not known; one that names no file (NULL, a socket that is no file) is not there
const pathsOf = (
  row: WritingCall,
  process: TracedProcess,
  call: StraceCall,
  isNameless: boolean
): (string | undefined)[] => {
  // what has no name has a made up one there
  if (row.effect === 'opens' && !isNameless && call.resultPath !== undefined) return [call.resultPath]
  return row.paths.flatMap(index => {
    const argument = call.arguments[index] ?? ''
    const text = row.effect === 'binds' ? (/\bsun_path=("[^"].*)\}/s.exec(argument)?.[1] ?? 'NULL') : argument
    if (!text.startsWith('"')) return []
    return [pathFrom(stringArgument(text), directoryOf(row, process, call, index))]
  })
}

const directoryOf = (row: WritingCall, process: TracedProcess, call: StraceCall, index: number): string | undefined => {
  const descriptor = row.isAt ? (call.arguments[index - 1] ?? '') : 'AT_FDCWD'
  const known = descriptorPath(descriptor)
  if (!descriptor.startsWith('AT_FDCWD')) return known
  if (known !== undefined) process.place.directory = known
  return process.place.directory
}
