import {
  codeAt,
  type Cursor,
  fail,
  isBlank,
  isBlankOrEnd,
  isBreak,
  isBreakOrEnd,
  isDigit,
  isDocumentMark,
  isOneOf,
  isSpace,
  isTab,
  skip,
  skipComment,
  takeBreak,
  takeWhile
} from './cursor.ts'
import { takeEscape } from './escapes.ts'

/** The blanks and line breaks between two words of a scalar, which are folded. */
interface Gap {
  readonly blanks: string
  /** What the first line break means; empty where the gap lies in one line. */
  readonly first: string
  readonly others: string
}

const NO_GAP: Gap = { blanks: '', first: '', others: '' }

const folded = ({ blanks, first, others }: Gap): string => {
  if (first === '') return others === '' ? blanks : others
  return first === '\n' ? (others === '' ? ' ' : others) : first + others
}

/** Reads blanks and line breaks. `brokenBefore`: a line has already been broken by a backslash. */
const takeGap = (
  cursor: Cursor,
  brokenBefore: boolean,
  check: (inNewLine: boolean) => void
): Gap & { lines: number } => {
  let [blanks, first, others] = ['', '', '']
  let lines = brokenBefore ? 1 : 0
  for (let code = codeAt(cursor); isBlank(code) || isBreak(code); code = codeAt(cursor)) {
    check(lines > 0)
    if (isBlank(code)) {
      if (lines === 0) blanks += cursor.text[cursor.at]
      skip(cursor)
    } else {
      const meaning = takeBreak(cursor)
      if (lines === 0) first = meaning
      else others += meaning
      lines += 1
    }
  }
  return { blanks, first, others, lines }
}

/** Reads a plain scalar; `brokeLine` tells that line breaks follow it. */
export const takePlain = (
  cursor: Cursor,
  { indent, inFlow }: { readonly indent: number; readonly inFlow: boolean }
): { readonly value: string; readonly end: number; readonly brokeLine: boolean } => {
  const start = cursor.at
  let value = ''
  let end = start
  let gap: Gap = NO_GAP
  let brokeLine = false
  while (!isDocumentMark(cursor) && cursor.text[cursor.at] !== '#') {
    const word = takePlainWord(cursor, inFlow)
    if (word !== '') {
      value += folded(gap) + word
      end = cursor.at
      ;[gap, brokeLine] = [NO_GAP, false]
    }
    if (!isBlank(codeAt(cursor)) && !isBreak(codeAt(cursor))) break
    const next = takeGap(cursor, false, inNewLine => {
      if (inNewLine && cursor.column < indent && isTab(codeAt(cursor)))
        fail(cursor, 'a tab stands where the scalar before it goes on or spaces are wanted')
    })
    ;[gap, brokeLine] = [next, next.lines > 0]
    if (!inFlow && cursor.column < indent) break
  }
  return { value, end, brokeLine }
}

const takePlainWord = (cursor: Cursor, inFlow: boolean): string => {
  const start = cursor.at
  for (let code = codeAt(cursor); !isBlankOrEnd(code); code = codeAt(cursor)) {
    if (cursor.text[cursor.at] === ':' && isBlankOrEnd(codeAt(cursor, 1))) break
    if (inFlow && isOneOf(cursor, ',?[]{}')) break
    skip(cursor)
  }
  return cursor.text.slice(start, cursor.at)
}

/** Reads a scalar in quotes, from the first to behind the last. */
export const takeQuoted = (cursor: Cursor): string => {
  const quote = cursor.text[cursor.at] ?? ''
  const start = cursor.at
  let value = ''
  skip(cursor)
  for (;;) {
    if (isDocumentMark(cursor)) fail(cursor, `a document begins or ends inside of ${quote} quotes`)
    if (codeAt(cursor) === 0) fail(cursor, `the closing ${quote} is missing`, start)
    const { text, brokeLine } = takeQuotedWords(cursor, quote, start)
    value += text
    if (cursor.text[cursor.at] === quote) break
    value += folded(takeGap(cursor, brokeLine, () => undefined))
  }
  skip(cursor)
  return value
}

