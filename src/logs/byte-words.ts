/** A text to be compared with bytes, eight at a time; it has at least as many. */
export interface Mark {
  readonly length: number
  readonly numbers: Float64Array
  /** The last eight bytes: the whole eights may end before them. */
  readonly last: number
}

/** The mark for a text of ASCII. */
export const markOf = (text: string): Mark => {
  const view = viewOf(Buffer.from(text, 'latin1'))
  return {
    length: text.length,
    numbers: Float64Array.from({ length: text.length >> 3 }, (_, index) => numberAt(view, index * 8)),
    last: numberAt(view, text.length - 8)
  }
}

/** The bytes of a buffer by number of several. */
export const viewOf = ({ buffer, byteOffset, byteLength }: Buffer): DataView =>
  new DataView(buffer, byteOffset, byteLength)

/** Four bytes as a number. */
export const wordAt = (view: DataView, at: number): number => view.getInt32(at, true)

/**
 * Eight bytes as a number, to be compared with others, which takes as long as to compare one byte. Bytes that are no number
 * are equal to nothing; 0 and -0 are equal with other bytes, but have seven bytes of 0, which no JSON has.
 */
export const numberAt = (view: DataView, at: number): number => view.getFloat64(at, true)

/** True where a mark stands at a place, before `end`. */
export const isMarkAt = (view: DataView, at: number, end: number, { numbers, length, last }: Mark): boolean => {
  if (at < 0 || at + length > end) return false
  for (let index = 0; index < numbers.length; index++)
    if (numberAt(view, at + index * 8) !== numbers[index]) return false
  return numberAt(view, at + length - 8) === last
}

/** Tells whether bytes are of one form; `0` in the form is any digit, all else is itself. */
export interface Form {
  readonly isAt: (view: DataView, at: number) => boolean
}

/** The form of a text of ASCII of four bytes or more. */
export const formOf = (text: string): Form => {
  const starts = Array.from({ length: (text.length + 3) >> 2 }, (_, index) => Math.min(index * 4, text.length - 4))
  const wordOf = (make: (character: string) => number): Int32Array =>
    Int32Array.from(starts, start =>
      wordAt(viewOf(Buffer.from(Uint8Array.from(text.slice(start, start + 4), make))), 0)
    )
  // a digit is 3 in its higher half, also when 6 is added to it
  const mask = wordOf(character => (character === '0' ? 0xf0 : 0xff))
  const wanted = wordOf(character => character.charCodeAt(0))
  const six = wordOf(character => (character === '0' ? 6 : 0))
  return {
    isAt: (view, at) => {
      for (let index = 0; index < starts.length; index++) {
        const word = wordAt(view, at + (starts[index] ?? 0))
        const halves = mask[index] ?? 0
        if ((word & halves) !== wanted[index] || ((word + (six[index] ?? 0)) & halves) !== wanted[index]) return false
      }
      return true
    }
  }
}
