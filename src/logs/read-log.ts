import type { EventReader } from './event-reader.ts'
import { type LogPart, lineSplitter } from './line-splitter.ts'
import { formOf, type LogForm } from './log-form.ts'
import { type LogSplitter, LONGEST } from './log-splitter.ts'
import type { LogReading } from './log-reading.ts'
import { valueSplitter } from './value-splitter.ts'

/** Where the bytes of a log come from: reads some into a buffer, from `at` to its end, and gives how many; 0 at the end. */
export interface LogBytes {
  readonly read: (into: Buffer, at: number) => number | Promise<number>
  /** Why they ended before their end, where they did. */
  readonly fault?: () => string | undefined
}

export interface ReadOptions {
  /** For a part of a file in lines: the bytes begin one before `from`, where that is not 0. */
  readonly part?: LogPart | undefined
  /** True when no more events are wanted. */
  readonly isEnough?: (() => boolean) | undefined
  /** Is told how many bytes were read, now and then. */
  readonly onRead?: ((bytes: number) => void) | undefined
}

// with what is known of a log it goes into a processor's own cache
const FIRST = 256 * 1024
const PATIENT = 64 * 1024

/** Reads the events of a log, of any form and length; holds no more of it than its longest line. */
export const readLog = async (bytes: LogBytes, reader: EventReader, options: ReadOptions = {}): Promise<LogReading> => {
  let buffer = Buffer.allocUnsafe(FIRST)
  let [size, wanted] = [0, 0]
  let splitter: LogSplitter | undefined = options.part ? lineSplitter(reader, options.part) : undefined
  for (;;) {
    const found = bytes.read(buffer, size)
    const got = typeof found === 'number' ? found : await found
    size += got
    const isEnd = got === 0
    splitter ??= splitterFor(formOf(buffer, size, isEnd || size === buffer.length), reader)
    if (!splitter) continue
    if (size < Math.min(wanted, buffer.length) && !isEnd) continue
    const used = splitter.consume(buffer, size, isEnd)
    wanted = splitter.isPatient && used === 0 && size > PATIENT ? Math.min(size * 2, LONGEST) : 0
    options.onRead?.(got)
    if (isEnd || splitter.isDone() || options.isEnough?.() === true)
      return withFault(splitter.reading(), bytes.fault?.())
    buffer.copyWithin(0, used, size)
    size -= used
    if (size < buffer.length) continue
    if (size >= LONGEST) {
      splitter.giveUp(buffer, size)
      size = 0
    } else buffer = Buffer.concat([buffer], size * 2)
  }
}

const splitterFor = (form: LogForm | undefined, reader: EventReader): LogSplitter | undefined => {
  if (form === undefined) return undefined
  return form === 'lines' ? lineSplitter(reader) : valueSplitter(reader)
}

const withFault = (reading: LogReading, fault: string | undefined): LogReading =>
  fault === undefined ? reading : { ...reading, fault }
