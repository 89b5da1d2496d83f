import { closeSync, openSync, writeSync } from 'node:fs'
import { AuditError, errnoOf } from '../errors.ts'

/** A file that the user named, to the end of which lines are written. */
export interface AppendedFile {
  /** Writes a line, with its line break, at once. Throws CANNOT_WRITE. */
  readonly writeLine: (line: string) => void
  readonly close: () => void
}

/** Opens a file to write behind what it holds, and makes it where there is none, for its owner alone. Throws CANNOT_WRITE. */
export const appendedFile = (path: string): AppendedFile => {
  const orRefused = <T>(does: () => T): T => {
    try {
      return does()
    } catch (cause) {
      throw new AuditError('CANNOT_WRITE', `${path} cannot be written (${errnoOf(cause) ?? String(cause)})`, {
        path,
        cause
      })
    }
  }
  const file = orRefused(() => openSync(path, 'a', 0o600))
  return {
    writeLine: line => {
      const bytes = Buffer.from(`${line}\n`)
      orRefused(() => {
        for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done)
      })
    },
    close: () => orRefused(() => closeSync(file))
  }
}
