import { type BodySums, bodySums } from './like-events.ts'
import type { TakeEvent } from './log-event.ts'
import { type Candidate, type CandidateCounts, tallyOf } from './replay-tally.ts'

/** What was counted of a log, or of a part of one: plain data. */
export interface ReplayCounts {
  /** The first and the last stageTimestamp in microseconds since 1970; null where no event has one. */
  readonly first: number | null
  readonly last: number | null
  readonly bodies: ReadonlyMap<string, BodySums>
  readonly candidates: readonly CandidateCounts[]
  /** What only the first of two candidates keeps, and what only the second. */
  readonly differences: readonly [first: Amount, second: Amount]
}

/** Events and bytes. */
export interface Amount {
  readonly events: number
  readonly bytes: number
}

/** Counts what policies would have kept of the events that it is given: of a whole log, or of a part of one. */
export const replayCounter = (
  candidates: readonly Candidate[],
  isWhole: boolean
): { readonly take: TakeEvent; readonly counts: () => ReplayCounts } => {
  const tallies = candidates.map(tallyOf)
  const bodies = bodySums(isWhole)
  const differences = [noAmount(), noAmount()] as const
  let [first, last] = [Infinity, -Infinity]
  return {
    take: event => {
      const { moment } = event
      if (moment !== null) {
        if (moment > last) last = moment
        if (moment < first) first = moment
      }
      bodies.add(event)
      const one = tallies[0]?.take(event) ?? 0
      const other = tallies[1]?.take(event) ?? one
      if (one > 0 && other === 0) addAmount(differences[0], one)
      else if (other > 0 && one === 0) addAmount(differences[1], other)
    },
    counts: () => ({
      first: first === Infinity ? null : first,
      last: last === -Infinity ? null : last,
      ...{ bodies: bodies.sums, differences, candidates: tallies.map(tally => tally.counts()) }
    })
  }
}

const noAmount = (): { events: number; bytes: number } => ({ events: 0, bytes: 0 })

const addAmount = (amount: { events: number; bytes: number }, size: number): void => {
  amount.events += 1
  amount.bytes += size
}
