import { AuditError } from '../errors.ts'
import type { GrowingFile, LogFiles } from '../host/growing-file.ts'
import { type RotatedLog, rotatedLogs } from './rotated-logs.ts'

/** How a log is followed. */
export interface Following {
  readonly files: LogFiles
  readonly sleep: (milliseconds: number) => Promise<void>
  readonly signal: AbortSignal
  /** Where to begin in the file that is there at first; the start when absent. */
  readonly from?: 'start' | 'end'
  /** Told when there is no such file yet, and it is waited for. */
  readonly onAbsent?: () => void
  /** Told of a rotated file that was removed before it was read. */
  readonly onLost?: (file: string) => void
}

const POLL = 200
const NOTHING = new Uint8Array()

/**
 * The bytes of a log from now on, through every rotation as kube-apiserver does it: each byte once and in order. Where a
 * file ends within a line, a line break is added. An empty chunk says that for now there is no more. Ends on the signal.
 */
export async function* followLog(path: string, following: Following): AsyncGenerator<Uint8Array> {
  const { sleep, signal, onAbsent } = following
  const log = logAt(path, following)
  let isTold = false
  try {
    while (!signal.aborted) {
      let isMore = false
      for await (const chunk of log.more()) {
        isMore = true
        yield chunk
        if (signal.aborted) return
      }
      if (isMore || !isTold) yield NOTHING
      if (!isTold && !log.isOpen()) onAbsent?.()
      isTold = true
      await sleep(POLL)
    }
  } finally {
    log.close()
  }
}

interface Log {
  /** What was written since the last time, to the end of what is there. */
  readonly more: () => AsyncGenerator<Uint8Array>
  readonly isOpen: () => boolean
  readonly close: () => void
}

const logAt = (path: string, { files, from, onLost }: Following): Log => {
  let seen: ReadonlySet<string> | undefined
  let open: OpenFile | undefined
  const lines = lineEnds()

  async function* more(): AsyncGenerator<Uint8Array> {
    const isFirst = seen === undefined
    seen ??= stampsOf(rotatedLogs(path, files))
    if (open) yield* lines.mark(unread(open, lines))
    // as long as the name is this file's, it was not rotated
    if (open && files.identity(path) === open.file.id) return
    // before it lost its name more may have been written, and nothing after
    if (open) yield* lines.mark(unread(open, lines))
    for (;;) {
      for (const each of rotatedLogs(path, files).filter(({ stamp }) => !seen?.has(stamp))) {
        yield* lines.mark(rotatedBytes(each, files, open, lines, onLost))
        seen = new Set([...seen, each.stamp])
      }
      const next = files.open(path)
      const rotated = rotatedLogs(path, files)
      // it was rotated while it was opened, or the one before: that comes first
      if (rotated.some(({ stamp }) => !seen?.has(stamp))) {
        next?.close()
        continue
      }
      seen = stampsOf(rotated)
      // between two names, or removed: the old one is kept until there is a new one
      if (!next) return
      open?.file.close()
      const isAtEnd = isFirst && from === 'end'
      open = { file: next, position: isAtEnd ? next.size() : 0, head: isAtEnd ? next.read(0, HEAD) : NOTHING }
      yield* lines.end()
      yield* lines.mark(unread(open, lines))
      return
    }
  }
  return { more, isOpen: () => open !== undefined, close: () => open?.file.close() }
}

const stampsOf = (rotated: readonly RotatedLog[]): ReadonlySet<string> => new Set(rotated.map(({ stamp }) => stamp))

/** A file that is read as it grows, with its first bytes, by which it is known again. */
interface OpenFile {
  readonly file: GrowingFile
  position: number
  head: Uint8Array
}

const CHUNK = 65_536
// an event has its own ID within as many
const HEAD = 1024

function* unread(open: OpenFile, lines: LineEnds): Generator<Uint8Array> {
  const size = open.file.size()
  const isOther = !startsWith(open.file.read(0, HEAD), open.head)
  if (size < open.position || isOther) {
    // somebody emptied it, and it is written anew
    open.position = 0
    open.head = NOTHING
    yield* lines.end()
  }
  for (;;) {
    const chunk = open.file.read(open.position, CHUNK)
    if (chunk.length === 0) return
    if (open.head.length < HEAD) open.head = open.file.read(0, HEAD)
    open.position += chunk.length
    yield chunk
  }
}

async function* rotatedBytes(
  { plain, zipped }: RotatedLog,
  files: LogFiles,
  open: OpenFile | undefined,
  lines: LineEnds,
  onLost: Following['onLost']
): AsyncGenerator<Uint8Array> {
  // as long as the plain one is there, the compressed one may not be whole
  const file = files.open(plain)
  if (file) {
    try {
      // the one that was read while it had the log's name
      if (file.id === open?.file.id) return
      yield* lines.end()
      yield* unread({ file, position: 0, head: NOTHING }, lines)
    } finally {
      file.close()
    }
    return
  }
  const bytes = files.unzip(zipped)
  if (!bytes) {
    onLost?.(plain)
    return
  }
  let isFirst = true
  try {
    for await (const chunk of bytes) {
      if (isFirst && open && open.head.length > 0 && startsWith(chunk, open.head)) return
      if (isFirst) yield* lines.end()
      isFirst = false
      yield chunk
    }
  } catch (error) {
    // a damaged file is no reason to lose those behind it
    if (!(error instanceof AuditError) || error.code !== 'CANNOT_READ') throw error
    onLost?.(zipped)
  }
}

const startsWith = (bytes: Uint8Array, head: Uint8Array): boolean =>
  bytes.length >= head.length && Buffer.compare(bytes.subarray(0, head.length), head) === 0

/** Knows whether what was given so far ends with a line. */
interface LineEnds {
  readonly mark: (chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) => AsyncGenerator<Uint8Array>
  /** A line break where one is missing. */
  readonly end: () => Generator<Uint8Array>
}

const LINE_BREAK = 10

const lineEnds = (): LineEnds => {
  let isEnded = true
  return {
    mark: async function* (chunks) {
      for await (const chunk of chunks) {
        isEnded = chunk.at(-1) === LINE_BREAK
        yield chunk
      }
    },
    end: function* () {
      if (!isEnded) yield Uint8Array.of(LINE_BREAK)
      isEnded = true
    }
  }
}
