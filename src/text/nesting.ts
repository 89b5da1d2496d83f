import { Lexer } from 'yaml'

/** Levels of nesting that no manifest has; the parser takes seconds for a hundred thousand, and then gives up. */
const MOST = 500

/** The offset at which a text is nested too deeply to be parsed, or undefined. Told without parsing it. */
export const tooDeepAt = (text: string): number | undefined => {
  for (const run of text.matchAll(/(?:[-?:][ \t]+){20,}/g)) {
    if ((run[0].match(/[-?:]/g)?.length ?? 0) > MOST) return run.index
  }
  // brackets in scalars and comments count for nothing, so a text with many is looked at more closely
  return (text.match(/[[{]/g)?.length ?? 0) > MOST ? flowDepthAt(text) : undefined
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
