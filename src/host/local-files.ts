import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  type Stats,
  statSync
} from 'node:fs'
import { AuditError, errnoOf } from '../errors.ts'
import { ABSENT, orRefused, unless } from './file-error.ts'
import type { FileKind } from './host.ts'
import { kindOf } from './read-files.ts'

/** Reads a file that the user named on the command line, relative to the working directory. Throws NOT_FOUND, CANNOT_READ or TOO_LARGE. */
export const readLocalFile = (path: string, limit: number): Buffer => readWhole(localChunks(path), path, limit)

/** All of a file's chunks as one. Throws TOO_LARGE as soon as there are more bytes than allowed. */
export const readWhole = (chunks: Iterable<Uint8Array>, path: string, limit: number): Buffer => {
  const kept: Uint8Array[] = []
  let size = 0
  for (const chunk of chunks) {
    size += chunk.length
    if (size > limit) throw new AuditError('TOO_LARGE', `${path} has more than ${limit} bytes`, { path })
    kept.push(chunk)
  }
  return Buffer.concat(kept, size)
}

/** The bytes of a file that the user named, a piece at a time, each new memory. Throws NOT_FOUND or CANNOT_READ. */
export function* localChunks(path: string): Generator<Buffer> {
  const file = orRefused(path, () => {
    const stat = statSync(path)
    if (stat.isDirectory())
      throw new AuditError('CANNOT_READ', `${path} is a directory; a file is wanted`, {
        path,
        next: 'give a file of that directory'
      })
    refuseDevice(stat, path)
    return openLocal(path)
  })
  try {
    yield* orRefused(path, () => fstatSync(file)).isFIFO() && !INHERITED.test(path)
      ? awaitedChunks(file, path)
      : chunksOf(file, path)
  } finally {
    orRefused(path, () => closeSync(file))
  }
}

/** Opens a file to read it; that of a pipe does not wait for somebody to write to it. Throws errors of the system. */
export const openLocal = (path: string): number =>
  openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY)

/** Throws CANNOT_READ for a device that the user named, as /dev/zero: what it gives need never end. */
export const refuseDevice = (stat: Stats, path: string): void => {
  const isDevice = stat.isBlockDevice() || (stat.isCharacterDevice() && stat.rdev !== DEV_NULL)
  if (!isDevice || INHERITED.test(path)) return
  throw new AuditError('CANNOT_READ', `${path} is a device; a file or a pipe is wanted`, {
    path,
    next: 'give a file; - reads standard input'
  })
}

// 1:3 on every Linux (Documentation/admin-guide/devices.txt)
const DEV_NULL = 0x103

// what a shell hands on (`<(command)`) has had its writer already
const INHERITED = /^\/(dev\/(fd|stdin)|proc)\b/

const PATIENCE = 5000

// the writer of a pipe with a name may come later, or never
function* awaitedChunks(file: number, path: string): Generator<Buffer> {
  const start = performance.now()
  for (;;) {
    let isEmpty = true
    for (const chunk of chunksOf(file, path)) {
      isEmpty = false
      yield chunk
    }
    if (!isEmpty) return
    if (performance.now() - start > PATIENCE)
      throw new AuditError('CANNOT_READ', `${path} is a pipe, and nobody wrote to it for ${PATIENCE / 1000} s`, {
        path,
        next: 'give a file, or start what writes to the pipe'
      })
    pause()
  }
}

/** What stands at a path that the user named, through links; null where nothing does. Throws CANNOT_READ. */
export const localKind = (path: string): FileKind | null =>
  // a name of which there can be none, as a long pattern, is none
  orRefused(path, () => unless([...ABSENT, 'ENAMETOOLONG'], null, () => kindOf(statSync(path))))

/** True for a symbolic link that the user named, wherever it leads. Throws CANNOT_READ. */
export const isLocalLink = (path: string): boolean =>
  orRefused(path, () => unless(ABSENT, false, () => lstatSync(path).isSymbolicLink()))

/** The names in a directory that the user named, sorted. Throws NOT_FOUND or CANNOT_READ. */
export const localNames = (directory: string): string[] => orRefused(directory, () => readdirSync(directory).sort())

/** Standard input, a piece at a time, waited for to its end, also where something made it non-blocking. */
export const standardInput = (): Generator<Buffer> => chunksOf(0, 'standard input')

/** True for two paths of one file; false where one of them cannot be looked at. */
export const isSameLocalFile = (one: string, other: string): boolean => {
  const [first, second] = [identityOf(one), identityOf(other)]
  return first !== undefined && first === second
}

const identityOf = (path: string): string | undefined => {
  try {
    const { dev, ino } = statSync(path)
    return `${dev}:${ino}`
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    return undefined
  }
}

const CHUNK = 65_536

function* chunksOf(file: number, path: string): Generator<Buffer> {
  const chunk = Buffer.alloc(CHUNK)
  for (;;) {
    const size = orRefused(path, () => readSome(file, chunk))
    if (size === 0) return
    if (size === undefined) pause()
    else yield Buffer.from(chunk.subarray(0, size))
  }
}

const pause = (): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)

const readSome = (file: number, chunk: Buffer): number | undefined => {
  try {
    return readSync(file, chunk, 0, chunk.length, null)
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'EAGAIN' || errno === 'EINTR') return undefined
    if (errno === 'EOF') return 0
    throw error
  }
}
