import { closeSync, fstatSync, readSync, statSync } from 'node:fs'
import { AuditError } from '../errors.ts'
import { orRefused, uninterrupted } from './file-error.ts'
import { gunzippedBytes, isGzip } from './gunzipped-bytes.ts'
import { localChunks, openLocal, refuseDevice } from './local-files.ts'

/** Where bytes come from, a piece at a time. */
export interface ByteInput {
  /** Reads some into a buffer, from `at` on; gives how many, 0 at the end. */
  readonly read: (into: Buffer, at: number) => number | Promise<number>
  /** Why they ended before their end, of compressed ones that are damaged. */
  readonly fault: () => string | undefined
  readonly close: () => void
}

/** What is known of a log without reading it. */
export interface LogFile {
  /** The path, or `-` for standard input. */
  readonly path: string
  /** Bytes of the file; null where it is no ordinary file. */
  readonly size: number | null
  readonly isCompressed: boolean
  /** The open file, which stays the one that was looked at when its name goes to another. */
  readonly descriptor?: number | undefined
}

/**
 * Looks at a log that the user named; where it is to be held it stays open until closeLog, so that it is read to its end also
 * when it is rotated, compressed or removed meanwhile. Throws NOT_FOUND or CANNOT_READ.
 */
export const logFileOf = (path: string, isHeld = false): LogFile => {
  // looked at first: a pipe that is opened and closed again loses who writes to it
  const named = orRefused(path, () => statSync(path))
  if (named.isFIFO()) return { path, size: null, isCompressed: false }
  refuseDevice(named, path)
  const file = openFile(path)
  let isKept = false
  try {
    const stat = orRefused(path, () => fstatSync(file))
    if (stat.isDirectory()) throw new AuditError('CANNOT_READ', `${path} is a directory; a file is wanted`, { path })
    if (!stat.isFile()) return { path, size: null, isCompressed: false }
    const magic = Buffer.alloc(2)
    orRefused(path, () => uninterrupted(() => readSync(file, magic, 0, 2, 0)))
    isKept = isHeld
    return { path, size: stat.size, isCompressed: isGzip(magic), descriptor: isHeld ? file : undefined }
  } finally {
    if (!isKept) orRefused(path, () => closeSync(file))
  }
}

/** Closes a log that is held. */
export const closeLog = ({ descriptor, path }: LogFile): void => {
  if (descriptor !== undefined) orRefused(path, () => closeSync(descriptor))
}

/** The bytes of an ordinary file from one on. Throws NOT_FOUND or CANNOT_READ. */
const fileBytes = ({ path, descriptor }: LogFile, from: number): ByteInput => {
  const file = descriptor ?? openFile(path)
  let position = from
  return {
    read: (into, at) => {
      const count = orRefused(path, () => uninterrupted(() => readSync(file, into, at, into.length - at, position)))
      position += count
      return count
    },
    fault: () => undefined,
    close: () => {
      if (descriptor === undefined) orRefused(path, () => closeSync(file))
    }
  }
}

/**
 * The bytes of a pipe, a compressed file or standard input; what is compressed by gzip is expanded. Of damaged data more can
 * be given where it can be read `again`.
 */
export const streamedBytes = (pieces: Iterable<Uint8Array>, again?: () => Iterable<Uint8Array>): ByteInput => {
  let fault: string | undefined
  const expanded = expand(pieces, again, why => {
    fault = why
  })
  let [piece, used] = [Buffer.alloc(0), 0]
  return {
    read: async (into, at) => {
      while (used === piece.length) {
        const { value } = await expanded.next()
        if (value === undefined) return 0
        ;[piece, used] = [value, 0]
      }
      const count = piece.copy(into, at, used)
      used += count
      return count
    },
    fault: () => fault,
    close: () => void expanded.return(undefined)
  }
}

/** The bytes of a log. Throws NOT_FOUND or CANNOT_READ. */
export const logBytes = (file: LogFile, from = 0): ByteInput => {
  const { path, size, isCompressed, descriptor } = file
  if (size !== null && !isCompressed) return fileBytes(file, from)
  const pieces = (): Iterable<Uint8Array> => (descriptor === undefined ? localChunks(path) : piecesOf(file))
  return streamedBytes(pieces(), size === null ? undefined : pieces)
}

function* piecesOf(file: LogFile): Generator<Buffer> {
  const { read, close } = fileBytes(file, 0)
  try {
    for (;;) {
      const piece = Buffer.alloc(PIECE)
      const size = Number(read(piece, 0)) // an ordinary file is read at once
      if (size === 0) return
      yield piece.subarray(0, size)
    }
  } finally {
    close()
  }
}

const PIECE = 256 * 1024

async function* expand(
  pieces: Iterable<Uint8Array>,
  again: (() => Iterable<Uint8Array>) | undefined,
  onFault: (why: string) => void
): AsyncGenerator<Buffer> {
  const own = pieces[Symbol.iterator]()
  const first = own.next()
  if (first.done === true) return
  const all = (function* () {
    yield first.value
    yield* { [Symbol.iterator]: () => own }
  })()
  if (isGzip(first.value)) yield* gunzippedBytes(all, again, onFault)
  else for (const piece of all) yield Buffer.from(piece)
}

const openFile = (path: string): number => orRefused(path, () => openLocal(path))
