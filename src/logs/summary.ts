import type { Finding } from '../finding.ts'
import type { Level } from '../audit/level.ts'
import { findingsOf } from './summary-findings.ts'
import { type Latency, latencyOf } from './summary-latency.ts'
import type { Amount, SummaryPart, Totals } from './summary-part.ts'
import { partsOf, TABLE_NAMES, TABLES, type TableName } from './summary-tables.ts'
import type { Count, TallyPart } from './summary-tally.ts'
import { momentText, type Stretch } from './summary-time.ts'

/** A row of a table: the columns by which it is told apart (null: a user who is not known), and what was counted. */
export type SummaryRow = Readonly<Record<string, string | number | null>> & RowCounts

/** What was counted for a row. */
export interface RowCounts {
  readonly requests: number
  /** Of all requests, from 0 to 1. */
  readonly share: number
  /** Of the events by which requests are counted. */
  readonly bytes: number
  readonly denied: number
  readonly failed: number
  readonly first: string | null
  readonly last: string | null
}

/** A table: its heaviest rows, and what the rows that are not shown have in sum. */
export interface SummaryTable {
  readonly rows: readonly SummaryRow[]
  /** How many rows there are; at least so many where it is not complete. */
  readonly distinct: number
  /** False where rows were given up so that the memory stays bounded: then a row may have had more requests before. */
  readonly complete: boolean
  /** At most so many requests may be missing from a row that is shown. */
  readonly missed: number
  readonly others: { readonly requests: number; readonly bytes: number }
}

/** A rule of a policy, with what of a log it decides. */
export interface SummaryRule extends Amount {
  readonly index: number
  readonly line: number
  readonly level: Level
}

/** What a log says in sum. */
export interface Summary {
  readonly events: number
  /** Each once: by the event that tells how it ended, or that it was answered 401. */
  readonly requests: number
  readonly bytes: number
  readonly first: string | null
  readonly last: string | null
  readonly totals: Omit<Totals, 'requests'>
  readonly stages: SummaryPart['stages']
  readonly tables: Readonly<Record<TableName, SummaryTable>>
  readonly busiest: readonly (Readonly<{ minute: string }> & Omit<Stretch, 'events'>)[]
  /** Stretches of so many seconds, those in which something happened. */
  readonly timeline: {
    readonly seconds: number
    readonly stretches: readonly (Readonly<{ start: string }> & Stretch)[]
  }
  readonly latencies: readonly Latency[]
  readonly policy?: { readonly rules: readonly SummaryRule[]; readonly unmatched: Amount }
  readonly findings: readonly Finding[]
}

interface Options {
  /** How many rows of each table are shown. */
  readonly top: number
  /** The rules of the policy by which events were counted. */
  readonly rules?: readonly { readonly line: number; readonly level: Level }[]
}

/** What was counted, in the order in which it matters and with its words. */
export const summaryOf = (part: SummaryPart, { top, rules }: Options): Summary => {
  const { requests, ...totals } = part.totals
  const stages = [...part.stages].sort((a, b) => b.bytes - a.bytes || compare(a.stage + a.level, b.stage + b.level))
  return {
    events: sum(stages.map(each => each.events)),
    requests,
    bytes: sum(stages.map(each => each.bytes)),
    first: momentText(part.first),
    last: momentText(part.last),
    totals,
    stages,
    tables: Object.fromEntries(
      TABLE_NAMES.map(name => [name, tableOf(name, part.tables[name], requests, top)])
    ) as Summary['tables'], // one under each name
    busiest: heaviest(part.minutes)
      .slice(0, Math.min(top, part.minutes.rows.length))
      .map(([minute, count]) => busyMinute(Number(minute), count)),
    timeline: {
      seconds: part.timeline.step,
      stretches: part.timeline.stretches.map(([start, stretch]) => ({ start: secondText(start), ...stretch }))
    },
    latencies: part.latencies.map(latencyOf).sort((a, b) => b.requests - a.requests || compare(a.verb, b.verb)),
    ...(rules === undefined ? {} : { policy: policyOf(part, rules) }),
    findings: findingsOf(part)
  }
}

/** The rows of a table with their parts, those with the most requests first, then the latest. */
export const heaviest = ({ rows }: TallyPart): [key: string, count: Count][] =>
  [...rows]
    .map(([key, count]): [string, Count] => [key, count])
    .sort(
      ([a, one], [b, other]) => other.requests - one.requests || (other.last ?? 0) - (one.last ?? 0) || compare(a, b)
    )

// by the characters' codes: the rules of a language cost a good part of the start
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

const tableOf = (name: TableName, part: TallyPart, all: number, top: number): SummaryTable => {
  const sorted = heaviest(part)
  const hidden = sorted.slice(top).map(([, count]) => count)
  const shown = sorted.slice(0, top)
  return {
    rows: shown.map(([key, count]) => rowOf(name, key, count, all)),
    distinct: sorted.length,
    complete: part.isComplete,
    missed: Math.max(0, ...shown.map(([, { missed }]) => missed)),
    others: {
      requests: part.others.requests + sum(hidden.map(({ requests }) => requests)),
      bytes: part.others.bytes + sum(hidden.map(({ bytes }) => bytes))
    }
  }
}

const rowOf = (name: TableName, key: string, count: Count, all: number): SummaryRow => {
  const parts = partsOf(key)
  const columns = TABLES[name].map((column, index) => {
    const part = parts[index] ?? null
    return [column, column === 'code' ? Number(part) : part]
  })
  return {
    ...(Object.fromEntries(columns) as Readonly<Record<string, string | number | null>>), // from texts and codes
    requests: count.requests,
    share: all === 0 ? 0 : Math.round((count.requests / all) * 10_000) / 10_000,
    bytes: count.bytes,
    denied: count.denied,
    failed: count.failed,
    first: momentText(count.first),
    last: momentText(count.last)
  }
}

const secondText = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')

const busyMinute = (minute: number, { requests, bytes, denied, failed }: Count): Summary['busiest'][number] => ({
  minute: secondText(minute * 60),
  requests,
  bytes,
  denied,
  failed
})

const policyOf = (part: SummaryPart, rules: NonNullable<Options['rules']>): NonNullable<Summary['policy']> => {
  const amountOf = (rule: number | null): Amount => {
    const { events = 0, bytes = 0 } = part.rules.find(each => each.rule === rule) ?? {}
    return { events, bytes }
  }
  return {
    rules: rules.map(({ line, level }, index) => ({ index, line, level, ...amountOf(index) })),
    unmatched: amountOf(null)
  }
}
