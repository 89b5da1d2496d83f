import { type ShellCursor, skipHereDocuments, skipPast, take } from './shell-cursor.ts'
import type { ShellRedirection, ShellStep, ShellWord } from './shell-step.ts'
import { readShellWord, skipArithmetic } from './shell-word.ts'

/** What a script for a POSIX shell or bash does, as far as it can be told without running it; never throws. */
export const readShellScript = (text: string): readonly ShellStep[] => readNested(text, 0)

// deeper substitutions are not looked into
const DEEPEST = 40

const readNested = (text: string, depth: number): readonly ShellStep[] => {
  if (depth > DEEPEST) return []
  const cursor: ShellCursor = {
    text,
    at: 0,
    hereDocuments: [],
    substitution: inner => readSubstitution(inner, depth + 1),
    backquoted: script => readNested(script, depth + 1)
  }
  return readList(cursor, false)
}

const readSubstitution = (outer: ShellCursor, depth: number): readonly ShellStep[] => {
  if (depth > DEEPEST) {
    outer.at = outer.text.length
    return []
  }
  const cursor: ShellCursor = { ...outer, substitution: inner => readSubstitution(inner, depth + 1) }
  const steps = readList(cursor, true)
  outer.at = cursor.at
  return steps
}

type Block = 'subshell' | 'case' | 'block'

interface Reader {
  readonly cursor: ShellCursor
  readonly steps: ShellStep[]
  readonly blocks: Block[]
  subshells: number
  words: ShellWord[]
  redirections: ShellRedirection[]
  isFed: boolean
  start: number
  /** The words up to the next separator are no command: the head of `for` or `case`. */
  isHead: boolean
  /** A pattern of `case` comes next. */
  isPattern: boolean
}

const BLANKS = /(?:[ \t\r]|\\\n)+/y
const COMMENT = /#[^\n]*/y
const REDIRECTION = /\d{0,9}(<<<|<<-?|<>|<&|<(?!\()|>>|>&|>\||>(?!\()|&>>|&>)/y
const SEPARATOR = /;;&|;;|;&|;|&&|\|\||\|&|\||&|\n/y

const readList = (cursor: ShellCursor, isSubstitution: boolean): readonly ShellStep[] => {
  const reader: Reader = {
    cursor,
    steps: [],
    blocks: [],
    subshells: 0,
    ...EMPTY(),
    isFed: false,
    start: cursor.at,
    isPattern: false
  }
  while (cursor.at < cursor.text.length) {
    if (take(cursor, BLANKS) || take(cursor, COMMENT)) continue
    if (reader.isPattern) {
      readPattern(reader)
      continue
    }
    const redirection = take(cursor, REDIRECTION)
    const separator = redirection ? null : take(cursor, SEPARATOR)
    const char = cursor.text[cursor.at]
    if (redirection) readRedirection(reader, redirection[1] ?? '')
    else if (separator) readSeparator(reader, separator[0])
    else if (char === '(') readOpening(reader)
    else if (char === ')') {
      cursor.at += 1
      finish(reader, false)
      if (reader.subshells > 0) leave(reader, 'subshell')
      else if (isSubstitution) break
    } else if (char === '<' || char === '>') readProcess(reader)
    else readWord(reader)
  }
  finish(reader, false)
  return reader.steps
}

const EMPTY = (): Pick<Reader, 'words' | 'redirections' | 'isHead'> => ({ words: [], redirections: [], isHead: false })

const LONGEST_SOURCE = 80

const finish = (reader: Reader, feedsNext: boolean): void => {
  const { words, redirections, isFed, isHead, cursor, start } = reader
  if (!isHead && words.length + redirections.length > 0) {
    const source = cursor.text.slice(start, Math.min(cursor.at, start + LONGEST_SOURCE)).replace(/[\s;&|)]+$/, '')
    reader.steps.push({ kind: 'command', words, redirections, isFed, source })
  } else for (const word of words) for (const step of word.inner) reader.steps.push(step)
  Object.assign(reader, EMPTY(), { isFed: feedsNext })
}

const enter = (reader: Reader, block: Block): void => {
  reader.blocks.push(block)
  if (block === 'subshell') reader.subshells += 1
  reader.steps.push({ kind: 'enter', isSubshell: block === 'subshell' })
}

const leave = (reader: Reader, block: Block): void => {
  if (reader.blocks.at(-1) !== block) return
  reader.blocks.pop()
  if (block === 'subshell') reader.subshells -= 1
  reader.steps.push({ kind: 'leave', isSubshell: block === 'subshell' })
}

const readSeparator = (reader: Reader, separator: string): void => {
  finish(reader, separator === '|' || separator === '|&')
  if (separator.startsWith(';') && separator.length > 1) reader.isPattern = reader.blocks.at(-1) === 'case'
  if (separator === '\n') skipHereDocuments(reader.cursor)
}

const readOpening = (reader: Reader): void => {
  const { cursor, words } = reader
  const isArithmetic = cursor.text.startsWith('((', cursor.at) && words.length === 0
  if (isArithmetic) return skipArithmetic(cursor)
  cursor.at += 1
  if (words.length === 0) return enter(reader, 'subshell')
  // the name of a function, or a list that is given to a variable
  if (take(cursor, /[ \t]*\)/y)) reader.words = []
  else if (words.at(-1)?.text.endsWith('=')) skipPast(cursor, ')')
}

