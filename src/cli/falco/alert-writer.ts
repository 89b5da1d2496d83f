import { alertLine } from '../../falco/alert.ts'
import type { Configuration } from '../../falco/configuration.ts'
import type { Instant } from '../../falco/event-time.ts'
import type { Rule } from '../../falco/rule.ts'
import { appendedFile } from '../../host/appended-file.ts'
import { harmless, harmlessJson } from '../../render/paint.ts'
import type { Io } from '../io.ts'
import { lineWriter } from '../log/line-writer.ts'

/** Writes alerts to the outputs that are configured. */
export interface AlertWriter<E> {
  readonly write: (rule: Rule<E>, event: E, at: Instant) => void
  /** Writes out what was kept back. */
  readonly flush: () => void
  readonly close: () => void
}

/** A writer to standard output and to a file, as `stdout_output` and `file_output` say. Throws CANNOT_WRITE. */
export const alertWriter = <E>(configuration: Configuration, io: Io, hostname: string): AlertWriter<E> => {
  const out = lineWriter(io)
  const file = configuration.file === undefined ? undefined : appendedFile(configuration.file)
  const options = { ...configuration, hostname }
  return {
    write: (rule, event, at) => {
      const written = alertLine(rule, event, at, options)
      // a name that turns the direction of a line must not deceive who reads it
      const line = configuration.isJson ? harmlessJson(written) : harmless(written)
      if (configuration.toStdout) out.write(line)
      file?.writeLine(line)
    },
    flush: out.flush,
    close: () => {
      out.flush()
      file?.close()
    }
  }
}
