import type { Io } from '../io.ts'

/** Ends what waits for events. */
export interface Stopping {
  readonly signal: AbortSignal
  /** Resolves when it is time to end. */
  readonly ended: () => Promise<void>
  readonly close: () => void
}

const POLL = 100

/** Ends on the first SIGINT or SIGTERM, after so many seconds of the clock, and when nobody reads the alerts any more. */
export const stopping = (io: Io, seconds: number | undefined): Stopping => {
  const controller = new AbortController()
  const interrupts = io.countInterrupts()
  const waiting = setInterval(() => {
    if (interrupts() > 0 || !io.isRead()) controller.abort()
  }, POLL)
  const timer =
    seconds === undefined ? undefined : setTimeout(() => controller.abort(), Math.min(seconds * 1000, 2 ** 31 - 1))
  return {
    signal: controller.signal,
    ended: () =>
      new Promise(resolve => {
        if (controller.signal.aborted) resolve()
        else controller.signal.addEventListener('abort', () => resolve(), { once: true })
      }),
    close: () => {
      clearInterval(waiting)
      clearTimeout(timer)
    }
  }
}