const readProcess = (reader: Reader): void => {
  reader.cursor.at += 2
  reader.words.push({ text: '', isWhole: false, inner: reader.cursor.substitution(reader.cursor) })
}

const readRedirection = (reader: Reader, operator: string): void => {
  const { cursor } = reader
  const isFirst = reader.words.length + reader.redirections.length === 0
  if (isFirst) reader.start = cursor.at - operator.length
  take(cursor, BLANKS)
  const start = cursor.at
  const target = readShellWord(cursor)
  if (operator === '<<' || operator === '<<-') {
    const end = cursor.text.slice(start, cursor.at).replace(/["'\\]/g, '')
    cursor.hereDocuments.push({ end, isIndented: operator === '<<-' })
  } else reader.redirections.push({ operator, target })
}

const readPattern = (reader: Reader): void => {
  const { cursor } = reader
  const char = cursor.text[cursor.at] ?? ''
  if (take(cursor, /esac(?![^\s;&|<>()])/y)) {
    reader.isPattern = false
    leave(reader, 'case')
  } else if (/[\s;&|<>()]/.test(char)) {
    cursor.at += 1
    if (char === '\n') skipHereDocuments(cursor)
    reader.isPattern = char !== ')'
  } else readShellWord(cursor)
}

const OPENING: Readonly<Record<string, Block>> = {
  if: 'block',
  while: 'block',
  until: 'block',
  for: 'block',
  select: 'block',
  case: 'case'
}
const PASSED = new Set(['then', 'else', 'elif', 'do', '{', '}', '!', 'time', 'fi', 'done', 'esac'])

const readWord = (reader: Reader): void => {
  const { cursor } = reader
  const start = cursor.at
  const word = readShellWord(cursor)
  if (reader.words.length + reader.redirections.length === 0) reader.start = start
  // a character that begins no word
  if (cursor.at === start) cursor.at += 1
  const raw = cursor.at - start > 16 ? '' : cursor.text.slice(start, cursor.at)
  if (reader.isHead && raw === 'in' && reader.blocks.at(-1) === 'case') {
    finish(reader, false)
    reader.isPattern = true
  } else if (reader.words.length > 0 || reader.isHead || reader.redirections.length > 0) reader.words.push(word)
  else if (raw === '[[') skipTest(reader)
  else if (raw === 'function') readFunction(reader)
  else if (Object.hasOwn(OPENING, raw)) {
    enter(reader, OPENING[raw] ?? 'block')
    reader.isHead = raw === 'for' || raw === 'select' || raw === 'case'
  } else if (PASSED.has(raw)) {
    if (raw === 'fi' || raw === 'done') leave(reader, 'block')
    if (raw === 'esac') leave(reader, 'case')
  } else reader.words.push(word)
}

// < and > compare there
const skipTest = (reader: Reader): void => {
  const { cursor } = reader
  while (cursor.at < cursor.text.length && !take(cursor, /\]\](?![^\s;&|<>()])/y)) {
    if (take(cursor, BLANKS) || take(cursor, /[;&|<>()\n]/y)) continue
    const start = cursor.at
    const { inner } = readShellWord(cursor)
    if (cursor.at === start) cursor.at += 1
    for (const step of inner) reader.steps.push(step)
  }
}

const readFunction = (reader: Reader): void => {
  take(reader.cursor, BLANKS)
  readShellWord(reader.cursor)
  take(reader.cursor, /[ \t]*\([ \t]*\)/y)
}
