import type { Dice as ListDice } from '../fixtures/manifest/dice.ts'
import { type Dice as SeededDice, diceFrom } from '../oracle/dice.ts'
import type { Probe } from './probe.ts'

/** Dice of either make: generators of the other tests take them. */
export type Dice = ListDice & SeededDice

/** What the product made of an input. */
export type Verdict = 'accepted' | 'refused'

/** One kind of input and what must hold of it. */
export interface Kind {
  readonly name: string
  /** A sound input, more or less; hostile changes come over it. */
  readonly generate: (dice: Dice) => Buffer
  /** How many of a hundred inputs are changed by who means harm. */
  readonly hostile: number
  /** Throws where something that must hold does not. Decisions come from the dice alone. */
  readonly check: (input: Buffer, dice: Dice, probe: Probe) => Verdict | Promise<Verdict>
}

/** The dice of an input, or of what is asked of it: the same for the same kind, seed and purpose. */
export const diceFor = (kind: string, seed: number, purpose: 'input' | 'check'): Dice => {
  let hash = 0x811c9dc5
  for (const character of `${kind}/${purpose}/${seed}`) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193)
  const dice = diceFrom(hash >>> 0)
  return {
    ...dice,
    // a list may hold undefined
    one: list => list[dice.pick(list.length)] as (typeof list)[number],
    some: (list, percent) => list.filter(() => dice.chance(percent))
  }
}

/** Fails with what must hold and does not. */
export const must = (holds: boolean, message: string | (() => string)): void => {
  if (!holds) throw new Error(typeof message === 'string' ? message : message())
}
