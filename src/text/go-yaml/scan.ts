import { type Cursor, fail, skip } from './cursor.ts'
import type { Directive, TagWords } from './properties.ts'

/** The tokens that say no more than where they are. */
export type Mark =
  | 'stream-end'
  | 'document-start'
  | 'document-end'
  | 'block-list'
  | 'block-map'
  | 'block-end'
  | 'flow-list'
  | 'flow-list-end'
  | 'flow-map'
  | 'flow-map-end'
  | 'entry'
  | 'comma'
  | 'key'
  | 'value'

/** A token of YAML, between two offsets of the text. */
export type Token = { readonly start: number; readonly end: number } & (
  | { readonly kind: Mark }
  | { readonly kind: 'directive'; readonly directive: Directive }
  | { readonly kind: 'anchor' | 'alias'; readonly name: string }
  | { readonly kind: 'tag'; readonly tag: TagWords }
  | { readonly kind: 'scalar'; readonly value: string; readonly isPlain: boolean }
)

/** A place that becomes a key when `:` follows it in the same line. */
export interface SimpleKey {
  isPossible: boolean
  readonly isRequired: boolean
  readonly token: number
  readonly at: number
  readonly line: number
  readonly column: number
}

/** How far a text was read, and what was read of it. */
export interface Scan {
  readonly cursor: Cursor
  readonly queue: Token[]
  taken: number
  indent: number
  readonly indents: number[]
  flowLevel: number
  /** The last possible key of each flow level; the first is of the block. */
  readonly keys: (SimpleKey | undefined)[]
  readonly keyOfToken: Map<number, SimpleKey>
  isKeyAllowed: boolean
}

/** How far behind its beginning the `:` of a key may stand. */
const LONGEST_KEY = 1024

/** True while the next token may still become a key: it is known by its colon, and what goes before it must wait. */
export const wantsMore = (scan: Scan): boolean => {
  if (scan.queue.length === 0) return true
  const key = scan.keyOfToken.get(scan.taken)
  return key !== undefined && isStillPossible(scan, key)
}

/** Whether a `:` that stands here would make a key of what stood there. Throws where one had to come. */
export const isStillPossible = ({ cursor }: Scan, key: SimpleKey): boolean => {
  if (!key.isPossible) return false
  if (key.line >= cursor.line && key.at + LONGEST_KEY >= cursor.at) return true
  if (key.isRequired) fail(cursor, 'a : is wanted behind a key', key.at)
  key.isPossible = false
  return false
}

/** Notes that a key may begin here. */
export const saveKey = (scan: Scan): void => {
  if (!scan.isKeyAllowed) return
  const { at, line, column } = scan.cursor
  dropKey(scan)
  const isRequired = scan.flowLevel === 0 && scan.indent === column
  const key = { isPossible: true, isRequired, token: scan.taken + scan.queue.length, at, line, column }
  scan.keys[scan.keys.length - 1] = key
  scan.keyOfToken.set(key.token, key)
}

/** Gives up the last possible key of this level. Throws where it had to be one. */
export const dropKey = (scan: Scan): void => {
  const key = scan.keys.at(-1)
  if (!key?.isPossible) return
  if (key.isRequired) fail(scan.cursor, 'a : is wanted behind a key', key.at)
  key.isPossible = false
  scan.keyOfToken.delete(key.token)
}

/** Opens a block collection when a column is deeper than the last one; before an earlier token if one is given. */
export const indentTo = (
  scan: Scan,
  column: number,
  kind: 'block-list' | 'block-map',
  at: number,
  token?: number
): void => {
  if (scan.flowLevel > 0 || scan.indent >= column) return
  scan.indents.push(scan.indent)
  scan.indent = column
  const opening: Token = { kind, start: at, end: at }
  if (token === undefined) scan.queue.push(opening)
  else scan.queue.splice(token - scan.taken, 0, opening)
}

/** Closes the block collections that are deeper than a column. */
export const outdentTo = (scan: Scan, column: number): void => {
  if (scan.flowLevel > 0) return
  while (scan.indent > column) {
    scan.queue.push({ kind: 'block-end', start: scan.cursor.at, end: scan.cursor.at })
    scan.indent = scan.indents.pop() ?? -1
  }
}

/** Adds a token of some characters. */
export const push = (scan: Scan, kind: Mark, length: number): void => {
  const start = scan.cursor.at
  skip(scan.cursor, length)
  scan.queue.push({ kind, start, end: scan.cursor.at })
}
