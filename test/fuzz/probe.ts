import { AuditError } from '../../src/errors.ts'

/** The longest that the product may take for one thing that is asked of it, in milliseconds. */
export const LONGEST = 2000

/** What takes fewer milliseconds by the clock is not looked at more closely. */
const QUICK = 100

/** What runs the product and looks at how it ends. */
export interface Probe {
  /** The result; a refusal by one of our errors, which is not IMPOSSIBLE, as such; any other error is thrown on. */
  readonly ask: <T>(what: string, run: () => T) => { readonly value: T } | { readonly refused: AuditError }
  /** The result of something that must not refuse. */
  readonly demand: <T>(what: string, run: () => T) => T
  /** The same of what takes its time. */
  readonly wait: <T>(what: string, run: () => Promise<T>) => Promise<T>
  /** The longest time that anything took, in milliseconds. */
  readonly slowest: () => number
}

/** A probe for one input. It fails for what takes too long. */
export const makeProbe = (): Probe => {
  let slowest = 0
  let mark = now()
  // to ask for the processor's time takes longer than most of what is asked of the product
  const begin = (): number => {
    if (performance.now() - mark.wall > QUICK) mark = now()
    return performance.now()
  }
  const takenSince = (start: number): number => {
    const wall = performance.now() - start
    return wall < QUICK ? wall : Math.min(wall, processorSince(mark))
  }
  const judge = (what: string, taken: number): void => {
    slowest = Math.max(slowest, taken)
    if (taken > LONGEST) throw new Error(`${what} took ${Math.round(taken)} ms`)
  }
  const timed = <T>(run: () => T): { readonly value: T; readonly taken: number } => {
    const start = begin()
    return { value: run(), taken: takenSince(start) }
  }
  const demand = <T>(what: string, run: () => T): T => {
    const { value, taken } = timed(run)
    // a machine that is busy with other things, or a collection, is no fault: what is slow is slow again
    judge(what, taken > LONGEST ? Math.min(taken, timed(run).taken) : taken)
    return value
  }
  return {
    demand,
    ask: (what, run) => demand(what, () => refusable(run)),
    wait: async (what, run) => {
      const start = begin()
      const value = await run()
      judge(what, takenSince(start))
      return value
    },
    slowest: () => slowest
  }
}

const refusable = <T>(run: () => T): { readonly value: T } | { readonly refused: AuditError } => {
  try {
    return { value: run() }
  } catch (error) {
    if (error instanceof AuditError && error.code !== 'IMPOSSIBLE') return { refused: error }
    throw error
  }
}

interface Moment {
  readonly wall: number
  readonly cpu: NodeJS.CpuUsage
}

const now = (): Moment => ({ wall: performance.now(), cpu: process.cpuUsage() })

// of a machine that does other things too the wall clock tells more
const processorSince = ({ cpu }: Moment): number => {
  const { user, system } = process.cpuUsage(cpu)
  return (user + system) / 1000
}
