import { type LogFile, logBytes, streamedBytes } from '../host/log-bytes.ts'
import { eventReader } from '../logs/event-reader.ts'
import type { LogPart } from '../logs/line-splitter.ts'
import type { TakeEvent } from '../logs/log-event.ts'
import type { LogReading } from '../logs/log-reading.ts'
import { readLog } from '../logs/read-log.ts'

/** Counts the events that it is given; what it counted is plain data, which may go from one thread to another. */
export interface Counter<C> {
  readonly take: TakeEvent
  readonly counts: () => C
}

/** Starts a counter: for a whole log, or for one of the parts in which a large one is read. */
export type StartCounter<C> = (isWhole: boolean) => Counter<C>

/**
 * What can be counted: how to count, from plain data, and how to put counts together, of which the second are those of what
 * comes behind the first. Each part is counted for itself, so that the counts are the same with any number of threads.
 */
export interface Counting<S, C> {
  readonly prepare: (setup: S) => StartCounter<C>
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

/** What was counted of a task, and what was met in it. */
export interface TaskCounts<C> {
  readonly counts: C
  readonly reading: LogReading
}

/** A function that counts one task after the other. It throws NOT_FOUND or CANNOT_READ. */
export const taskReader = <C>(
  start: StartCounter<C>,
  { isStrict, input, onRead }: CountSession
): ((task: CountTask) => Promise<TaskCounts<C>>) => {
  let take: TakeEvent
  // one reader for all tasks: what it remembers is of use for the next one too
  const reader = eventReader(event => take(event), { isStrict })
  return async ({ file, part }) => {
    // the byte before a part tells whether a line begins with it
    const from = Math.max(0, (part?.from ?? 0) - 1)
    const bytes = file.path === '-' && input ? streamedBytes(input()) : logBytes(file, from)
    const counter = start(part === undefined)
    take = counter.take
    try {
      const reading = await readLog(bytes, reader, { part, onRead })
      return { reading, counts: counter.counts() }
    } finally {
      bytes.close()
    }
  }
}
