import { readFileSync, readSync, statSync } from 'node:fs'
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

/** All of standard input, waited for to its end, also where something made it non-blocking. */
export const readStandardInput = (): Buffer => {
  const chunks: Buffer[] = []
  const chunk = Buffer.alloc(65_536)
  for (;;) {
    const size = readSome(chunk)
    if (size === 0) return Buffer.concat(chunks)
    if (size === undefined) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    else chunks.push(Buffer.from(chunk.subarray(0, size)))
  }
}

const readSome = (chunk: Buffer): number | undefined => {
  try {
    return readSync(0, chunk, 0, chunk.length, null)
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'EAGAIN' || errno === 'EINTR') return undefined
    if (errno === 'EOF') return 0
    throw error
  }
}
