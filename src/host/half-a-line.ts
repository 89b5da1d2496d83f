import { readSync } from 'node:fs'
import { uninterrupted } from './file-error.ts'

const LINE_FEED = 0x0a

/** True for an open file of this size that does not end with a line break: half a line, of a full disk, a kill or a power cut. */
export const endsInHalfALine = (descriptor: number, size: number): boolean => {
  if (size === 0) return false
  const byte = Buffer.alloc(1)
  return uninterrupted(() => readSync(descriptor, byte, 0, 1, size - 1)) === 1 && byte[0] !== LINE_FEED
}
