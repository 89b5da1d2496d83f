import { Lexer } from 'yaml'
import { AuditError, type Position } from '../errors.ts'

/** Levels of nesting that no manifest has; the parser takes seconds for a hundred thousand, and then gives up. */
const MOST = 500

/**
 * Levels of nesting that no policy, request or event has. Less than the stack holds, which depends on what was compiled
 * meanwhile: a text must not be refused in one run and taken in the next. kube-apiserver reads 10,000.
 */
export const DEEPEST = 1000

/** The error for a file that is nested too deeply. */
export const tooDeep = (
  file: string,
  why: { readonly position?: Position; readonly cause?: unknown } = {}
): AuditError => new AuditError('TOO_DEEP', `${file} is nested too deeply`, { path: file, ...why })

/** What a recursive reading of a file gives. Throws TOO_DEEP where it comes to the end of the stack. */
export const withinStack = <T>(file: string, read: () => T): T => {
  try {
    return read()
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw tooDeep(file, { cause })
  }
}

/** The offset at which a text is nested too deeply to be parsed, or undefined. Told without parsing it. */
export const tooDeepAt = (text: string): number | undefined => {
  const run = longRunAt(text)
  if (run !== undefined) return run
  // brackets in scalars and comments count for nothing, so a text with many is looked at more closely
  return (text.match(/[[{]/g)?.length ?? 0) > MOST ? flowDepthAt(text) : undefined
}

/** Dashes, colons, commas and opening brackets that no manifest has: half a megabyte of them takes a parser seconds. */
const MOST_MARKS = 100_000

const MARKS: ReadonlySet<string> = new Set(['-', '?', ':', ',', '[', '{'])

/** True when a text holds too many lists, mappings and entries of them to be parsed. Told without parsing it. */
export const isTooMany = (text: string): boolean => {
  if (text.length <= MOST_MARKS) return false
  // what stands in scalars and comments counts for nothing, so a text with many is looked at more closely
  if ((text.match(/[-?:,[{]/g)?.length ?? 0) <= MOST_MARKS) return false
  let count = 0
  for (const token of new Lexer().lex(text)) if (MARKS.has(token)) count += 1
  return count > MOST_MARKS
}

// `- - - x` and `? ? x`: each indicator opens a level
const longRunAt = (text: string): number | undefined => {
  let [start, end, length] = [0, 0, 0]
  for (const { index, 0: indicator } of text.matchAll(/[-?:][ \t]+/g)) {
    if (index !== end) [start, length] = [index, 0]
    end = index + indicator.length
    length += 1
    if (length > MOST) return start
  }
  return undefined
}

const flowDepthAt = (text: string): number | undefined => {
  let depth = 0
  let offset = 0
  for (const token of new Lexer().lex(text)) {
    if (token === '\x02' || token === '\x1f' || token === '\x18') continue
    if (token === '[' || token === '{') depth += 1
    if (token === ']' || token === '}') depth -= 1
    if (depth > MOST) return offset
    offset += token.length
  }
  return undefined
}
