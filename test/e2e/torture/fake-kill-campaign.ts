import type { Ends } from './fake-ends.ts'
import { faultsAfterRun, faultsAtOnce } from './fake-judge.ts'
import { isSame, stateOf } from './fake-state.ts'
import { struckAt } from './fake-strike.ts'
import { type Call, isWrite, keyOf } from './fake-trace.ts'

/** What came of one point of a campaign. */
export interface Verdict {
  readonly point: string
  /** Which recorded call was really hit; undefined when the run came by it. */
  readonly hit: string | undefined
  readonly faults: readonly string[]
  /** What the run ended with, or the end at which the files are. */
  readonly outcome: string
}

/** The points at which a run can be killed: each call that changes the disk. */
export const killPoints = ({ calls, victim }: Ends): readonly Call[] =>
  calls.filter(call => call.isMainThread && isWrite(call) && call.name !== victim.failsAt)

/** Kills a run just before one of its calls, and looks at what is left and how it goes on. */
export const killAt = async (ends: Ends, call: Call, slot: number): Promise<Verdict> => {
  const point = `${ends.victim.name}, killed before ${keyOf(call, ends.calls)}`
  const { directory, ended, hit } = await struckAt(ends, call, slot, 'signal=KILL')
  if (ended.isHung) return { point, hit, faults: ['it hung'], outcome: 'hung' }
  const now = stateOf(directory, ends.victim.watched)
  const outcome = isSame(now, ends.before) ? 'before' : isSame(now, ends.after) ? 'after' : 'between'
  const faults = [...faultsAtOnce(ends, directory), ...(await faultsAfterRun(ends, directory, true))]
  return { point, hit, faults, outcome }
}
