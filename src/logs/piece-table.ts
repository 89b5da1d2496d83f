import { numberAt, wordAt } from './byte-words.ts'

/** Remembers what was made of pieces of bytes that come again and again, in bounded memory. */
export interface PieceTable<T extends object> {
  /** In which place the piece is that begins at `at` and ends before `end`, or -1; no piece may be the beginning of another. */
  readonly find: (view: DataView, at: number, end: number, hash: number) => number
  /** What was made of the piece in a place. */
  readonly values: readonly (T | undefined)[]
  /** Remembers a piece; another one is forgotten for it. One that is too long or too short is not remembered. */
  readonly keep: (view: DataView, at: number, length: number, hash: number, value: T) => void
}

/** A table of sets that have as many pieces each as there are ways, of so many bytes at most; `sets` is a power of two. */
export const pieceTable = <T extends object>(sets: number, ways: number, longest: number): PieceTable<T> => {
  // of each piece its length, its last eight bytes, and all whole eights of it
  const stride = 2 + (longest >> 3)
  // many a log is too short for any
  let rows = new Float64Array(0)
  const values = new Array<T | undefined>(sets * ways).fill(undefined)
  // the way that goes next
  const turns = new Uint8Array(sets)

  const setOf = (hash: number): number => ((hash ^ (hash >>> 15)) & (sets - 1)) * ways
  const isKept = (view: DataView, at: number, end: number, place: number): boolean => {
    const row = place * stride
    const length = rows[row] ?? 0
    if (length === 0 || at + length > end || numberAt(view, at + length - 8) !== rows[row + 1]) return false
    const wholes = length >> 3
    for (let index = 0; index < wholes; index++)
      if (numberAt(view, at + index * 8) !== rows[row + 2 + index]) return false
    return true
  }
  return {
    values,
    find: (view, at, end, hash) => {
      const first = setOf(hash)
      for (let place = first; place < first + ways; place++) if (isKept(view, at, end, place)) return place
      return -1
    },
    keep: (view, at, length, hash, value) => {
      if (length < 8 || length > longest) return
      const first = setOf(hash)
      const set = first / ways
      const place = first + (turns[set] ?? 0)
      turns[set] = ((turns[set] ?? 0) + 1) % ways
      if (rows.length === 0) rows = new Float64Array(sets * ways * stride)
      const row = place * stride
      rows[row] = length
      rows[row + 1] = numberAt(view, at + length - 8)
      for (let index = 0; index < length >> 3; index++) rows[row + 2 + index] = numberAt(view, at + index * 8)
      values[place] = value
    }
  }
}

/** A number from bytes of which there are four or more, by words. */
export const hashOf = (view: DataView, at: number, length: number): number => {
  const last = at + length - 4
  // two at a time: each multiplication waits for the one before
  let [hash, other] = [length, 0]
  let next = at
  for (; next + 4 <= last; next += 8) {
    hash = Math.imul(hash ^ wordAt(view, next), 0x9e3779b1)
    other = Math.imul(other ^ wordAt(view, next + 4), 0x85ebca6b)
  }
  if (next <= last) hash = Math.imul(hash ^ wordAt(view, next), 0x9e3779b1)
  hash = Math.imul(hash ^ wordAt(view, last) ^ (other >>> 15) ^ other, 0xc2b2ae35)
  return hash ^ (hash >>> 13)
}
