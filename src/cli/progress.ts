import type { Progress, Watcher } from '../apply/progress.ts'
import { harmless } from '../render/paint.ts'
import type { Io } from './io.ts'
import type { Session } from './session.ts'

const TELL_EVERY = 10

/**
 * Tells what a run does: on a terminal the wait is one line that counts the seconds, elsewhere a plain line now and then.
 */
export const watcherOf = (
  session: Session,
  io: Io,
  interrupts: () => number
): Watcher & { readonly close: () => void } => {
  let isOpen = false
  let told: { text: string; seconds: number } | undefined
  const clear = (): void => {
    if (isOpen) io.err('\r\u001b[K')
    isOpen = false
  }
  const report = (progress: Progress): void => {
    if (progress.kind === 'step') {
      clear()
      told = undefined
      session.talk(harmless(progress.text))
      return
    }
    const { text, seconds, limit } = progress
    const line = `${harmless(text)} (${Math.floor(seconds)} s of ${Math.floor(limit)} s)`
    if (io.isErrTerminal) {
      io.err(`\r\u001b[K${line.slice(0, io.width - 1)}`)
      isOpen = true
    } else if (told?.text !== text || seconds - told.seconds >= TELL_EVERY) {
      told = { text, seconds }
      session.talk(line)
    }
  }
  return { report, interrupts, close: clear }
}
