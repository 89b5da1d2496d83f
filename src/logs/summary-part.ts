import type { Level, Stage } from '../audit/level.ts'
import type { Request } from '../audit/request.ts'
import { type LatencyPart, mergeLatencies } from './summary-latency.ts'
import { TABLE_NAMES, type TableName } from './summary-tables.ts'
import { earlier, KEPT_ROWS, later, mergeTallies, type TallyPart } from './summary-tally.ts'
import { type TimelinePart, timelineOf } from './summary-time.ts'

/** How many events, and how much of the log they are. */
export interface Amount {
  readonly events: number
  readonly bytes: number
}

/** Numbers of requests. */
export interface Totals {
  readonly requests: number
  readonly denied: number
  readonly unauthenticated: number
  readonly failed: number
  readonly panics: number
  readonly anonymous: number
  /** Anonymous requests for resources that were let through. */
  readonly anonymousReached: number
  readonly sessions: number
  readonly secretReads: number
  readonly changes: number
  readonly impersonated: number
  readonly recordedSecrets: number
}

/** What was counted of a part of a log. Plain data, which can be sent from one worker to another and merged. */
export interface SummaryPart {
  readonly first: number | null
  readonly last: number | null
  readonly totals: Totals
  readonly stages: readonly (Amount & { readonly stage: Stage; readonly level: Level })[]
  readonly tables: Readonly<Record<TableName, TallyPart>>
  readonly timeline: TimelinePart
  /** Minutes since 1970. */
  readonly minutes: TallyPart
  readonly latencies: readonly LatencyPart[]
  /** By the rule of a policy that decides them; null are those that no rule takes. Empty without a policy. */
  readonly rules: readonly (Amount & { readonly rule: number | null })[]
}

/** Which rule of a policy decides a request. */
export type Decide = (request: Request) => { readonly rule: number | null }

export const NO_TOTALS: Totals = {
  requests: 0,
  denied: 0,
  unauthenticated: 0,
  failed: 0,
  panics: 0,
  anonymous: 0,
  anonymousReached: 0,
  sessions: 0,
  secretReads: 0,
  changes: 0,
  impersonated: 0,
  recordedSecrets: 0
}

/** What was counted of a whole, from its parts. */
export const mergeSummaries = (parts: readonly SummaryPart[]): SummaryPart => ({
  first: parts.reduce<number | null>((first, part) => earlier(first, part.first), null),
  last: parts.reduce<number | null>((last, part) => later(last, part.last), null),
  totals: Object.fromEntries(
    (Object.keys(NO_TOTALS) as (keyof Totals)[]).map(name => [name, sumOf(parts, part => part.totals[name])])
  ) as unknown as Totals, // a number under each of its names
  stages: mergeAmounts(
    parts.flatMap(part => part.stages),
    ({ stage, level }) => `${stage} ${level}`
  ),
  tables: Object.fromEntries(
    TABLE_NAMES.map(name => [name, mergeTallies(parts.map(part => part.tables[name]))])
  ) as Readonly<Record<TableName, TallyPart>>, // a table under each name
  timeline: timelineOf(parts.map(part => part.timeline)).part(),
  minutes: mergeTallies(
    parts.map(part => part.minutes),
    KEPT_ROWS,
    false
  ),
  latencies: mergeLatencies(parts.flatMap(part => part.latencies)),
  rules: mergeAmounts(
    parts.flatMap(part => part.rules),
    ({ rule }) => rule
  )
})

const sumOf = (parts: readonly SummaryPart[], number: (part: SummaryPart) => number): number =>
  parts.reduce((sum, part) => sum + number(part), 0)

const mergeAmounts = <A extends Amount>(amounts: readonly A[], key: (amount: A) => unknown): A[] => {
  const sums = new Map<unknown, A>()
  for (const each of amounts) {
    const { events = 0, bytes = 0 } = sums.get(key(each)) ?? {}
    sums.set(key(each), { ...each, events: events + each.events, bytes: bytes + each.bytes })
  }
  return [...sums.values()]
}
