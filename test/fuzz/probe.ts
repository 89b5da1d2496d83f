import { AuditError } from '../../src/errors.ts'

/** The longest that the product may take for one thing that is asked of it, in milliseconds. */
export const LONGEST = 2000

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
  const timed = (what: string, start: Moment): void => {
    const taken = since(start)
    slowest = Math.max(slowest, taken)
    if (taken > LONGEST) throw new Error(`${what} took ${Math.round(taken)} ms`)
  }
  const demand = <T>(what: string, run: () => T): T => {
    const start = now()
    const value = run()
    timed(what, start)
    return value
  }
  return {
    demand,
    ask: (what, run) => demand(what, () => refusable(run)),
    wait: async (what, run) => {
      const start = now()
      const value = await run()
      timed(what, start)
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

// of a machine that does other things too the wall clock tells more, of a collector with threads of its own the processor
const since = ({ wall, cpu }: Moment): number => {
  const { user, system } = process.cpuUsage(cpu)
  return Math.min(performance.now() - wall, (user + system) / 1000)
}