const takeQuotedWords = (cursor: Cursor, quote: string, start: number): { text: string; brokeLine: boolean } => {
  let text = ''
  while (!isBlankOrEnd(codeAt(cursor))) {
    const character = cursor.text[cursor.at]
    if (character === quote && (quote === '"' || cursor.text[cursor.at + 1] !== "'")) break
    if (character === quote) {
      text += quote
      skip(cursor, 2)
    } else if (quote === '"' && character === '\\' && isBreak(codeAt(cursor, 1))) {
      skip(cursor)
      takeBreak(cursor)
      return { text, brokeLine: true }
    } else if (quote === '"' && character === '\\') {
      text += takeEscape(cursor, start)
    } else {
      text += character
      skip(cursor)
    }
  }
  return { text, brokeLine: false }
}

/** Reads a block scalar, `|` or `>`, to the first line that is not of it. */
export const takeBlock = (cursor: Cursor, parentIndent: number): string => {
  const isLiteral = cursor.text[cursor.at] === '|'
  const start = cursor.at
  skip(cursor)
  const { chomp, increment } = takeBlockHeader(cursor, start)
  const wanted = increment > 0 ? Math.max(parentIndent, 0) + increment : 0
  const opening = takeBlockBreaks(cursor, wanted, parentIndent, start)
  const { indent } = opening
  let [value, pending, breaks] = ['', '', opening.breaks]
  let wasBlank = false
  while (cursor.column === indent && codeAt(cursor) !== 0) {
    const startsBlank = isBlank(codeAt(cursor))
    const isFolded = !isLiteral && !wasBlank && !startsBlank && pending.startsWith('\n')
    if (!isFolded) value += pending
    else if (breaks === '') value += ' '
    value += breaks + takeWhile(cursor, code => !isBreakOrEnd(code))
    wasBlank = startsBlank
    pending = isBreak(codeAt(cursor)) ? takeBreak(cursor) : ''
    breaks = takeBlockBreaks(cursor, indent, parentIndent, start).breaks
  }
  return value + (chomp === '-' ? '' : pending) + (chomp === '+' ? breaks : '')
}

const takeBlockHeader = (cursor: Cursor, start: number): { chomp: string; increment: number } => {
  const takeChomp = (): string => {
    const chomp = isOneOf(cursor, '+-') ? (cursor.text[cursor.at] ?? '') : ''
    skip(cursor, chomp.length)
    return chomp
  }
  const takeIncrement = (): number => {
    if (!isDigit(codeAt(cursor))) return 0
    const increment = codeAt(cursor) - 48
    if (increment === 0) fail(cursor, 'a block scalar cannot be indented by 0')
    skip(cursor)
    return increment
  }
  const early = takeChomp()
  const increment = takeIncrement()
  const chomp = early === '' && increment > 0 ? takeChomp() : early
  takeWhile(cursor, isBlank)
  skipComment(cursor)
  if (!isBreakOrEnd(codeAt(cursor))) fail(cursor, 'the text of a block scalar begins in the next line', start)
  if (isBreak(codeAt(cursor))) takeBreak(cursor)
  return { chomp, increment }
}

// where no indentation is known yet it becomes that of the first line that is not empty
const takeBlockBreaks = (
  cursor: Cursor,
  indent: number,
  parentIndent: number,
  start: number
): { breaks: string; indent: number } => {
  let breaks = ''
  let most = 0
  const isBefore = (): boolean => indent === 0 || cursor.column < indent
  for (;;) {
    while (isBefore() && isSpace(codeAt(cursor))) skip(cursor)
    most = Math.max(most, cursor.column)
    if (isBefore() && isTab(codeAt(cursor))) fail(cursor, 'a tab stands where a block scalar is indented', start)
    if (!isBreak(codeAt(cursor))) break
    breaks += takeBreak(cursor)
  }
  return { breaks, indent: indent === 0 ? Math.max(most, parentIndent + 1, 1) : indent }
}
