import { parsedOrNot } from './raw-json.ts'

/** The name of a member, as it is looked for in bytes. */
export interface JsonName {
  readonly text: string
  /** With its quotes. */
  readonly bytes: Uint8Array
}

/** A name of letters. */
export const jsonName = (text: string): JsonName => ({ text, bytes: Buffer.from(`"${text}"`) })

/** True where the key that stands from `start` to `end`, with its quotes, is a name: also one that is written with escapes. */
export const isNamed = (bytes: Uint8Array, start: number, end: number, { text, bytes: name }: JsonName): boolean => {
  // an escape is longer than what it stands for
  if (end - start !== name.length) return end - start > name.length && isEscaped(bytes, start, end, text)
  for (let index = 0; index < name.length; index++) if (bytes[start + index] !== name[index]) return false
  return true
}

const BACKSLASH = 0x5c

const isEscaped = (bytes: Uint8Array, start: number, end: number, text: string): boolean => {
  for (let at = start; at < end; at++)
    if (bytes[at] === BACKSLASH)
      return parsedOrNot(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString()) === text
  return false
}
