interface Waiter {
  readonly isMet: () => boolean
  readonly end: (isMet: boolean) => void
}

/** Where is waited for room. */
export interface WaitingRoom {
  /** Waits for something that is taken at once, before the next one is asked; false when it took too long. */
  readonly wait: (isMet: () => boolean, take: () => void, end: number) => Promise<boolean>
  /** Asks everybody who waits. */
  readonly settle: () => void
  /** Sends everybody away, and whoever still comes. */
  readonly close: () => void
}

/** Nobody waits yet. For as long as somebody does, `onStuck` is called every `grace` milliseconds. */
export const waitingRoom = (grace: number, onStuck: () => void): WaitingRoom => {
  const waiters = new Set<Waiter>()
  let isClosed = false
  let watch: NodeJS.Timeout | undefined
  const enter = (waiter: Waiter): void => {
    waiters.add(waiter)
    watch ??= setInterval(onStuck, grace)
  }
  const leave = (waiter: Waiter): void => {
    waiters.delete(waiter)
    if (waiters.size > 0) return
    clearInterval(watch)
    watch = undefined
  }
  return {
    wait: (isMet, take, end) =>
      new Promise(resolve => {
        if (isClosed) return resolve(false)
        const timer = setTimeout(() => waiter.end(false), Math.max(0, end - performance.now()))
        const waiter: Waiter = {
          isMet,
          end: is => {
            clearTimeout(timer)
            leave(waiter)
            if (is) take()
            resolve(is)
          }
        }
        enter(waiter)
        if (isMet()) waiter.end(true)
      }),
    settle: () => {
      for (const waiter of waiters) if (waiter.isMet()) waiter.end(true)
    },
    close: () => {
      isClosed = true
      for (const waiter of waiters) waiter.end(false)
    }
  }
}
