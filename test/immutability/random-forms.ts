import type { Dice } from '../oracle/dice.ts'
import type { Any } from './plain-pods.ts'

/** Forms that are rare in real files, or that no API server accepts; a test may leave some of them out. */
export const RARE_FORMS = [
  /** `&name`, `*name` and `<<: *name`. */
  'anchors',
  /** Values of a type that the field does not have, such as `"true"`. */
  'wrong-types',
  /** `key:`, `key: ~` and `key: null` where a mapping, a list or a scalar is meant. */
  'nulls',
  'duplicate-container-names',
  'duplicate-mount-paths',
  'mounts-without-volume',
  'relative-mount-paths',
  'windows',
  /** Items of a DeploymentList or PodList without a kind of their own. */
  'items-without-kind',
  'ephemeral-containers',
  'volumes-without-source',
  /** Collections in flow style; without this also no JSON. */
  'flow',
  'crlf',
  'byte-order-mark',
  'block-scalars',
  /** `yes`, `on`, `True`, `0x0` and their like. */
  'odd-scalars',
  /** A program called through `env`. */
  'env',
  'exceptions'
] as const

export type RareForm = (typeof RARE_FORMS)[number]

/** What decides the form of a workload. */
export interface Maker {
  readonly dice: Dice
  /** How often, in percent, a rare form is taken. */
  readonly oddity: number
  readonly without: ReadonlySet<RareForm>
}

/** Whether a rare form is taken now. */
export const isOdd = ({ dice, oddity, without }: Maker, form: RareForm): boolean =>
  !without.has(form) && dice.chance(oddity)

/** The value, its entries rarely in another order. */
export const mixed = ({ dice }: Maker, value: Any): Any =>
  dice.chance(30) ? Object.fromEntries(dice.shuffled(Object.entries(value))) : value

/** The entries that the dice keep. */
export const some = ({ dice }: Maker, percent: number, value: Any): Any =>
  Object.fromEntries(Object.entries(value).filter(() => dice.chance(percent)))

/** A boolean, or rarely something that is none. */
export const flag = (maker: Maker): Any => {
  if (isOdd(maker, 'wrong-types')) return maker.dice.one(['true', 'false', 1, 0, ''])
  if (isOdd(maker, 'nulls')) return null
  return maker.dice.chance(50)
}

/** The id of a user, 0 among them, or rarely something that is none. */
export const uid = (maker: Maker): Any => {
  if (isOdd(maker, 'wrong-types')) return maker.dice.one(['0', '1000', 'root'])
  if (isOdd(maker, 'nulls')) return null
  return maker.dice.one([0, 0, 1, 1000, 65534])
}
