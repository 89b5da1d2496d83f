import { hostileInput } from './hostile-input.ts'
import { diceFor, type Kind, must, type Verdict } from './kind.ts'
import { makeProbe } from './probe.ts'

/** How an input went. */
export interface Tried {
  readonly verdict: Verdict | 'violation'
  /** What does not hold. */
  readonly message?: string
  /** Milliseconds of the longest thing that was asked of the product. */
  readonly slowest: number
}

/** The input of a kind and a seed; a light one has no part of megabytes or of thousands of levels. */
export const inputOf = (kind: Kind, seed: number, isLight: boolean): Buffer => {
  const dice = diceFor(kind.name, seed, 'input')
  const sound = kind.generate(dice)
  return dice.chance(kind.hostile) ? hostileInput(dice, sound, isLight) : sound
}

/** Tries the product on an input. Never throws. */
export const tryInput = async (kind: Kind, seed: number, input: Buffer): Promise<Tried> => {
  const probe = makeProbe()
  try {
    const verdict = await kind.check(input, diceFor(kind.name, seed, 'check'), probe)
    mustBeUnpolluted()
    return { verdict, slowest: probe.slowest() }
  } catch (error) {
    return { verdict: 'violation', message: messageOf(error), slowest: probe.slowest() }
  }
}

const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : `\ncaused by ${messageOf(error.cause)}`
  return `${(error.stack ?? error.message).slice(0, 3000)}${cause}`
}

const PROTOTYPES = [Object.prototype, Array.prototype, Function.prototype, String.prototype].map(prototype => ({
  prototype,
  keys: Reflect.ownKeys(prototype).map(String).join()
}))

const mustBeUnpolluted = (): void => {
  for (const { prototype, keys } of PROTOTYPES)
    must(Reflect.ownKeys(prototype).map(String).join() === keys, 'a prototype has got another key')
}
