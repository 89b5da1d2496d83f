import { type AuditEventReader, auditEventReader } from '../../falco/audit-event-reader.ts'
import type { AuditEvent } from '../../falco/audit-event.ts'
import type { PluginSettings } from '../../falco/configuration.ts'
import { logFiles } from '../../host/growing-file.ts'
import type { LogReading } from '../../logs/log-reading.ts'
import { readLog } from '../../logs/read-log.ts'
import { harmless } from '../../render/paint.ts'
import { followLog } from '../../serve/follow.ts'
import type { Io } from '../io.ts'
import { followedBytes } from '../log/followed-bytes.ts'
import { logFilesOf, nameOfLog } from '../log/log-files.ts'
import { readLogsBy } from '../log/read-logs.ts'
import type { Args } from '../options.ts'
import type { Session } from '../session.ts'
import type { EventOrigin } from './event-origin.ts'
import { listenForEvents } from './listen-for-events.ts'
import { isTooLarge, refusedTeller, TAKE_LARGE } from './refused-teller.ts'
import { stopping } from './stopping.ts'

/** What events are given to, and how long. */
export interface Taking {
  readonly args: Args
  readonly io: Io
  readonly session: Session
  readonly plugin: PluginSettings
  /** Of a log its events' own time, else that of the clock. */
  readonly seconds: number | undefined
  readonly take: (event: AuditEvent) => void
  /** Called when there are no more events for now. */
  readonly onCaughtUp: () => void
}

/** Gives the events that come from an origin, until there are no more or it is time to end. */
export const giveEvents = (origin: EventOrigin, taking: Taking): Promise<void> => {
  if (origin.kind === 'logs') return giveLogs(origin.paths, taking)
  return origin.kind === 'follow' ? giveFollowed(origin, taking) : listenForEvents(origin.url, taking)
}

const giveLogs = async (paths: readonly string[], taking: Taking): Promise<void> => {
  const { args, io, session, seconds = Infinity, take, plugin } = taking
  let isOver = false
  // the event with which the time is over is not judged, as in Falco
  const reader = auditEventReader(event => {
    isOver ||= event.seconds - event.first.seconds + (event.nanoseconds - event.first.nanoseconds) / 1e9 >= seconds
    if (!isOver) take(event)
  }, plugin)
  const files = logFilesOf({ ...args, positionals: paths }, io)
  const readings = await readLogsBy(reader, files, { input: io.input, isEnough: () => isOver || !io.isRead() })
  readings.forEach((reading, index) => tellReading(nameOfLog(files[index]?.path ?? ''), reading, session))
}

const tellReading = (name: string, { bad, badLines, fault, lines }: LogReading, session: Session): void => {
  for (const { line, why } of bad) session.talk(harmless(`[k8saudit] ${name}:${line}: ${why}`))
  if (badLines > bad.length)
    session.talk(harmless(`[k8saudit] ${name}: ${badLines - bad.length} more lines are no audit events`))
  if (bad.some(({ why }) => isTooLarge(why))) session.talk(TAKE_LARGE)
  if (fault !== undefined)
    session.talk(harmless(`[k8saudit] ${name}: ${fault}; the ${lines} lines before that were read`))
}

const giveFollowed = async (
  { path, from }: Extract<EventOrigin, { kind: 'follow' }>,
  { io, session, seconds, take, plugin, onCaughtUp }: Taking
): Promise<void> => {
  const refused = refusedTeller(session)
  session.talk(harmless(`following ${path} from its ${from === 'start' ? 'beginning' : 'end'}`))
  const stop = stopping(io, seconds)
  const chunks = followLog(path, {
    files: logFiles(),
    sleep: milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds)),
    signal: stop.signal,
    from,
    onAbsent: () => session.talk(harmless(`${path} is not there yet; waiting for it`)),
    onLost: file => session.talk(harmless(`warning: ${file} was removed, or is damaged: not all of it was read`))
  })
  try {
    const reader = toldReader(auditEventReader(take, plugin), refused.tell)
    await readLog(followedBytes(chunks, onCaughtUp), reader, { isEnough: () => stop.signal.aborted })
  } finally {
    await chunks.return(undefined)
    stop.close()
    refused.close()
  }
}

// what is refused is told while the log is followed, not at its end
const toldReader = ({ readLine, readValue }: AuditEventReader, tell: (why: string) => void): AuditEventReader => {
  const told =
    (read: AuditEventReader['readLine']): AuditEventReader['readLine'] =>
    (bytes, start, end, refuse) =>
      read(bytes, start, end, why => {
        tell(why)
        refuse(why)
      })
  return { readLine: told(readLine), readValue: told(readValue) }
}
