import type { Unknown } from '../../../src/text/guard.ts'
import type { Dice } from '../dice.ts'

/** Decisions about how bad a pod is. */
export interface Draw {
  readonly dice: Dice
  /** True for as many of a hundred as the pod is bad. */
  readonly isBad: () => boolean
  /** One of the good values, or now and then one of the bad ones. */
  readonly word: <T, B>(good: readonly T[], bad: readonly B[]) => T | B | undefined
  /** The fields, for as many of a hundred as are said. */
  readonly maybe: (percent: number, fields: Unknown) => Unknown
  /** The value, or now and then null or an empty mapping. */
  readonly odd: (value: Unknown) => Unknown | null
}

/** Decisions of a pod of which so many of a hundred values are bad. */
export const drawFrom = (dice: Dice, percent: number): Draw => {
  const isBad = (): boolean => dice.chance(percent)
  return {
    dice,
    isBad,
    word: (good, bad) => {
      const list = isBad() ? bad : good
      return list[dice.pick(list.length)]
    },
    maybe: (chance, fields) => (dice.chance(chance) ? fields : {}),
    odd: value => (isBad() && dice.chance(15) ? dice.one([null, {}]) : value)
  }
}
