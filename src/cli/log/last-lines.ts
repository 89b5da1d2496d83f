/** The last lines of many; no more are held than are wanted. */
export interface LastLines {
  /** Keeps a copy of a line. */
  readonly add: (line: string | Uint8Array) => void
  /** Those that are held, the oldest first. */
  readonly lines: () => readonly (string | Uint8Array)[]
}

/** Keeps the last `count` lines. */
export const lastLines = (count: number): LastLines => {
  const ring: (string | Uint8Array)[] = []
  let next = 0
  return {
    add: line => {
      if (count === 0) return
      ring[next] = typeof line === 'string' ? line : Uint8Array.from(line)
      next = (next + 1) % count
    },
    lines: () => [...ring.slice(next), ...ring.slice(0, next)]
  }
}
