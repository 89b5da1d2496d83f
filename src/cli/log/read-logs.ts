import { closeLog, type LogFile, logBytes, streamedBytes } from '../../host/log-bytes.ts'
import { type EventReader, eventReader } from '../../logs/event-reader.ts'
import type { TakeEvent } from '../../logs/log-event.ts'
import type { LogReading } from '../../logs/log-reading.ts'
import { readLog, type ReadOptions } from '../../logs/read-log.ts'

/** How logs are read one after the other. */
export interface ReadLogsOptions extends Omit<ReadOptions, 'part'> {
  /** Every byte is parsed. */
  readonly isStrict: boolean
  /** What `-` stands for. */
  readonly input: () => Iterable<Uint8Array>
}

/**
 * Gives the events of logs to `take`, in order, until there are enough; what was met in each log that was read. Throws
 * NOT_FOUND or CANNOT_READ.
 */
export const readLogs = (files: readonly LogFile[], take: TakeEvent, options: ReadLogsOptions): Promise<LogReading[]> =>
  readLogsBy(eventReader(take, options), files, options)

/** The same for a reader that makes of the logs' lines and values what it will. */
export const readLogsBy = async (
  reader: EventReader,
  files: readonly LogFile[],
  options: Omit<ReadLogsOptions, 'isStrict'>
): Promise<LogReading[]> => {
  const readings: LogReading[] = []
  for (const file of files) {
    if (options.isEnough?.() === true) break
    const bytes = file.path === '-' ? streamedBytes(options.input()) : logBytes(file)
    try {
      readings.push(await readLog(bytes, reader, options))
    } finally {
      bytes.close()
      closeLog(file)
    }
  }
  return readings
}
