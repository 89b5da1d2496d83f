import { readFileSync, statSync } from 'node:fs'
import { AuditError, errnoOf } from '../errors.ts'

/** Reads a file that the user named on the command line, relative to the working directory. Throws NOT_FOUND, CANNOT_READ or TOO_LARGE. */
export const readLocalFile = (path: string, limit: number): Buffer => {
  try {
    const stat = statSync(path)
    if (stat.isDirectory()) throw new AuditError('CANNOT_READ', `${path} is a directory; a file is wanted`, { path })
    if (stat.size > limit)
      throw new AuditError('TOO_LARGE', `${path} has ${stat.size} bytes; at most ${limit} are read`, { path })
    return readFileSync(path)
  } catch (cause) {
    const errno = errnoOf(cause)
    if (errno === undefined) throw cause
    throw new AuditError(errno === 'ENOENT' ? 'NOT_FOUND' : 'CANNOT_READ', `${path} cannot be read (${errno})`, {
      path,
      cause
    })
  }
}

/** All of standard input. */
export const readStandardInput = (): Buffer => readFileSync(0)
