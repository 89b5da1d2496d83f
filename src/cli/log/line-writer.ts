import type { Io } from '../io.ts'

/** Writes lines to standard output, many at once. */
export interface LineWriter {
  /** Takes a line without its line break; what it lies in may be written to again afterwards. */
  readonly write: (line: string | Uint8Array) => void
  readonly flush: () => void
}

const SIZE = 65_536
const LINE_BREAK = Uint8Array.of(10)

/** A writer that keeps lines back until there are so many that one system call is worth it, or until it is flushed. */
export const lineWriter = (io: Pick<Io, 'out'>): LineWriter => {
  const held = Buffer.alloc(SIZE)
  let size = 0
  const flush = (): void => {
    if (size > 0) io.out(held.subarray(0, size))
    size = 0
  }
  const add = (bytes: Uint8Array): void => {
    if (size + bytes.length > SIZE) flush()
    if (bytes.length > SIZE) {
      io.out(bytes)
      return
    }
    held.set(bytes, size)
    size += bytes.length
  }
  return {
    write: line => {
      add(typeof line === 'string' ? Buffer.from(line, 'utf8') : line)
      add(LINE_BREAK)
    },
    flush
  }
}
