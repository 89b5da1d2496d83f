import { harmless } from '../../render/paint.ts'
import type { Session } from '../session.ts'

/** Tells of what was no event, in the words of the k8saudit plugin, and of no more than a few. */
export interface RefusedTeller {
  readonly tell: (why: string) => void
  readonly count: () => number
  /** Says how many more there were. */
  readonly close: () => void
}

const MOST_TOLD = 20

/** A teller whose messages begin with what they are about, as a log's name. */
export const refusedTeller = (session: Session): RefusedTeller => {
  let [count, large] = [0, 0]
  return {
    tell: why => {
      count += 1
      if (isTooLarge(why)) large += 1
      if (count <= MOST_TOLD) session.talk(harmless(`[k8saudit] ${why}`))
    },
    count: () => count,
    close: () => {
      if (large > 0) session.talk(TAKE_LARGE)
      if (count > MOST_TOLD) session.talk(`[k8saudit] ${count - MOST_TOLD} more were no audit events`)
    }
  }
}

/** True for the plugin's words on an event above its limit. */
export const isTooLarge = (why: string): boolean => why.startsWith('event larger than maxEventSize')

/** What takes such events. */
export const TAKE_LARGE =
  "note: -o 'plugins[0].init_config.maxEventSize=BYTES' takes larger events, here and in falco.yaml"
