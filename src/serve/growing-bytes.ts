/** Bytes that come in pieces, kept in one buffer however small the pieces are. */
export interface GrowingBytes {
  /** False, and nothing is added, when they would be more than allowed. */
  readonly add: (piece: Buffer) => boolean
  /** All of them, in memory of their own size, or nearly. */
  readonly bytes: () => Buffer
}

const SMALLEST = 65_536
const FACTOR = 4

/** No bytes yet, of which there will be `most` at most; as long as they are few, little memory is taken. */
export const growingBytes = (most: number): GrowingBytes => {
  let buffer = Buffer.alloc(0)
  let size = 0
  const grow = (wanted: number): void => {
    if (wanted <= buffer.length) return
    const larger = Buffer.allocUnsafeSlow(Math.min(most, Math.max(wanted, FACTOR * buffer.length, SMALLEST)))
    buffer.copy(larger, 0, 0, size)
    buffer = larger
  }
  return {
    add: piece => {
      if (size + piece.length > most) return false
      grow(size + piece.length)
      size += piece.copy(buffer, size)
      return true
    },
    bytes: () => (2 * size < buffer.length ? Buffer.from(buffer.subarray(0, size)) : buffer.subarray(0, size))
  }
}
