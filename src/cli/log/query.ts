import { logFiles } from '../../host/growing-file.ts'
import type { LogEvent } from '../../logs/log-event.ts'
import { eventReader } from '../../logs/event-reader.ts'
import { readLog } from '../../logs/read-log.ts'
import { localMoment, logTable } from '../../render/log-table.ts'
import { harmless, harmlessJson } from '../../render/paint.ts'
import { resultOf } from '../../render/result.ts'
import { roomOn } from '../../render/screen.ts'
import { followLog } from '../../serve/follow.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'
import { type Session, sessionOf } from '../session.ts'
import { type AskedQuery, askedQuery } from './asked-query.ts'
import { followedBytes } from './followed-bytes.ts'
import { lastLines } from './last-lines.ts'
import { lineWriter } from './line-writer.ts'
import { findingsOfLogs, logFilesOf, refuseNoEvents, refuseRoot } from './log-files.ts'
import { logToFollow } from './log-to-follow.ts'
import { readLogs } from './read-logs.ts'
import { readProgress } from './read-progress.ts'

/** Prints the events of logs that are asked for, as they are found. */
export const queryLogs = async (args: Args, io: Io): Promise<number> => {
  const session = sessionOf(args, io)
  const asked = await askedQuery(args, session, Date.now())
  const found = finder(asked, session, io)
  try {
    if (asked.isFollowed) await follow(args, found, session)
    else await read(args, found, session, io)
  } finally {
    found.showLast()
  }
  tellErrors(asked, session)
  if (asked.isCount) {
    session.give(() => resultOf('LogCount', { count: found.count(), events: found.events() }))
    session.say([String(found.count())])
  } else if (found.count() === 0) for (const line of noMatch(found, asked)) session.talk(line)
  return 0
}

// that nothing was found may mean that the log ended before, or that what is looked for goes on
const noMatch = (found: Finder, { hasStage }: AskedQuery): string[] => {
  const [first, last] = found.span()
  const time = first > last ? '' : `, from ${localMoment(first)} to ${localMoment(last)}`
  return [
    `no event matches, of ${found.events()} that were read${time}`,
    ...(hasStage ? [] : ['a request counts when it is done; --stage all has those that go on, too'])
  ]
}

const textOf = (line: string | Uint8Array): string => (typeof line === 'string' ? line : new TextDecoder().decode(line))

interface Finder {
  readonly take: (event: LogEvent) => void
  /** True when no more events are wanted. */
  readonly isEnough: () => boolean
  /** Prints what was kept for the end, and what was kept back. */
  readonly showLast: () => void
  readonly count: () => number
  readonly events: () => number
  /** The first and the last moment of the events that were read; the first is behind the last where none has one. */
  readonly span: () => readonly [first: number, last: number]
}

const finder = ({ query, hasStage, limit = Infinity, tail, isCount }: AskedQuery, session: Session, io: Io): Finder => {
  const table = logTable(roomOn(session, session.width), session.paint, hasStage)
  const writer = lineWriter(io)
  let last = tail === undefined ? undefined : lastLines(tail)
  let [events, count, shown] = [0, 0, 0]
  let [first, latest] = [Infinity, -Infinity]
  const show = (line: string | Uint8Array): void => {
    if (shown === 0 && !session.isJson) writer.write(table.header)
    shown += 1
    writer.write(line)
  }
  // the events' own bytes are for programs: a terminal gets them with what could act on it escaped, as JSON has it
  const json = (event: LogEvent): string | Uint8Array =>
    io.isOutTerminal ? harmlessJson(textOf(event.line())) : event.line()
  const isEnough = (): boolean => count >= limit || !io.isRead()
  return {
    take: event => {
      if (isEnough()) return
      events += 1
      if (event.moment !== null) {
        first = Math.min(first, event.moment)
        latest = Math.max(latest, event.moment)
      }
      if (!query.matches(event)) return
      // what is handed on as JSON has to be JSON
      if (session.isJson && !isCount) event.value()
      count += 1
      if (isCount) return
      const line = session.isJson ? json(event) : table.row(event)
      if (last) last.add(line)
      else show(line)
    },
    isEnough,
    showLast: () => {
      for (const line of last?.lines() ?? []) show(line)
      // from here on they are shown as they come
      last = undefined
      writer.flush()
    },
    count: () => count,
    events: () => events,
    span: () => [first, latest]
  }
}

const read = async (args: Args, found: Finder, session: Session, io: Io): Promise<void> => {
  const files = logFilesOf(args, io)
  // a line about progress among those of the table would be in their way
  const isQuietLong = args.has('count') || args.text('tail') !== undefined || !io.isOutTerminal
  const progress = readProgress(session, io, null, () => performance.now())
  const readings = await readLogs(files, found.take, {
    isStrict: args.has('strict'),
    isEnough: found.isEnough,
    input: io.input,
    ...(isQuietLong ? { onRead: progress.onRead } : {})
  }).finally(progress.close)
  const findings = findingsOfLogs(files, readings)
  refuseNoEvents(found.events(), findings)
  for (const { file, line, message } of findings)
    session.talk(harmless(`warning: ${file ?? ''}${line === undefined ? '' : `:${line}`}: ${message}`))
}

const follow = async (args: Args, found: Finder, session: Session): Promise<void> => {
  refuseRoot(args)
  const log = logToFollow(args.positionals[0] ?? '')
  const chunks = followLog(log, {
    files: logFiles(),
    sleep: milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds)),
    signal: new AbortController().signal,
    onAbsent: () => session.talk(harmless(`${log} is not there yet; waiting for it`)),
    onLost: file => session.talk(harmless(`warning: ${file} was removed, or is damaged: not all of it was read`))
  })
  try {
    const reader = eventReader(found.take, { isStrict: false })
    await readLog(followedBytes(chunks, found.showLast), reader, { isEnough: found.isEnough })
  } finally {
    await chunks.return(undefined)
  }
}

const tellErrors = ({ where }: AskedQuery, session: Session): void => {
  if (!where) return
  const { judged, failed, first } = where.errors()
  if (failed === 0) return
  const message = `--where could not be answered for ${failed} of ${judged} events, which do not match then; at first: ${first}`
  // a part that some events lack is nothing to speak of
  if (failed === judged) session.talk(harmless(`warning: ${message}`))
  else session.detail(harmless(message))
}
