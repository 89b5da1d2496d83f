import { NEWEST } from '../../../src/audit/version.ts'
import { diceFrom } from '../dice.ts'
import { FORM_MINORS } from './tally.ts'

/** The releases whose checks judge a generated pod: the newest, one that brought something new, and any, each once. */
export const minorsOf = (seed: number, index: number): number[] => {
  const dice = diceFrom(seed * 7919 + index)
  return [...new Set([NEWEST.minor, dice.one(FORM_MINORS), dice.pick(NEWEST.minor + 2)])]
}
