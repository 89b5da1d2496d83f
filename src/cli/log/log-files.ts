import { isAbsolute, join, relative } from 'node:path'
import { AuditError } from '../../errors.ts'
import type { Finding } from '../../finding.ts'
import { type LogFile, logFileOf } from '../../host/log-bytes.ts'
import type { LogReading } from '../../logs/log-reading.ts'
import { inRotatedOrder } from '../../logs/rotated-set.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'
import { countOf, rootOf } from '../session.ts'
import { logNamesOf } from './log-names.ts'

const STDIN = '-'
/** So many logs are opened at once, and read to their ends whatever becomes of their names meanwhile. */
const MOST_HELD = 200

/**
 * The logs that a command is given: files, directories, patterns, and `-` for standard input; those of one rotated set in
 * the order in which they were written. Throws USAGE where none is given, NOT_FOUND and CANNOT_READ.
 */
export const logFilesOf = (args: Args, io: Io): LogFile[] => {
  refuseRoot(args)
  const { positionals } = args
  if (positionals.length === 0)
    throw new AuditError('USAGE', 'a log is wanted: a file, a directory with rotated logs, or - for standard input')
  if (positionals.filter(given => given === STDIN).length > 1)
    throw new AuditError('USAGE', 'standard input (-) can be read only once')
  if (positionals.includes(STDIN) && io.isInTerminal)
    throw new AuditError('USAGE', 'a file is wanted, or standard input by a pipe')
  const names = inRotatedOrder(positionals.flatMap(given => (given === STDIN ? [STDIN] : logNamesOf(given))))
  return names.map((name, index) =>
    name === STDIN ? { path: STDIN, size: null, isCompressed: false } : logFileOf(name, index < MOST_HELD)
  )
}

/** Refuses another root: to read the log of this machine for that of another would be worse. Throws USAGE. */
export const refuseRoot = (args: Args): void => {
  const root = rootOf(args)
  if (root === '/') return
  const [log = '/var/log/kubernetes/audit'] = args.positionals.filter(isAbsolute)
  const below = join(root, relative(root, log).startsWith('..') ? log : relative(root, log))
  throw new AuditError(
    'USAGE',
    `--root: logs that are named are files of this machine, found ${root}; leave it out, and name them below it, as ${below}`
  )
}

/** What is wrong with logs, as findings; a log's last line that is being written is told apart. */
export const findingsOfLogs = (files: readonly LogFile[], readings: readonly LogReading[]): Finding[] =>
  readings.flatMap((reading, index) => {
    const { bad, badLines, isCut } = reading
    const file = nameOfLog(files[index]?.path ?? '')
    const told = bad.map(({ line, byte, why }, place): Finding => {
      const isLast = isCut && place === badLines - 1
      return {
        code: isLast ? 'log-line-cut' : 'bad-log-line',
        severity: isLast ? 'info' : 'warning',
        message: `${isLast ? 'the last line' : 'the line'} ${why} (byte ${byte}); it is not counted`,
        file,
        line
      }
    })
    return [...told, ...moreOf(reading, file), ...faultOf(reading, file)]
  })

const moreOf = ({ bad, badLines }: LogReading, file: string): Finding[] => {
  const more = badLines - bad.length
  if (more === 0) return []
  const message = `${more} more lines are no audit events; they are not counted`
  return [{ code: 'bad-log-line', severity: 'warning', message, file }]
}

const faultOf = ({ fault, lines }: LogReading, file: string): Finding[] =>
  fault === undefined
    ? []
    : [
        {
          code: 'log-damaged',
          severity: 'warning',
          message: `${fault}; the ${lines} lines before that were read`,
          file
        }
      ]

/** How many threads are asked for. Throws USAGE. */
export const threadsOf = (args: Args): number | undefined => {
  const threads = countOf(args, 'threads')
  if (threads === 0) throw new AuditError('USAGE', '--threads: at least 1 is wanted, found "0"')
  return threads
}

/** A log's name as it is shown. */
export const nameOfLog = (path: string): string => (path === STDIN ? 'standard input' : path)

/** Refuses logs in which there is nothing but lines that are no events. Throws BAD_EVENT with the findings. */
export const refuseNoEvents = (events: number, findings: readonly Finding[]): void => {
  const [first] = findings
  if (events > 0 || !first) return
  const message = `${first.file ?? 'the log'} holds no audit event: ${first.message}`
  throw new AuditError('BAD_EVENT', message, {
    path: first.file,
    position: { line: first.line ?? 1, column: 1 },
    findings,
    next: 'give the log of --audit-log-path in the json format, its rotated files, or the events that a webhook received'
  })
}
