import type { Sender } from '../audit/request.ts'
import { hashOf, pieceTable } from './piece-table.ts'
import { textOf } from './raw-json.ts'
import { detached } from './remember.ts'
import { senderReader } from './sender-reader.ts'

/** As much of a piece as tells most of them apart: a verb and the name of a service account. */
const PREFIX = 112

/** Who asks, and for what. */
export interface Asker {
  readonly verb: string
  readonly sender: Sender
  /** How long the piece of a line is that says so. */
  readonly length: number
  /** Another one for each asker. */
  readonly number: number
}

/**
 * A function that gives the asker from the piece of a line that begins with the quote behind the URI and ends before
 * `,"sourceIPs":`: with the verb and the user, in this order. Undefined for a piece that is to be parsed with all of its line.
 * It remembers pieces: nearly all requests are those of a few hundred users.
 */
export const askerReader = (): ((bytes: Buffer, view: DataView, at: number, end: number) => Asker | undefined) => {
  const senderOf = senderReader()
  const known = pieceTable<Asker>(512, 4, 768)
  let number = 0
  return (bytes, view, at, end) => {
    const hash = at + PREFIX > end ? 0 : hashOf(view, at, PREFIX)
    const place = known.find(view, at, end, hash)
    if (place !== -1) return known.values[place]
    const piece = pieceBefore(SOURCES, bytes, at, end)
    const asker = piece === undefined ? undefined : askerIn(piece, number++, senderOf)
    // with what comes behind it, so that none is the beginning of another
    if (asker !== undefined) known.keep(view, at, asker.length + SOURCES.length, hash, asker)
    return asker
  }
}

// a quote inside a string has a backslash before it, so a mark with a quote stands between two members and nowhere else
const pieceBefore = (mark: string, bytes: Buffer, at: number, end: number): string | undefined => {
  for (const most of [1024, 65_536]) {
    const text = bytes.toString('latin1', at, Math.min(end, at + most))
    const found = text.indexOf(mark)
    if (found !== -1) return text.slice(0, found)
  }
  return undefined
}

const VERB = '","verb":"'
const USER = '","user":'
const SOURCES = ',"sourceIPs":['

const askerIn = (piece: string, number: number, senderOf: (raw: string) => Sender | null): Asker | undefined => {
  const verbEnd = piece.indexOf('"', VERB.length)
  if (verbEnd === -1 || !piece.startsWith(VERB) || !piece.startsWith(USER, verbEnd)) return undefined
  const verb = textOf(piece.slice(VERB.length, verbEnd))
  const sender = senderOf(piece.slice(verbEnd + USER.length))
  if (verb === null || sender === null) return undefined
  return { verb: detached(verb), sender, length: piece.length, number }
}
