import { isCollection, isMap, isScalar, isSeq, Lexer, type Node, type Pair } from 'yaml'
import { readDocuments } from './plain-pods.ts'
import type { Touched } from './plain-patch.ts'

/** What of the text of `before` is lost in `after` though it stands outside of what was touched, one sentence each. */
export const lostText = (before: string, after: string, touched: readonly Touched[]): string[] => {
  if (touched.length === 0) return before === after ? [] : ['nothing was to be changed, and the text is another']
  const spans = spansOf(before, touched)
  return [
    ...lostLines(before, after, spans),
    ...lostTokens(before, after, spans),
    ...lineEnds(before, after),
    ...addedBlanks(before, after)
  ]
}

interface Span {
  readonly start: number
  readonly end: number
  /** Whether a collection in flow style stands here whose members stay, and others come. */
  readonly isFlow: boolean
}

const spansOf = (text: string, touched: readonly Touched[]): Span[] => {
  const documents = readDocuments(text)
  return touched.flatMap(({ document, path }) => {
    const contents = documents[document]?.document.contents ?? null
    return spanOf(contents, path)
  })
}

// the scalar, null or empty collection at the path, or the flow collection that gets what is new; nothing for block style,
// where only lines are added
const spanOf = (root: Node | null, path: Touched['path']): Span[] => {
  let node: Node | null = root
  let keyEnd = 0
  for (const step of path) {
    const next = stepTo(node, step)
    if (next === undefined) break
    ;({ node, keyEnd } = next)
  }
  // nothing at all is written behind the key, or the null is
  if (!node?.range) return [{ start: keyEnd, end: keyEnd, isFlow: false }]
  const [start, end] = node.range
  if (isCollection(node) && node.items.length > 0) return node.flow ? [{ start, end, isFlow: true }] : []
  // from the key on, as blanks may go with what is filled
  return [{ start: Math.min(start, Math.max(keyEnd, 0)), end, isFlow: false }]
}

const stepTo = (node: Node | null, step: string | number): { node: Node | null; keyEnd: number } | undefined => {
  if (isSeq(node) && typeof step === 'number') {
    const item = node.items[step] as Node | undefined
    return item === undefined ? undefined : { node: item, keyEnd: item?.range?.[0] ?? 0 }
  }
  if (!isMap(node)) return undefined
  const pair: Pair | undefined = node.items.findLast(({ key }) => isScalar(key) && key.value === step)
  if (!pair) return undefined
  const key = pair.key as Node
  return { node: pair.value as Node | null, keyEnd: key.range?.[1] ?? 0 }
}

// every line that is not touched is still there, in order
const lostLines = (before: string, after: string, spans: readonly Span[]): string[] => {
  const now = linesOf(after)
  let next = 0
  let offset = 0
  for (const [index, line] of before.split('\n').entries()) {
    const [start, end] = [offset, offset + line.length]
    offset = end + 1
    if (spans.some(span => span.start <= end && span.end >= start)) continue
    const found = now.indexOf(line.replace(/\r$/, ''), next)
    if (found === -1) return [`line ${index + 1} is lost: ${line.slice(0, 100)}`]
    next = found + 1
  }
  return []
}

const linesOf = (text: string): string[] => text.split('\n').map(line => line.replace(/\r$/, ''))

// every token that is not touched, comments and blanks within lines included, is still there, in order
const lostTokens = (before: string, after: string, spans: readonly Span[]): string[] => {
  const exact = spans.filter(span => !span.isFlow)
  const isTouched = ({ offset, text }: Token): boolean =>
    !text.startsWith('#') && exact.some(({ start, end }) => offset < end && offset + text.length > start)
  const kept = tokensOf(before).filter(token => !isTouched(token))
  const now = tokensOf(after)
  let next = 0
  for (const token of kept) {
    while (next < now.length && now[next]?.text !== token.text) next += 1
    if (next === now.length) return [`lost, or moved: ${JSON.stringify(token.text.slice(0, 100))} at ${token.offset}`]
    next += 1
  }
  const comments = (tokens: readonly Token[]): string =>
    tokens
      .map(({ text }) => text)
      .filter(isComment)
      .join('\n')
  return comments(tokensOf(before)) === comments(now) ? [] : ['the comments are others']
}

interface Token {
  readonly text: string
  readonly offset: number
}

const isComment = (text: string): boolean => text.startsWith('#')

// without blanks and the marks that the lexer adds
const tokensOf = (text: string): Token[] => {
  const tokens: Token[] = []
  let offset = 0
  let isScalarNext = false
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme === '\x02' || lexeme === '\x18' || lexeme === '\x1f') {
      isScalarNext = lexeme === '\x1f'
      continue
    }
    const isBlank = /^\s*$/.test(lexeme)
    // a scalar may begin as a comment does, in a block
    if (!isBlank || isScalarNext)
      tokens.push({ text: isScalarNext ? `\x1f${lexeme.replaceAll('\r', '')}` : lexeme, offset })
    offset += lexeme.length
    isScalarNext = false
  }
  return tokens
}

const lineEnds = (before: string, after: string): string[] => {
  const count = (text: string, ends: RegExp): number => text.match(ends)?.length ?? 0
  const faults: string[] = []
  const [bare, both] = [/(?<!\r)\n/g, /\r\n/g]
  if (count(before, both) > 0 && count(before, bare) === 0 && count(after, bare) > 0)
    faults.push('line ends: \\n is new')
  if (count(before, both) === 0 && count(after, both) > 0) faults.push('line ends: \\r\\n is new')
  if (before.endsWith('\n') !== after.endsWith('\n')) faults.push('the end of the last line is another')
  if (before.startsWith('\uFEFF') !== after.startsWith('\uFEFF')) faults.push('the byte order mark is another')
  return faults
}

const addedBlanks = (before: string, after: string): string[] => {
  const count = (text: string, line: RegExp): number => linesOf(text).filter(each => line.test(each)).length
  const faults: string[] = []
  if (count(after, /^\s*$/) > count(before, /^\s*$/)) faults.push('a blank line is new')
  if (count(after, /\S[ \t]+$/) > count(before, /\S[ \t]+$/)) faults.push('blanks at the end of a line are new')
  return faults
}
