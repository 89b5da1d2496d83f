/** How often a key was met, and with how many bytes. */
export interface Weight {
  readonly key: string
  readonly events: number
  readonly bytes: number
}

/** The heaviest keys of any number of keys, in bounded memory. */
export interface Heaviest {
  readonly add: (key: string, events: number, bytes: number) => void
  /** The keys that are kept, heaviest first by events; exact while there are no others. */
  readonly weights: () => readonly Weight[]
  /** What the keys have together that are not kept. */
  readonly others: () => Omit<Weight, 'key'>
}

const MOST = 8192

/** Keeps at least half of `most` keys; where there are more, the lightest are put together when room is needed. */
export const heaviest = (most = MOST): Heaviest => {
  let known = new Map<string, { events: number; bytes: number }>()
  const others = { events: 0, bytes: 0 }
  const sorted = (): Weight[] =>
    [...known]
      .map(([key, { events, bytes }]) => ({ key, events, bytes }))
      .sort((a, b) => b.events - a.events || b.bytes - a.bytes || (a.key < b.key ? -1 : 1))
  const makeRoom = (): void => {
    const all = sorted()
    known = new Map(all.slice(0, most / 2).map(({ key, events, bytes }) => [key, { events, bytes }]))
    for (const { events, bytes } of all.slice(most / 2)) {
      others.events += events
      others.bytes += bytes
    }
  }
  return {
    add: (key, events, bytes) => {
      const weight = known.get(key)
      if (weight) {
        weight.events += events
        weight.bytes += bytes
        return
      }
      if (known.size >= most) makeRoom()
      known.set(key, { events, bytes })
    },
    weights: sorted,
    others: () => ({ ...others })
  }
}
