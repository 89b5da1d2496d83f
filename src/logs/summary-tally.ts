import { detached } from './remember.ts'

/** What is counted for one row of a table. Times are microseconds since 1970, null where no event of it has one. */
export interface Count {
  readonly requests: number
  /** Of the events that are counted as requests. */
  readonly bytes: number
  readonly denied: number
  readonly failed: number
  readonly first: number | null
  readonly last: number | null
  /** At most so many requests of this row were given up before it was kept. */
  readonly missed: number
}

/** One request, as every table counts it. */
export interface Once {
  readonly bytes: number
  readonly denied: boolean
  readonly failed: boolean
  readonly time: number | null
}

/** The rows of a table, and what was given up so that they stay few. Plain data. */
export interface TallyPart {
  readonly rows: readonly (readonly [key: string, count: Count])[]
  readonly others: Pick<Count, 'requests' | 'bytes' | 'denied' | 'failed'>
  /** At most so many requests may a row have had that is not there. */
  readonly missed: number
  /** False where rows were given up. */
  readonly isComplete: boolean
}

/** Counts by key. */
export interface Tally {
  readonly add: (key: string, once: Once) => void
  /** Counts under a key that is there already; false where it is not. */
  readonly addTo: (key: string, once: Once) => boolean
  readonly part: () => TallyPart
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }
type Rows = Map<string, Writable<Count>>

/** How many rows a table keeps; twice as many while it counts. */
export const KEPT_ROWS = 1000

/**
 * Counts by key in bounded memory: of twice as many rows as are kept, the lighter half is given up and goes to the others.
 * What is new then is given the benefit of the doubt, as in the space-saving algorithm (Metwally and others, 2005), so that
 * who comes late and often is kept. Without that for rows that come once and never again, as minutes do.
 */
export const tallyOf = (kept = KEPT_ROWS, isDoubted = true): Tally => {
  const rows: Rows = new Map()
  const others = { requests: 0, bytes: 0, denied: 0, failed: 0 }
  let [missed, isComplete] = [0, true]
  const make = (key: string, time: number | null): Writable<Count> => {
    if (rows.size >= 2 * kept) {
      const most = giveUp(rows, kept, others)
      if (isDoubted) missed = Math.max(missed, most)
      isComplete = false
    }
    const count = { requests: 0, bytes: 0, denied: 0, failed: 0, first: time, last: time, missed }
    rows.set(detached(key), count)
    return count
  }
  return {
    add: (key, once) => addOnce(rows.get(key) ?? make(key, once.time), once),
    addTo: (key, once) => {
      const count = rows.get(key)
      if (count) addOnce(count, once)
      return count !== undefined
    },
    part: () => partOf(new Map(rows), { ...others }, { missed, isComplete, kept, isDoubted })
  }
}

const addOnce = (count: Writable<Count>, { bytes, denied, failed, time }: Once): void => {
  count.requests += 1
  count.bytes += bytes
  if (denied) count.denied += 1
  if (failed) count.failed += 1
  if (time === null) return
  if (count.first === null || time < count.first) count.first = time
  if (count.last === null || time > count.last) count.last = time
}

/** The tables of several parts as one. */
export const mergeTallies = (parts: readonly TallyPart[], kept = KEPT_ROWS, isDoubted = true): TallyPart => {
  const missed = parts.reduce((sum, part) => sum + part.missed, 0)
  const others = { requests: 0, bytes: 0, denied: 0, failed: 0 }
  const rows: Rows = new Map()
  for (const part of parts) {
    addCounts(others, part.others)
    for (const [key, count] of part.rows) {
      const row = rows.get(key)
      // of the parts that do not have it, it may have been given up in each
      const more = count.missed - part.missed
      if (!row) rows.set(key, { ...count, missed: missed + more })
      else {
        addCounts(row, count)
        row.missed += more
        row.first = earlier(row.first, count.first)
        row.last = later(row.last, count.last)
      }
    }
  }
  return partOf(rows, others, { missed, isComplete: parts.every(part => part.isComplete), kept, isDoubted })
}

/** The earlier of two moments, either of which may not be known. */
export const earlier = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b)

/** The later of two moments, either of which may not be known. */
export const later = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.max(a, b)

type Sums = Writable<TallyPart['others']>

const addCounts = (sum: Sums, more: TallyPart['others']): void => {
  sum.requests += more.requests
  sum.bytes += more.bytes
  sum.denied += more.denied
  sum.failed += more.failed
}

type Limits = Pick<TallyPart, 'missed' | 'isComplete'> & { readonly kept: number; readonly isDoubted: boolean }

const partOf = (rows: Rows, others: Sums, { missed, isComplete, kept, isDoubted }: Limits): TallyPart => {
  const isTooMuch = rows.size > kept
  const most = isTooMuch ? giveUp(rows, kept, others) : 0
  return {
    rows: [...rows].map(([key, count]) => [key, { ...count }] as const),
    others,
    missed: isDoubted ? Math.max(missed, most) : 0,
    isComplete: isComplete && !isTooMuch
  }
}

const weightOf = ({ requests, missed }: Count): number => requests + missed

/** Takes the lightest rows out; gives the most that one of them may have weighed. */
const giveUp = (rows: Rows, kept: number, others: Sums): number => {
  const weights = Float64Array.from(rows.values(), weightOf).sort()
  // the lightest that may stay, and how many of just that weight have to go
  const least = weights[weights.length - kept] ?? 0
  let equal = weights.length - kept - weights.indexOf(least)
  let most = 0
  for (const [key, count] of rows) {
    const weight = weightOf(count)
    if (weight > least || (weight === least && equal <= 0)) continue
    if (weight === least) equal -= 1
    most = Math.max(most, weight)
    rows.delete(key)
    addCounts(others, count)
  }
  return most
}
