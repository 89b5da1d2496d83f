import { AuditError } from '../../errors.ts'
import { positionAt } from '../source.ts'

/** A place in a text that is being read. Columns count from 0. */
export interface Cursor {
  readonly file: string
  readonly text: string
  at: number
  line: number
  column: number
}

/** Ends the reading with BROKEN_YAML at an offset. */
export const fail = ({ file, text, at }: Cursor, message: string, offset = at): never => {
  throw new AuditError('BROKEN_YAML', message, { path: file, position: positionAt(text, offset) })
}

/** The code of the character some places ahead; 0 behind the end. */
export const codeAt = ({ text, at }: Cursor, ahead = 0): number => text.charCodeAt(at + ahead) || 0

/** True where one of some characters stands. */
export const isOneOf = (cursor: Cursor, characters: string, ahead = 0): boolean => {
  const character = cursor.text[cursor.at + ahead]
  return character !== undefined && characters.includes(character)
}

const TAB = 9
const SPACE = 32

/** True for a tab. */
export const isTab = (code: number): boolean => code === TAB
/** True for a space. */
export const isSpace = (code: number): boolean => code === SPACE
/** True for a space or a tab. */
export const isBlank = (code: number): boolean => code === SPACE || code === TAB
/** YAML 1.1 has five line breaks: CR, LF, NEL, LS and PS. */
export const isBreak = (code: number): boolean =>
  code === 10 || code === 13 || code === 0x85 || code === 0x2028 || code === 0x2029
/** True for a line break and at the end of the text. */
export const isBreakOrEnd = (code: number): boolean => code === 0 || isBreak(code)
/** True for what ends a word. */
export const isBlankOrEnd = (code: number): boolean => isBlank(code) || isBreakOrEnd(code)
/** True for a digit of ASCII. */
export const isDigit = (code: number): boolean => code >= 48 && code <= 57
/** A letter, digit, `_` or `-` of ASCII, of which names are made. */
export const isWord = (code: number): boolean =>
  isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95 || code === 45

/** Goes on by some characters of the same line. */
export const skip = (cursor: Cursor, count = 1): void => {
  cursor.at += count
  cursor.column += count
}

/** Goes on while characters are of a kind; what they were. */
export const takeWhile = (cursor: Cursor, isKind: (code: number) => boolean): string => {
  const start = cursor.at
  while (isKind(codeAt(cursor)) && cursor.at < cursor.text.length) skip(cursor)
  return cursor.text.slice(start, cursor.at)
}

/** Goes behind a line break; what it means in a scalar. */
export const takeBreak = (cursor: Cursor): string => {
  const code = codeAt(cursor)
  const isPair = code === 13 && codeAt(cursor, 1) === 10
  cursor.at += isPair ? 2 : 1
  cursor.line += 1
  cursor.column = 0
  return code === 0x2028 || code === 0x2029 ? String.fromCharCode(code) : '\n'
}

/** Goes to the end of the line when a comment begins here. */
export const skipComment = (cursor: Cursor): void => {
  if (cursor.text[cursor.at] === '#') takeWhile(cursor, code => !isBreakOrEnd(code))
}

/** True at `---` or `...` with nothing before and a blank or nothing behind. */
export const isDocumentMark = (cursor: Cursor, mark?: '---' | '...'): boolean => {
  if (cursor.column !== 0) return false
  const found = cursor.text.slice(cursor.at, cursor.at + 3)
  const isMark = mark === undefined ? found === '---' || found === '...' : found === mark
  return isMark && isBlankOrEnd(codeAt(cursor, 3))
}
