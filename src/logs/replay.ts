import { largestLog, type Rotation } from '../audit/rotation.ts'
import type { Level } from '../audit/level.ts'
import type { Weight } from './heaviest.ts'
import { type BodySums, estimate } from './like-events.ts'
import { momentText } from './summary-time.ts'
import type { Amount, ReplayCounts } from './replay-count.ts'
import { type CandidateCounts, type Counts, noCounts, type Raised } from './replay-tally.ts'

/** A rule of a replayed policy: where it stands, and what it decided. */
export interface ReplayedRule extends Readonly<Counts> {
  readonly index: number
  /** The 1-based line of its first key. */
  readonly line: number
  readonly level: Level
}

/** What a policy would have kept of a log. */
export interface Replay {
  readonly rules: readonly ReplayedRule[]
  /** Requests that no rule takes: they are dropped. */
  readonly unmatched: Amount
  readonly kept: Amount
  /** Kept events by the level at which they were recorded, against that of the policy. */
  readonly levels: { readonly same: number; readonly lowered: number; readonly raised: number }
  /** Bodies that the policy wants and the log lacks: of `events` they are estimated, of `unknown` there is nothing to go by. */
  readonly estimated: Amount & { readonly unknown: number }
  readonly perDay: Readonly<Record<string, Counts>>
  readonly perHour: Readonly<Record<string, Counts>>
  /** At the rate of this log; null where its events lie less than a minute apart. */
  readonly bytesPerDay: number | null
  /** How long an event is there before rotation removes it; null where it is not known, or never removed. */
  readonly retentionDays: number | null
  /** What the log's files come to; null where it is not known, or has no limit. */
  readonly diskBytes: number | null
  /** Rules that decided nothing. */
  readonly neverMatched: readonly number[]
  /** The loudest among what is kept. */
  readonly users: readonly Weight[]
  readonly resources: readonly Weight[]
}

/** A log as it was recorded. */
export interface Recorded extends Amount {
  /** The first and the last stageTimestamp, empty where no event has one. */
  readonly first: string
  readonly last: string
}

/** A log as it was recorded, from its counts. */
export const recordedOf = ({ first, last, candidates }: ReplayCounts): Recorded => {
  const { events, bytes } = sumOf(candidates[0]?.rules ?? [])
  return { events, bytes, first: momentText(first) ?? '', last: momentText(last) ?? '' }
}

/** What one of the policies of a replay would have kept, in a log that is rotated so. */
export const replayOf = (
  counts: ReplayCounts,
  candidate: CandidateCounts,
  rules: readonly { readonly line: number; readonly level: Level }[],
  rotation: Rotation
): Replay => {
  const added = addEstimates(candidate, counts.bodies)
  const all = sumOf(added.rules)
  const unmatched = added.rules.at(-1) ?? noCounts()
  const span = ((counts.last ?? 0) - (counts.first ?? 0)) / 1000
  const bytesPerDay = span >= SHORTEST ? (all.keptBytes / span) * DAY : null
  return {
    rules: rules.map(({ line, level }, index) => ({ index, line, level, ...(added.rules[index] ?? noCounts()) })),
    unmatched: { events: unmatched.events, bytes: unmatched.bytes },
    kept: { events: all.keptEvents, bytes: all.keptBytes },
    levels: candidate.levels,
    estimated: added.estimated,
    perDay: inTime(added.hours, 'day'),
    perHour: inTime(added.hours, 'hour'),
    bytesPerDay,
    ...historyOf(bytesPerDay, rotation),
    neverMatched: rules.flatMap((_, index) => (added.rules[index]?.events === 0 ? [index] : [])),
    users: candidate.users.slice(0, LOUDEST),
    resources: candidate.resources.slice(0, LOUDEST)
  }
}

const DAY = 86_400_000
const SHORTEST = 60_000
const LOUDEST = 10
const MIB = 1024 * 1024

const sumOf = (rules: readonly Counts[]): Counts => {
  const sum = noCounts()
  for (const rule of rules) addTo(sum, rule)
  return sum
}

const addTo = (sum: Counts, { events, bytes, keptEvents, keptBytes }: Counts): void => {
  sum.events += events
  sum.bytes += bytes
  sum.keptEvents += keptEvents
  sum.keptBytes += keptBytes
}

const addEstimates = (
  { rules, hours, raised }: CandidateCounts,
  bodies: ReadonlyMap<string, BodySums>
): { rules: Counts[]; hours: Map<number | null, Counts>; estimated: Replay['estimated'] } => {
  const [ownRules, ownHours] = [
    rules.map(rule => ({ ...rule })),
    new Map([...hours].map(([hour, counts]) => [hour, { ...counts }]))
  ]
  const estimated = { events: 0, bytes: 0, unknown: 0 }
  const addOne = ({ kind, rule, missing }: Raised, hour: number | null, events: number): void => {
    const mean = estimate(bodies.get(kind), missing)
    if (mean === undefined) {
      estimated.unknown += events
      return
    }
    const more = Math.round(mean * events)
    estimated.events += events
    estimated.bytes += more
    for (const counts of [ownRules[rule], ownHours.get(hour)]) if (counts) counts.keptBytes += more
  }
  for (const each of raised.values()) for (const [hour, events] of each.hours) addOne(each, hour, events)
  return { rules: ownRules, hours: ownHours, estimated }
}

// events without a time are in none
const inTime = (hours: ReadonlyMap<number | null, Counts>, unit: 'day' | 'hour'): Record<string, Counts> => {
  const times: Record<string, Counts> = {}
  for (const [hour, counts] of [...hours].sort(([one], [other]) => (one ?? 0) - (other ?? 0))) {
    const name = momentText(hour === null ? null : hour * 3_600_000_000)?.slice(0, NAME_LENGTHS[unit])
    if (name !== undefined) addTo((times[name] ??= noCounts()), counts)
  }
  return times
}

const NAME_LENGTHS = { day: '2026-11-22'.length, hour: '2026-11-22T00'.length }

const historyOf = (
  bytesPerDay: number | null,
  rotation: Rotation
): { retentionDays: number | null; diskBytes: number | null } => {
  const { maxage, maxsize } = rotation
  const largest = largestLog(rotation)
  // such a log is not rotated, and nothing of it is removed
  if (maxsize === 0) return { retentionDays: null, diskBytes: null }
  if (bytesPerDay === null) return { retentionDays: null, diskBytes: largest ?? null }
  if (bytesPerDay === 0) return { retentionDays: null, diskBytes: 0 }
  const bySize = largest === undefined ? Infinity : largest / bytesPerDay
  const days = Math.min(bySize, maxage === 0 ? Infinity : maxage)
  // the file that is being written is not removed for its age
  const byAge = maxage === 0 ? Infinity : bytesPerDay * maxage + maxsize * MIB
  const disk = Math.min(largest ?? Infinity, byAge)
  return { retentionDays: finite(days), diskBytes: finite(disk) }
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)
