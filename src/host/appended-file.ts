import { closeSync, fstatSync, openSync, writeSync } from 'node:fs'
import { AuditError, errnoOf } from '../errors.ts'
import { writeAll } from './atomic-write.ts'
import { uninterrupted, unless } from './file-error.ts'
import { endsInHalfALine } from './half-a-line.ts'

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
  const file = orRefused(() => uninterrupted(() => openSync(path, 'a', 0o600)))
  let begin = orRefused(() => (wasCutOff(path, file) ? '\n' : ''))
  return {
    writeLine: line => {
      orRefused(() => writeAll({ writeSync }, file, Buffer.from(`${begin}${line}\n`)))
      begin = ''
    },
    close: () => orRefused(() => closeSync(file))
  }
}

// half a line, of a full disk or a killed run, must not take the next one with it
const wasCutOff = (path: string, file: number): boolean => {
  const stat = fstatSync(file)
  if (!stat.isFile() || stat.size === 0) return false
  // who may write to a file need not be one who may read it
  const reader = unless(['EACCES'], null, () => openSync(path, 'r'))
  if (reader === null) return false
  try {
    return endsInHalfALine(reader, stat.size)
  } finally {
    closeSync(reader)
  }
}
