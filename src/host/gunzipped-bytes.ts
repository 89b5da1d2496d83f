import { createGunzip } from 'node:zlib'

/** True for the beginning of a gzip file. */
export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

/** Where expanding came to its end before the end of the data. */
interface Fault {
  /** Where the piece begins in which the damage is; undefined where there is no more, and all was given. */
  readonly at?: number
  readonly why: string
}

// what a piece gives is held at once: at most a thousand times as much
const PIECE = 16 * 1024
// what is expanded of a damaged piece is lost where it cannot be read again
const PIECE_OF_PIPE = 2 * 1024
const FINER = [256, 1]

/**
 * The bytes that were compressed by gzip. Of damaged data all that stands before the damage is given, to the byte where the
 * data can be read `again`; `onFault` is told why there is no more.
 */
export async function* gunzippedBytes(
  pieces: Iterable<Uint8Array>,
  again: (() => Iterable<Uint8Array>) | undefined,
  onFault: (why: string) => void
): AsyncGenerator<Buffer> {
  let given = 0
  let size = again ? PIECE : PIECE_OF_PIPE
  let source = cut(pieces, { from: 0, until: 0, size, usual: size })
  let fault: Fault | undefined
  for (const finer of [...FINER, 0]) {
    const expanded = behind(given, expand(source))
    try {
      let next = await expanded.next()
      for (; next.done !== true; next = await expanded.next()) {
        given += next.value.length
        yield next.value
      }
      fault = next.value
    } finally {
      await expanded.return(undefined)
    }
    if (fault?.at === undefined || !again || finer === 0) break
    // once more, in small pieces where the damage is
    source = cut(again(), { from: fault.at, until: fault.at + size, size: finer, usual: PIECE })
    size = finer
  }
  if (fault) onFault(fault.why)
}

interface Cut {
  /** Between these two places pieces have a size of their own. */
  readonly from: number
  readonly until: number
  readonly size: number
  readonly usual: number
}

function* cut(pieces: Iterable<Uint8Array>, { from, until, size, usual }: Cut): Generator<Uint8Array> {
  let offset = 0
  for (const piece of pieces)
    for (let at = 0; at < piece.length;) {
      const most = offset < from ? Math.min(usual, from - offset) : offset < until ? size : usual
      const part = piece.subarray(at, at + most)
      yield part
      at += part.length
      offset += part.length
    }
}

async function* behind<T>(skipped: number, bytes: AsyncGenerator<Buffer, T>): AsyncGenerator<Buffer, T> {
  let left = skipped
  try {
    for (;;) {
      const next = await bytes.next()
      if (next.done === true) return next.value
      const rest = next.value.subarray(left)
      left = Math.max(0, left - next.value.length)
      if (rest.length > 0) yield rest
    }
  } finally {
    await bytes.return(undefined as T) // as: nobody asks for it
  }
}

async function* expand(pieces: Iterable<Uint8Array>): AsyncGenerator<Buffer, Fault | undefined> {
  const { write, end, close } = gunzipper()
  let at = 0
  try {
    for (const piece of pieces) {
      const { bytes, failure, isAtEnd } = await write(piece)
      yield* bytes
      if (failure) return faultOf(failure, at)
      // behind it zeros may stand
      if (isAtEnd) return undefined
      at += piece.length
    }
    const { bytes, failure } = await end()
    yield* bytes
    return failure && faultOf(failure)
  } finally {
    close()
  }
}

interface Expanded {
  readonly bytes: readonly Buffer[]
  readonly failure: Error | undefined
  readonly isAtEnd: boolean
}

/** A stream as steps: what is expanded of each piece is there before the next one, which may be its last. */
const gunzipper = () => {
  const gunzip = createGunzip({ chunkSize: 64 * 1024 })
  const bytes: Buffer[] = []
  let failure: Error | undefined
  let isAtEnd = false
  let settle: () => void = () => undefined
  gunzip
    .on('data', (piece: Buffer) => bytes.push(piece))
    .on('error', error => {
      failure = error
      settle()
    })
    .on('end', () => {
      isAtEnd = true
      settle()
    })
  const step = async (start: (done: () => void) => void): Promise<Expanded> => {
    await new Promise<void>(resolve => {
      settle = resolve
      if (isAtEnd || failure) resolve()
      else start(resolve)
    })
    // what it has not handed out yet; it would not when it has failed
    while (!gunzip.destroyed && gunzip.read() !== null);
    return { bytes: bytes.splice(0), failure, isAtEnd }
  }
  return {
    write: (piece: Uint8Array) => step(done => gunzip.write(piece, done)),
    // it is done with its end
    end: () => step(() => gunzip.end()),
    close: () => void gunzip.destroy()
  }
}

const faultOf = (error: Error, at?: number): Fault => {
  if (!('code' in error) || !/^Z_/.test(String(error.code))) throw error
  const why = `the compressed data is damaged or cut off (${error.message})`
  return at === undefined ? { why } : { at, why }
}
