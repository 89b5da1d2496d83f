import {
  codeAt,
  type Cursor,
  fail,
  isBlank,
  isBlankOrEnd,
  isBreak,
  isBreakOrEnd,
  isDigit,
  isOneOf,
  isWord,
  skip,
  skipComment,
  takeBreak,
  takeWhile
} from './cursor.ts'

/** Reads the name behind `&` or `*`. */
export const takeAnchor = (cursor: Cursor): string => {
  const start = cursor.at
  skip(cursor)
  const name = takeWhile(cursor, isWord)
  if (name === '' || !(isBlankOrEnd(codeAt(cursor)) || isOneOf(cursor, '?:,]}%@`')))
    return fail(cursor, 'an anchor is named by letters, digits, _ and - of ASCII', start)
  return name
}

/** A tag as it is written; an empty handle stands before a tag that is whole. */
export interface TagWords {
  readonly handle: string
  readonly suffix: string
}

/** Reads `!<tag>`, `!tag`, `!!tag` or `!handle!tag`. */
export const takeTag = (cursor: Cursor): TagWords => {
  const start = cursor.at
  const tag = isOneOf(cursor, '<', 1) ? takeWholeTag(cursor, start) : takeShortTag(cursor, start)
  if (!isBlankOrEnd(codeAt(cursor))) return fail(cursor, 'a blank is wanted behind a tag', start)
  return tag
}

const takeWholeTag = (cursor: Cursor, start: number): TagWords => {
  skip(cursor, 2)
  const suffix = takeUri(cursor, '', start)
  if (!isOneOf(cursor, '>')) fail(cursor, 'the > of a tag is missing', start)
  skip(cursor)
  return { handle: '', suffix }
}

const takeShortTag = (cursor: Cursor, start: number): TagWords => {
  const handle = takeHandle(cursor, false, start)
  if (handle.length > 1 && handle.endsWith('!')) return { handle, suffix: takeUri(cursor, '', start) }
  const suffix = takeUri(cursor, handle, start)
  // `!` alone is a tag, not a handle
  return suffix === '' ? { handle: '', suffix: '!' } : { handle: '!', suffix }
}

const takeHandle = (cursor: Cursor, inDirective: boolean, start: number): string => {
  if (!isOneOf(cursor, '!')) fail(cursor, 'the handle of a tag begins with !', start)
  skip(cursor)
  const name = takeWhile(cursor, isWord)
  if (isOneOf(cursor, '!')) {
    skip(cursor)
    return `!${name}!`
  }
  if (inDirective && name !== '') fail(cursor, 'the handle of a tag ends with !', start)
  return `!${name}`
}

const URI = ";/?:@&=+$,.!~*'()[]%"

const takeUri = (cursor: Cursor, handle: string, start: number): string => {
  let uri = handle.slice(1)
  let isEmpty = handle === ''
  while (isWord(codeAt(cursor)) || isOneOf(cursor, URI)) {
    if (isOneOf(cursor, '%')) uri += takeUriEscape(cursor, start)
    else {
      uri += cursor.text[cursor.at]
      skip(cursor)
    }
    isEmpty = false
  }
  return isEmpty ? fail(cursor, 'a tag is missing', start) : uri
}

// the octets of one character in UTF-8
const takeUriEscape = (cursor: Cursor, start: number): string => {
  const escapes = /^(?:%[0-9a-fA-F]{2})+/.exec(cursor.text.slice(cursor.at, cursor.at + 12))?.[0] ?? ''
  const octets = escapes
    .split('%')
    .slice(1)
    .map(digits => Number.parseInt(digits, 16))
  const [first = -1] = octets
  const width =
    first < 0 ? 0 : first < 0x80 ? 1 : first >> 5 === 6 ? 2 : first >> 4 === 14 ? 3 : first >> 3 === 30 ? 4 : 0
  const own = octets.slice(0, width)
  if (width === 0 || own.length < width || own.slice(1).some(octet => octet >> 6 !== 2))
    return fail(cursor, 'an escape of a tag is no character in UTF-8', start)
  skip(cursor, width * 3)
  return Buffer.from(own).toString('utf8')
}

/** A directive: `%YAML 1.1` or `%TAG ! tag:example.com,2000:`. */
export type Directive =
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'tag'; readonly handle: string; readonly prefix: string }

/** Reads a directive and its line. */
export const takeDirective = (cursor: Cursor): Directive => {
  const start = cursor.at
  skip(cursor)
  const name = takeWhile(cursor, isWord)
  if (name === '') fail(cursor, 'the name of a directive is missing', start)
  if (!isBlankOrEnd(codeAt(cursor))) fail(cursor, 'a blank is wanted behind the name of a directive', start)
  takeWhile(cursor, isBlank)
  const directive = takeDirectiveValue(cursor, name, start)
  takeWhile(cursor, isBlank)
  skipComment(cursor)
  if (!isBreakOrEnd(codeAt(cursor))) fail(cursor, 'a line break is wanted behind a directive', start)
  if (isBreak(codeAt(cursor))) takeBreak(cursor)
  return directive
}

const takeDirectiveValue = (cursor: Cursor, name: string, start: number): Directive => {
  if (name === 'YAML') return { kind: 'version', version: takeVersion(cursor, start) }
  if (name !== 'TAG') return fail(cursor, `%${name} is no directive; %YAML and %TAG are`, start)
  const handle = takeHandle(cursor, true, start)
  if (!isBlank(codeAt(cursor))) fail(cursor, 'a blank is wanted behind the handle', start)
  takeWhile(cursor, isBlank)
  const prefix = takeUri(cursor, '', start)
  if (!isBlankOrEnd(codeAt(cursor))) fail(cursor, 'a line break is wanted behind the tag', start)
  return { kind: 'tag', handle, prefix }
}

const takeVersion = (cursor: Cursor, start: number): string => {
  const takeNumber = (): number => {
    const digits = takeWhile(cursor, isDigit)
    if (digits === '' || digits.length > 2) fail(cursor, 'a version of YAML is wanted, as 1.1', start)
    return Number(digits)
  }
  const major = takeNumber()
  if (!isOneOf(cursor, '.')) fail(cursor, 'a version of YAML is wanted, as 1.1', start)
  skip(cursor)
  return `${major}.${takeNumber()}`
}
