import {
  codeAt,
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
import { takeAnchor, takeDirective, takeTag } from './properties.ts'
import { takeBlock, takePlain, takeQuoted } from './scalars.ts'
import {
  dropKey,
  indentTo,
  isStillPossible,
  outdentTo,
  push,
  saveKey,
  type Scan,
  type Token,
  wantsMore
} from './scan.ts'

/** The tokens of a text, read no further than they are asked for. */
export interface Tokens {
  readonly peek: () => Token
  readonly take: () => Token
}

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
