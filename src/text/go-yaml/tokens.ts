import {
  codeAt,
  type Cursor,
  fail,
  isBlank,
  isBlankOrEnd,
  isBreak,
  isDocumentMark,
  isOneOf,
  skip,
  skipComment,
  takeBreak
} from './cursor.ts'
import { type Directive, takeAnchor, takeDirective, takeTag, type TagWords } from './properties.ts'
import { takeBlock, takePlain, takeQuoted } from './scalars.ts'

type Plain =
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
  | { readonly kind: Plain }
  | { readonly kind: 'directive'; readonly directive: Directive }
  | { readonly kind: 'anchor' | 'alias'; readonly name: string }
  | { readonly kind: 'tag'; readonly tag: TagWords }
  | { readonly kind: 'scalar'; readonly value: string; readonly isPlain: boolean }
)

/** The tokens of a text, read no further than they are asked for. */
export interface Tokens {
  readonly peek: () => Token
  readonly take: () => Token
}

/** A place that becomes a key when `:` follows it in the same line. */
interface SimpleKey {
  isPossible: boolean
  readonly isRequired: boolean
  readonly token: number
  readonly at: number
  readonly line: number
  readonly column: number
}

interface Scan {
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

/** Reads a text as go-yaml v2 does, which Kubernetes reads YAML with: version 1.1 as libyaml has it. */
export const tokensOf = (text: string, file: string): Tokens => {
  const cursor = { file, text, at: text.startsWith('\uFEFF') ? 1 : 0, line: 0, column: 0 }
  const scan: Scan = {
    ...{ cursor, queue: [], taken: 0, indent: -1, indents: [], flowLevel: 0 },
    ...{ keys: [undefined], keyOfToken: new Map(), isKeyAllowed: true }
  }
  const peek = (): Token => {
    while (wantsMore(scan)) fetch(scan)
    return scan.queue[0] ?? fail(cursor, 'the text ends too early')
  }
  const take = (): Token => {
    const token = peek()
    scan.queue.shift()
    scan.taken += 1
    return token
  }
  return { peek, take }
}

// a key is known by its colon: until then the token before which it goes must wait
const wantsMore = (scan: Scan): boolean => {
  if (scan.queue.length === 0) return true
  const key = scan.keyOfToken.get(scan.taken)
  return key !== undefined && isStillPossible(scan, key)
}

const isStillPossible = ({ cursor }: Scan, key: SimpleKey): boolean => {
  if (!key.isPossible) return false
  if (key.line >= cursor.line && key.at + LONGEST_KEY >= cursor.at) return true
  if (key.isRequired) fail(cursor, 'a : is wanted behind a key', key.at)
  key.isPossible = false
  return false
}

const saveKey = (scan: Scan): void => {
  if (!scan.isKeyAllowed) return
  const { at, line, column } = scan.cursor
  dropKey(scan)
  const isRequired = scan.flowLevel === 0 && scan.indent === column
  const key = { isPossible: true, isRequired, token: scan.taken + scan.queue.length, at, line, column }
  scan.keys[scan.keys.length - 1] = key
  scan.keyOfToken.set(key.token, key)
}

const dropKey = (scan: Scan): void => {
  const key = scan.keys.at(-1)
  if (!key?.isPossible) return
  if (key.isRequired) fail(scan.cursor, 'a : is wanted behind a key', key.at)
  key.isPossible = false
  scan.keyOfToken.delete(key.token)
}

const indentTo = (scan: Scan, column: number, kind: 'block-list' | 'block-map', at: number, token?: number): void => {
  if (scan.flowLevel > 0 || scan.indent >= column) return
  scan.indents.push(scan.indent)
  scan.indent = column
  const opening: Token = { kind, start: at, end: at }
  if (token === undefined) scan.queue.push(opening)
  else scan.queue.splice(token - scan.taken, 0, opening)
}

const outdentTo = (scan: Scan, column: number): void => {
  if (scan.flowLevel > 0) return
  while (scan.indent > column) {
    scan.queue.push({ kind: 'block-end', start: scan.cursor.at, end: scan.cursor.at })
    scan.indent = scan.indents.pop() ?? -1
  }
}

const fetch = (scan: Scan): void => {
  const { cursor } = scan
  skipToToken(scan)
  outdentTo(scan, cursor.column)
  if (codeAt(cursor) === 0) return fetchEnd(scan)
  if (cursor.column === 0 && isOneOf(cursor, '%')) return fetchDirective(scan)
  if (isDocumentMark(cursor, '---')) return fetchDocumentMark(scan, 'document-start')
  if (isDocumentMark(cursor, '...')) return fetchDocumentMark(scan, 'document-end')
  const character = cursor.text[cursor.at] ?? ''
  const isAlone = isBlankOrEnd(codeAt(cursor, 1))
  const inFlow = scan.flowLevel > 0
  if (character === '[') return fetchFlowStart(scan, 'flow-list')
  if (character === '{') return fetchFlowStart(scan, 'flow-map')
  if (character === ']') return fetchFlowEnd(scan, 'flow-list-end')
  if (character === '}') return fetchFlowEnd(scan, 'flow-map-end')
  if (character === ',') return fetchComma(scan)
  if (character === '-' && isAlone) return fetchEntry(scan)
  if (character === '?' && (inFlow || isAlone)) return fetchKey(scan)
  if (character === ':' && (inFlow || isAlone)) return fetchValue(scan)
  if (character === '*' || character === '&' || character === '!') return fetchProperty(scan, character)
  if ((character === '|' || character === '>') && !inFlow) return fetchBlock(scan)
  if (character === "'" || character === '"') return fetchQuoted(scan)
  if (startsPlain(scan, character)) return fetchPlain(scan)
  fail(
    cursor,
    character === '\t' ? 'a tab cannot stand here' : `${character} cannot stand here; put the text in quotes`
  )
}

const startsPlain = ({ cursor, flowLevel }: Scan, character: string): boolean => {
  const next = codeAt(cursor, 1)
  if (character === '-') return !isBlank(next)
  if (character === '?' || character === ':') return flowLevel === 0 && !isBlankOrEnd(next)
  return !isBlankOrEnd(codeAt(cursor)) && !',[]{}#&*!|>\'"%@`'.includes(character)
}

const skipToToken = (scan: Scan): void => {
  const { cursor } = scan
  for (;;) {
    while (isOneOf(cursor, scan.flowLevel > 0 || !scan.isKeyAllowed ? ' \t' : ' ')) skip(cursor)
    skipComment(cursor)
    if (!isBreak(codeAt(cursor))) return
    takeBreak(cursor)
    if (scan.flowLevel === 0) scan.isKeyAllowed = true
  }
}

const push = (scan: Scan, kind: Plain, length: number): void => {
  const start = scan.cursor.at
  skip(scan.cursor, length)
  scan.queue.push({ kind, start, end: scan.cursor.at })
}

const fetchEnd = (scan: Scan): void => {
  if (scan.cursor.column !== 0) scan.cursor.line += 1
  scan.cursor.column = 0
  outdentTo(scan, -1)
  dropKey(scan)
  scan.isKeyAllowed = false
  push(scan, 'stream-end', 0)
}

const fetchDirective = (scan: Scan): void => {
  outdentTo(scan, -1)
  dropKey(scan)
  scan.isKeyAllowed = false
  const start = scan.cursor.at
  const directive = takeDirective(scan.cursor)
  scan.queue.push({ kind: 'directive', directive, start, end: scan.cursor.at })
}

const fetchDocumentMark = (scan: Scan, kind: 'document-start' | 'document-end'): void => {
  outdentTo(scan, -1)
  dropKey(scan)
  scan.isKeyAllowed = false
  push(scan, kind, 3)
}

const fetchFlowStart = (scan: Scan, kind: 'flow-list' | 'flow-map'): void => {
  saveKey(scan)
  scan.keys.push(undefined)
  scan.flowLevel += 1
  scan.isKeyAllowed = true
  push(scan, kind, 1)
}

const fetchFlowEnd = (scan: Scan, kind: 'flow-list-end' | 'flow-map-end'): void => {
  dropKey(scan)
  if (scan.flowLevel > 0) {
    scan.flowLevel -= 1
    const key = scan.keys.pop()
    if (key) scan.keyOfToken.delete(key.token)
  }
  scan.isKeyAllowed = false
  push(scan, kind, 1)
}

const fetchComma = (scan: Scan): void => {
  dropKey(scan)
  scan.isKeyAllowed = true
  push(scan, 'comma', 1)
}

const fetchEntry = (scan: Scan): void => {
  const { cursor } = scan
  if (scan.flowLevel === 0) {
    if (!scan.isKeyAllowed) fail(cursor, 'a list cannot begin here')
    indentTo(scan, cursor.column, 'block-list', cursor.at)
  }
  dropKey(scan)
  scan.isKeyAllowed = true
  push(scan, 'entry', 1)
}

const fetchKey = (scan: Scan): void => {
  const { cursor } = scan
  if (scan.flowLevel === 0) {
    if (!scan.isKeyAllowed) fail(cursor, 'a key cannot stand here')
    indentTo(scan, cursor.column, 'block-map', cursor.at)
  }
  dropKey(scan)
  scan.isKeyAllowed = scan.flowLevel === 0
  push(scan, 'key', 1)
}

const fetchValue = (scan: Scan): void => {
  const { cursor } = scan
  const key = scan.keys.at(-1)
  if (key && isStillPossible(scan, key)) {
    scan.queue.splice(key.token - scan.taken, 0, { kind: 'key', start: key.at, end: key.at })
    indentTo(scan, key.column, 'block-map', key.at, key.token)
    key.isPossible = false
    scan.keyOfToken.delete(key.token)
    scan.isKeyAllowed = false
  } else {
    if (scan.flowLevel === 0) {
      if (!scan.isKeyAllowed) fail(cursor, 'a : with a blank behind it cannot stand here; put the text in quotes')
      indentTo(scan, cursor.column, 'block-map', cursor.at)
    }
    scan.isKeyAllowed = scan.flowLevel === 0
  }
  push(scan, 'value', 1)
}

const fetchProperty = (scan: Scan, character: '*' | '&' | '!'): void => {
  const { cursor } = scan
  saveKey(scan)
  scan.isKeyAllowed = false
  const start = cursor.at
  if (character === '!') {
    const tag = takeTag(cursor)
    scan.queue.push({ kind: 'tag', tag, start, end: cursor.at })
    return
  }
  const name = takeAnchor(cursor)
  scan.queue.push({ kind: character === '*' ? 'alias' : 'anchor', name, start, end: cursor.at })
}

const fetchBlock = (scan: Scan): void => {
  const { cursor } = scan
  dropKey(scan)
  scan.isKeyAllowed = true
  const start = cursor.at
  const value = takeBlock(cursor, scan.indent)
  scan.queue.push({ kind: 'scalar', value, isPlain: false, start, end: cursor.at })
}

const fetchQuoted = (scan: Scan): void => {
  const { cursor } = scan
  saveKey(scan)
  scan.isKeyAllowed = false
  const start = cursor.at
  const value = takeQuoted(cursor)
  scan.queue.push({ kind: 'scalar', value, isPlain: false, start, end: cursor.at })
}

const fetchPlain = (scan: Scan): void => {
  const { cursor } = scan
  saveKey(scan)
  scan.isKeyAllowed = false
  const start = cursor.at
  const { value, end, brokeLine } = takePlain(cursor, { indent: scan.indent + 1, inFlow: scan.flowLevel > 0 })
  if (brokeLine) scan.isKeyAllowed = true
  scan.queue.push({ kind: 'scalar', value, isPlain: true, start, end })
}
