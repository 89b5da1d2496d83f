import { closeSync, fstatSync, writeSync } from 'node:fs'
import { errnoOf } from '../errors.ts'

/** The process as a command sees it: the only place that touches console, streams and signals. */
export interface Io {
  /** Text, or bytes as they are. */
  readonly out: (text: string | Uint8Array) => void
  readonly err: (text: string) => void
  readonly isOutTerminal: boolean
  readonly isErrTerminal: boolean
  readonly isInTerminal: boolean
  readonly width: number
  readonly env: Readonly<Record<string, string | undefined>>
  /** Standard input, a piece at a time. */
  readonly input: () => Iterable<Uint8Array>
  /** False when nobody reads what is written to `out` any more. */
  readonly isRead: () => boolean
  /** Why a part of what was written to `out` is lost though somebody wants it, as ENOSPC; undefined where none is. */
  readonly lost: () => string | undefined
  readonly ask: (question: string) => Promise<boolean>
  /** Counts requests to stop (SIGINT, SIGTERM) from now on; SIGHUP stops nothing. */
  readonly countInterrupts: () => () => number
}

type Process = Pick<NodeJS.Process, 'stdout' | 'stderr' | 'stdin' | 'env' | 'on' | 'getBuiltinModule'>

/**
 * The real process. A terminal that is gone (EPIPE, EIO) ends nothing: what was begun must be brought to its end. Written
 * to at once and without the streams, whose making is a good part of the time of a short command.
 */
export const processIo = (process: Process, input: () => Iterable<Uint8Array>): Io => {
  const [out, err] = [writerOf(OUT), writerOf(ERR)]
  const isTerminal = { in: isTerminalAt(process, IN), out: isTerminalAt(process, OUT), err: isTerminalAt(process, ERR) }
  return {
    out: out.write,
    err: err.write,
    isOutTerminal: isTerminal.out,
    isErrTerminal: isTerminal.err,
    isInTerminal: isTerminal.in,
    width: widthOf(isTerminal.out ? process.stdout : isTerminal.err ? process.stderr : undefined),
    env: process.env,
    input,
    isRead: out.isRead,
    lost: out.lost,
    ask: question => askYes(process, question),
    countInterrupts: () => {
      let count = 0
      process.on('SIGHUP', () => undefined)
      const terminals = [IN, OUT, ERR].filter(file => isTerminalAt(process, file))
      process.on('exit', () => leaveGone(process, terminals))
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.on(signal, () => {
          count += 1
        })
      }
      return () => count
    }
  }
}

const [IN, OUT, ERR] = [0, 1, 2]

// node sets every open terminal back when it ends, and aborts where one is gone (src/node.cc, ResetStdio)
const leaveGone = (process: Process, terminals: readonly number[]): void => {
  for (const file of terminals) if (!isTerminalAt(process, file)) closeSync(file)
}

const BUSY = 10

interface Writer {
  readonly write: (text: string | Uint8Array) => void
  readonly isRead: () => boolean
  readonly lost: () => string | undefined
}

// nobody is there any more
const GONE = ['EPIPE', 'EIO', 'EBADF']

// whatever a write says (nobody reads it, no space is left), it ends no run
const writerOf = (file: number): Writer => {
  let broken: string | undefined
  const write = (text: string | Uint8Array): void => {
    const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text
    for (let done = 0; done < bytes.length && broken === undefined;) {
      try {
        done += writeSync(file, bytes, done)
      } catch (error) {
        const errno = errnoOf(error)
        if (errno === undefined) throw error
        // a pipe that something made non-blocking is full
        if (errno === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY)
        else if (errno !== 'EINTR') broken = errno
      }
    }
  }
  return {
    write,
    isRead: () => broken === undefined,
    lost: () => (broken === undefined || GONE.includes(broken) ? undefined : broken)
  }
}

// loading node:tty takes longer than all else that is asked here, so a pipe, a file and /dev/null do without
const isTerminalAt = (process: Process, file: number): boolean => {
  try {
    const stat = fstatSync(file)
    return (
      stat.isCharacterDevice() && stat.rdev >> 8 !== MEMORY_DEVICES && process.getBuiltinModule('node:tty').isatty(file)
    )
  } catch (error) {
    // a file that was closed
    if (errnoOf(error) === undefined) throw error
    return false
  }
}

const MEMORY_DEVICES = 1

const widthOf = (terminal: { readonly columns?: number } | undefined): number =>
  Math.max(40, Math.min(terminal?.columns ?? 80, 120))

const askYes = async (process: Process, question: string): Promise<boolean> => {
  const { createInterface } = await import('node:readline')
  return new Promise(resolve => {
    const lines = createInterface({ input: process.stdin, output: process.stdout })
    lines.on('close', () => resolve(false))
    // a terminal that is gone says EIO, and no
    lines.on('error', () => resolve(false))
    lines.question(`${question} [y/N] `, answer => {
      resolve(/^\s*y(es)?\s*$/i.test(answer))
      lines.close()
    })
  })
}
