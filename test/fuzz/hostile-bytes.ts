import type { Dice } from './kind.ts'

const put = (bytes: Buffer, at: number, ...put: readonly number[]): Buffer =>
  Buffer.concat([bytes.subarray(0, at), Buffer.from(put), bytes.subarray(at)])

/** The bytes with some flipped, cut or put in, or in another encoding, so that they may be no UTF-8. */
export const hostileBytes = (dice: Dice, bytes: Buffer): Buffer => {
  const at = dice.pick(bytes.length + 1)
  switch (dice.pick(10)) {
    case 0:
      return Buffer.from(`\ufeff${bytes.toString('utf8')}`, 'utf16le')
    case 1:
      return Buffer.from(`\ufeff${bytes.toString('utf8')}`, 'utf16le').swap16()
    case 2:
      return Buffer.from(bytes.toString('utf8'), 'utf16le')
    case 3:
      return bytes.subarray(0, at)
    case 4:
      // half of a surrogate pair
      return put(bytes, at, 0xed, 0xa0, 0x80)
    case 5:
      // a slash in more bytes than it needs
      return put(bytes, at, 0xc0, 0xaf)
    case 6:
      return put(bytes, at, dice.pick(256))
    case 7:
      return put(bytes, at, 0)
    case 8:
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes])
    default: {
      const flipped = Buffer.from(bytes)
      for (let count = dice.pick(4); count >= 0; count -= 1) {
        const place = dice.pick(Math.max(1, flipped.length))
        flipped[place] = (flipped[place] ?? 0) ^ (1 << dice.pick(8))
      }
      return flipped
    }
  }
}
