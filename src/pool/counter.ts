import { type LogFile, logBytes, streamedBytes } from '../host/log-bytes.ts'
import { eventReader } from '../logs/event-reader.ts'
import type { LogPart } from '../logs/line-splitter.ts'
import type { TakeEvent } from '../logs/log-event.ts'
import type { LogReading } from '../logs/log-reading.ts'
import { readLog } from '../logs/read-log.ts'

/** Counts the events that it is given; what it counted is plain data, which may go from one thread to another. */
export interface Counter<C> {
  readonly take: TakeEvent
  /** Is called at the beginning of each log, or of each part of one that is read in parts. */
  readonly startPart?: (isWhole: boolean) => void
  readonly counts: () => C
}

/** What can be counted: how to make a counter, from plain data, and how to put counts together, in any order. */
export interface Counting<S, C> {
  readonly start: (setup: S) => Counter<C>
  /** True where counts depend on the order of events: each part is then counted for itself, and merged in order. */
  readonly isByPart: boolean
  readonly merge: (first: C, then: C) => C
}

/** A log, or a part of one, to be counted. */
export interface CountTask {
  readonly file: LogFile
  readonly part?: LogPart | undefined
}

export interface CountSession {
  /** Every byte is parsed. */
  readonly isStrict: boolean
  /** What `-` stands for. */
  readonly input?: (() => Iterable<Uint8Array>) | undefined
  /** Is told how many bytes more were read. */
  readonly onRead?: ((bytes: number) => void) | undefined
}

/** A function that gives a counter the events of one task after the other. It throws NOT_FOUND or CANNOT_READ. */
export const taskReader = <C>(
  counter: Counter<C>,
  { isStrict, input, onRead }: CountSession
): ((task: CountTask) => Promise<LogReading>) => {
  const reader = eventReader(counter.take, { isStrict })
  return async ({ file, part }) => {
    // the byte before a part tells whether a line begins with it
    const from = Math.max(0, (part?.from ?? 0) - 1)
    const bytes = file.path === '-' && input ? streamedBytes(input()) : logBytes(file, from)
    counter.startPart?.(part === undefined)
    try {
      return await readLog(bytes, reader, { part, onRead })
    } finally {
      bytes.close()
    }
  }
}
