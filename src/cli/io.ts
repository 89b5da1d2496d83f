import { createInterface } from 'node:readline'
import { isatty } from 'node:tty'

/** The process as a command sees it: the only place that touches console, streams and signals. */
export interface Io {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  readonly isOutTerminal: boolean
  readonly isErrTerminal: boolean
  readonly isInTerminal: boolean
  readonly width: number
  readonly env: Readonly<Record<string, string | undefined>>
  /** Standard input, a piece at a time. */
  readonly input: () => Iterable<Uint8Array>
  /** Waits until what was written to `out` is on its way; false when nobody reads it any more. */
  readonly isRead: () => Promise<boolean>
  readonly ask: (question: string) => Promise<boolean>
  /** Counts requests to stop (SIGINT, SIGTERM) from now on; SIGHUP stops nothing. */
  readonly countInterrupts: () => () => number
}

type Process = Pick<NodeJS.Process, 'stdout' | 'stderr' | 'stdin' | 'env' | 'on'>

/** The real process. A terminal that is gone (EPIPE, EIO) ends nothing: what was begun must be brought to its end. */
export const processIo = (process: Process, input: () => Iterable<Uint8Array>): Io => {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => undefined)
  }
  const write = (stream: NodeJS.WriteStream, text: string): void => {
    if (!stream.destroyed && stream.writable) stream.write(text)
  }
  return {
    out: text => write(process.stdout, text),
    err: text => write(process.stderr, text),
    isOutTerminal: process.stdout.isTTY === true,
    isErrTerminal: process.stderr.isTTY === true,
    // asking process.stdin would open it without blocking, and then it could not be read to its end
    isInTerminal: isatty(0),
    width: Math.max(40, Math.min(process.stdout.columns ?? process.stderr.columns ?? 80, 120)),
    env: process.env,
    input,
    isRead: () => drained(process.stdout),
    ask: question => askYes(process, question),
    countInterrupts: () => {
      let count = 0
      process.on('SIGHUP', () => undefined)
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.on(signal, () => {
          count += 1
        })
      }
      return () => count
    }
  }
}

const drained = (stream: NodeJS.WriteStream): Promise<boolean> => {
  const isOpen = (): boolean => !stream.destroyed && stream.writable
  if (!isOpen() || !stream.writableNeedDrain) return Promise.resolve(isOpen())
  return new Promise(resolve => {
    const settle = (): void => {
      for (const event of DONE) stream.off(event, settle)
      resolve(isOpen())
    }
    for (const event of DONE) stream.on(event, settle)
  })
}

const DONE = ['drain', 'close', 'error'] as const

const askYes = (process: Process, question: string): Promise<boolean> =>
  new Promise(resolve => {
    const lines = createInterface({ input: process.stdin, output: process.stdout })
    lines.on('close', () => resolve(false))
    lines.question(`${question} [y/N] `, answer => {
      resolve(/^\s*y(es)?\s*$/i.test(answer))
      lines.close()
    })
  })
