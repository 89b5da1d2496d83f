import { RESOURCE_VERBS, URL_VERBS } from '../audit/verbs.ts'

/** How long the requests of a verb took, by classes of time. Plain data. */
export interface LatencyPart {
  readonly verb: string
  /** Microseconds. */
  readonly longest: number
  readonly classes: readonly (readonly [index: number, requests: number])[]
}

/** How long the requests of a verb took, in milliseconds; half took at most p50. Good to a twentieth. */
export interface Latency {
  readonly verb: string
  readonly requests: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

// to the power of two; the last class begins at more than an hour
const CLASSES = 256
const PER_OCTAVE = 8
const VERBS: ReadonlySet<string> = new Set([...RESOURCE_VERBS, ...URL_VERBS])

/** Counts how long requests took, in microseconds, by verb. */
export const latencyCounter = () => {
  const verbs = new Map<string, { longest: number; classes: number[] }>()
  return {
    add: (verb: string, took: number): void => {
      // a verb may be any word that a client sends
      const name = VERBS.has(verb) ? verb : 'other'
      const row = verbs.get(name) ?? { longest: 0, classes: new Array<number>(CLASSES).fill(0) }
      verbs.set(name, row)
      const index = classOf(took)
      row.classes[index] = (row.classes[index] ?? 0) + 1
      row.longest = Math.max(row.longest, took)
    },
    part: (): LatencyPart[] =>
      [...verbs].map(([verb, { longest, classes }]) => ({
        ...{ verb, longest },
        classes: classes.flatMap((requests, index) => (requests === 0 ? [] : [[index, requests] as const]))
      }))
  }
}

const classOf = (took: number): number =>
  took < 1 ? 0 : Math.min(CLASSES - 1, Math.floor(Math.log2(took) * PER_OCTAVE))

/** The times of several parts as one. */
export const mergeLatencies = (parts: readonly LatencyPart[]): LatencyPart[] =>
  [...new Set(parts.map(({ verb }) => verb))].map(verb => {
    const own = parts.filter(each => each.verb === verb)
    const sums = new Map<number, number>()
    for (const { classes } of own)
      for (const [index, requests] of classes) sums.set(index, (sums.get(index) ?? 0) + requests)
    return {
      verb,
      longest: Math.max(...own.map(({ longest }) => longest)),
      classes: [...sums].sort(([a], [b]) => a - b)
    }
  })

/** What is told of how long the requests of a verb took. */
export const latencyOf = ({ verb, longest, classes }: LatencyPart): Latency => {
  const requests = classes.reduce((sum, [, count]) => sum + count, 0)
  const at = (part: number): number => {
    let left = Math.ceil(requests * part)
    const [index = 0] = classes.find(([, count]) => (left -= count) <= 0) ?? []
    return milliseconds(Math.min(longest, 2 ** ((index + 0.5) / PER_OCTAVE)))
  }
  return { verb, requests, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: milliseconds(longest) }
}

const milliseconds = (micros: number): number => Math.round(micros) / 1000
