/** How often a key was met, and with how many bytes. */
export interface Weight {
  readonly key: string
  readonly events: number
  readonly bytes: number
}

/** How often a key was met. What is added when it is not kept any more is lost. */
export interface Row {
  events: number
  bytes: number
  isKept: boolean
}

/** The heaviest keys of any number of keys, in bounded memory. */
export interface Heaviest {
  /** The row of a key, to be added to: a new one where it is not kept. */
  readonly rowOf: (key: string) => Row
  readonly add: (key: string, events: number, bytes: number) => void
  /** The keys that are kept, heaviest first by events; exact while there are no others. */
  readonly weights: () => readonly Weight[]
  /** What the keys have together that are not kept. */
  readonly others: () => Omit<Weight, 'key'>
}

const MOST = 8192

/** Keeps at least half of `most` keys; where there are more, the lightest are put together when room is needed. */
export const heaviest = (most = MOST): Heaviest => {
  const known = new Map<string, Row>()
  const others = { events: 0, bytes: 0 }
  const sorted = (): Weight[] =>
    [...known]
      .map(([key, { events, bytes }]) => ({ key, events, bytes }))
      .sort((a, b) => b.events - a.events || b.bytes - a.bytes || (a.key < b.key ? -1 : 1))
  const makeRoom = (): void => {
    const all = sorted()
    for (const { key, events, bytes } of all.slice(most / 2)) {
      others.events += events
      others.bytes += bytes
      const row = known.get(key)
      if (row) row.isKept = false
      known.delete(key)
    }
  }
  const rowOf = (key: string): Row => {
    const before = known.get(key)
    if (before) return before
    if (known.size >= most) makeRoom()
    const row = { events: 0, bytes: 0, isKept: true }
    known.set(key, row)
    return row
  }
  return {
    rowOf,
    add: (key, events, bytes) => {
      const row = rowOf(key)
      row.events += events
      row.bytes += bytes
    },
    weights: sorted,
    others: () => ({ ...others })
  }
}
