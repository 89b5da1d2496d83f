/** Decisions of a generator, the same for the same seed. */
export interface Dice {
  /** A whole number below `sides`. */
  readonly pick: (sides: number) => number
  readonly chance: (percent: number) => boolean
  readonly one: <T>(list: readonly T[]) => T
  /** Between `least` and `most` members of a list, drawn one by one, so that one may come twice. */
  readonly several: <T>(list: readonly T[], least: number, most: number) => T[]
  readonly shuffled: <T>(list: readonly T[]) => T[]
}

/** Dice thrown by a small generator of pseudo-random numbers (mulberry32). */
export const diceFrom = (seed: number): Dice => {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const pick = (sides: number): number => next() % sides
  const one = <T>(list: readonly T[]): T => {
    const drawn = list[pick(list.length)]
    if (drawn === undefined) throw new Error('nothing to draw from')
    return drawn
  }
  const several = <T>(list: readonly T[], least: number, most: number): T[] =>
    Array.from({ length: least + pick(most - least + 1) }, () => one(list))
  const shuffled = <T>(list: readonly T[]): T[] => {
    const rest = [...list]
    const result: T[] = []
    while (rest.length > 0) result.push(...rest.splice(pick(rest.length), 1))
    return result
  }
  return { pick, chance: percent => pick(100) < percent, one, several, shuffled }
}
