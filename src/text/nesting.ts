import { Lexer } from 'yaml'

/** Levels of nesting that no manifest has; the parser takes seconds for a hundred thousand, and then gives up. */
const MOST = 500

/** The offset at which a text is nested too deeply to be parsed, or undefined. Told without parsing it. */
export const tooDeepAt = (text: string): number | undefined => {
  const run = longRunAt(text)
  if (run !== undefined) return run
  // brackets in scalars and comments count for nothing, so a text with many is looked at more closely
  return (text.match(/[[{]/g)?.length ?? 0) > MOST ? flowDepthAt(text) : undefined
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
