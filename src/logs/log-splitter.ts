import type { LogReading } from './log-reading.ts'

/** Cuts a log that comes in pieces into events. */
export interface LogSplitter {
  /**
   * Reads on in a buffer that holds `size` bytes of the log, the first of them the one behind the last that was used; gives
   * how many were used. What is left is to be given again with more behind it.
   */
  readonly consume: (bytes: Buffer, size: number, isEnd: boolean) => number
  /** Gives up a line or value that is too long to be held, of which there are `size` bytes: all are used then. */
  readonly giveUp: (bytes: Buffer, size: number) => void
  /** True when what was asked for is read. */
  readonly isDone: () => boolean
  /** True where a long value is looked through from its beginning each time: more of it should be there then. */
  readonly isPatient: boolean
  readonly reading: () => LogReading
}

/** How long a line or a value may be; the API server takes requests of 3 MiB, and answers may be longer. */
export const LONGEST = 64 * 1024 * 1024

/** Why a line or a value is bad that is longer. */
export const TOO_LONG = `is longer than ${LONGEST / 1024 / 1024} MiB`
