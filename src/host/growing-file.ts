import { closeSync, createReadStream, fstatSync, readdirSync, readSync, statSync } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { AuditError, errnoOf } from '../errors.ts'
import { ABSENT, orRefused, uninterrupted, unless } from './file-error.ts'
import { openLocal } from './local-files.ts'

/** A file that is open, whatever becomes of its name. */
export interface GrowingFile {
  /** The same for every open file and every name that is this file. */
  readonly id: string
  readonly size: () => number
  /** Bytes from an offset on, at most so many, in new memory; none at the end. */
  readonly read: (offset: number, limit: number) => Uint8Array
  readonly close: () => void
}

/** The files of a log that somebody writes and rotates. What is not there is null; what cannot be read throws CANNOT_READ. */
export interface LogFiles {
  readonly open: (path: string) => GrowingFile | null
  /** The `id` of what has that name now. */
  readonly identity: (path: string) => string | null
  /** What is in a directory; nothing where there is none. */
  readonly names: (directory: string) => readonly string[]
  /** The bytes of a compressed file. */
  readonly unzip: (path: string) => AsyncIterable<Uint8Array> | null
}

/** The files of this machine. */
export const logFiles = (): LogFiles => ({
  open: path => {
    const file = openOrNull(path)
    return file === null ? null : growing(file, path)
  },
  identity: path =>
    orRefused(path, () =>
      unless(ABSENT, null, () => {
        const { dev, ino } = statSync(path, { bigint: true })
        return `${dev}:${ino}`
      })
    ),
  names: directory => orRefused(directory, () => unless(ABSENT, [], () => readdirSync(directory))),
  unzip: path => {
    const file = openOrNull(path)
    return file === null ? null : unzipped(file, path)
  }
})

const growing = (file: number, path: string): GrowingFile => {
  const stat = orRefused(path, () => fstatSync(file, { bigint: true }))
  if (!stat.isFile()) {
    closeSync(file)
    throw new AuditError('CANNOT_READ', `${path} is no ordinary file: only such can be followed`, { path })
  }
  const { dev, ino } = stat
  return {
    id: `${dev}:${ino}`,
    size: () => orRefused(path, () => fstatSync(file).size),
    read: (offset, limit) => {
      const chunk = Buffer.allocUnsafe(limit)
      const size = orRefused(path, () => uninterrupted(() => readSync(file, chunk, 0, limit, offset)))
      return chunk.subarray(0, size)
    },
    close: () => orRefused(path, () => closeSync(file))
  }
}

async function* unzipped(file: number, path: string): AsyncGenerator<Uint8Array> {
  const bytes = createReadStream(path, { fd: file, highWaterMark: 65_536 })
  const plain = createGunzip()
  bytes.on('error', error => plain.destroy(error))
  try {
    for await (const chunk of bytes.pipe(plain)) yield chunk as Uint8Array // as: a stream of bytes gives bytes
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause
    // what is damaged has no errno
    const why = errnoOf(cause) ?? cause.message
    throw new AuditError('CANNOT_READ', `${path} cannot be read (${why})`, { path, cause })
  } finally {
    bytes.destroy()
  }
}

const openOrNull = (path: string): number | null => orRefused(path, () => unless(ABSENT, null, () => openLocal(path)))
