import { falco } from '../../src/cli/commands/falco.ts'
import type { Io } from '../../src/cli/io.ts'
import { main } from '../../src/cli/main.ts'

/** What a run gave. */
export interface Output {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** A run that goes on. */
export interface Running {
  readonly out: () => string
  readonly err: () => string
  /** What SIGINT would do. */
  readonly interrupt: () => void
  readonly done: Promise<Output>
}

/** Starts `falco` in this process with nobody at the terminal; of the commands there is no other, whose loading would take time. */
export const startFalco = (words: readonly string[], more: Partial<Io> = {}): Running => {
  let [out, err, interrupts] = ['', '', 0]
  const io: Io = {
    out: text => void (out += Buffer.from(text).toString()),
    err: text => void (err += text),
    isOutTerminal: false,
    isErrTerminal: false,
    isInTerminal: false,
    width: 100,
    env: { FALCO_HOSTNAME: 'node' },
    input: () => [],
    isRead: () => true,
    lost: () => undefined,
    ask: () => Promise.reject(new Error('nobody is there to be asked')),
    countInterrupts: () => () => interrupts,
    ...more
  }
  return {
    out: () => out,
    err: () => err,
    interrupt: () => void (interrupts += 1),
    done: main(['falco', ...words], io, [falco]).then(code => ({ code, out, err }))
  }
}
