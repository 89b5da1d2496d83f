import { heaviest, type Weight } from './heaviest.ts'
import type { BodySums } from './like-events.ts'
import type { ReplayCounts } from './replay-count.ts'
import { type CandidateCounts, type Counts, noCounts, type Raised } from './replay-tally.ts'

/** The counts of several parts of a log as those of the whole. */
export const mergeReplays = (parts: readonly ReplayCounts[]): ReplayCounts => {
  const [one, ...others] = parts
  if (one && others.length === 0) return one
  return {
    first: extreme(
      parts.map(({ first }) => first),
      Math.min
    ),
    last: extreme(
      parts.map(({ last }) => last),
      Math.max
    ),
    bodies: mergedMaps(
      parts.map(({ bodies }) => bodies),
      addSums,
      () => ({ requests: 0, requestBytes: 0, responses: 0, responseBytes: 0 })
    ),
    differences: [0, 1].map(index => ({
      events: parts.reduce((sum, { differences }) => sum + (differences[index]?.events ?? 0), 0),
      bytes: parts.reduce((sum, { differences }) => sum + (differences[index]?.bytes ?? 0), 0)
    })) as unknown as ReplayCounts['differences'], // as: of two
    candidates: (one?.candidates ?? []).map((_, index) =>
      mergeCandidates(parts.flatMap(({ candidates }) => candidates[index] ?? []))
    )
  }
}

const extreme = (moments: readonly (number | null)[], of: (...moments: number[]) => number): number | null => {
  const known = moments.filter(moment => moment !== null)
  return known.length === 0 ? null : of(...known)
}

const mergeCandidates = (parts: readonly CandidateCounts[]): CandidateCounts => ({
  rules: (parts[0]?.rules ?? []).map((_, index) => {
    const sum = noCounts()
    for (const { rules } of parts) addCounts(sum, rules[index] ?? noCounts())
    return sum
  }),
  hours: mergedMaps(
    parts.map(({ hours }) => hours),
    addCounts,
    noCounts
  ),
  levels: parts.reduce(
    (sum, { levels }) => ({
      same: sum.same + levels.same,
      lowered: sum.lowered + levels.lowered,
      raised: sum.raised + levels.raised
    }),
    { same: 0, lowered: 0, raised: 0 }
  ),
  raised: mergedMaps(
    parts.map(({ raised }) => raised),
    (sum: Raised, { hours }) => {
      for (const [hour, events] of hours) sum.hours.set(hour, (sum.hours.get(hour) ?? 0) + events)
    },
    each => ({ ...each, hours: new Map() })
  ),
  users: mergedWeights(parts.map(({ users }) => users)),
  resources: mergedWeights(parts.map(({ resources }) => resources))
})

const addSums = (sum: BodySums, each: BodySums): void => {
  sum.requests += each.requests
  sum.requestBytes += each.requestBytes
  sum.responses += each.responses
  sum.responseBytes += each.responseBytes
}

const addCounts = (sum: Counts, each: Counts): void => {
  sum.events += each.events
  sum.bytes += each.bytes
  sum.keptEvents += each.keptEvents
  sum.keptBytes += each.keptBytes
}

// a client may ask for any resource, and a clock show any time
const MOST = 100_000

const mergedMaps = <K, T>(
  maps: readonly ReadonlyMap<K, T>[],
  add: (sum: T, each: T) => void,
  none: (each: T) => T
): Map<K, T> => {
  const merged = new Map<K, T>()
  for (const map of maps)
    for (const [key, each] of map) {
      const known = merged.get(key)
      if (known === undefined && merged.size >= MOST) continue
      const sum = known ?? none(each)
      add(sum, each)
      merged.set(key, sum)
    }
  return merged
}

const mergedWeights = (lists: readonly (readonly Weight[])[]): readonly Weight[] => {
  const all = heaviest()
  for (const { key, events, bytes } of lists.flat()) all.add(key, events, bytes)
  return all.weights()
}
