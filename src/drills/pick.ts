import { sha256 } from '../sha256.ts'

/** Values that a seed chooses: the same seed and name give the same values, in the order in which they are asked for. */
export interface Pick {
  readonly one: <T>(from: readonly [T, ...T[]]) => T
  /** A whole number from `low` to `high`, both of them possible. */
  readonly number: (low: number, high: number) => number
  /** As many different ones, in a chosen order. */
  readonly some: <T>(from: readonly T[], count: number) => T[]
  /** As many hexadecimal digits. */
  readonly hex: (digits: number) => string
}

/** The choices of a seed for what bears a name, such as a drill. */
export const pickFor = (name: string, seed: number): Pick => {
  const state = { drawn: 0 }
  // 48 bits of a hash: quick enough for some hundred values, and the same on every machine
  const next = (): number => {
    state.drawn += 1
    return Number.parseInt(sha256(`${name} ${seed} ${state.drawn}`).slice(0, 12), 16) / 2 ** 48
  }
  const number = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1))
  return {
    one: from => from[number(0, from.length - 1)] ?? from[0],
    number,
    some: (from, count) => {
      const left = [...from]
      return Array.from({ length: Math.min(count, from.length) }, () =>
        left.splice(number(0, left.length - 1), 1)
      ).flat()
    },
    hex: digits => Array.from({ length: digits }, () => number(0, 15).toString(16)).join('')
  }
}
