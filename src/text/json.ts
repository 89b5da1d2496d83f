import { DEEPEST, tooDeep } from './nesting.ts'

/** What a text says in JSON. Throws TOO_DEEP before it is parsed, as millions of levels take memory without end, and SyntaxError as JSON.parse. */
export const parseJson = (text: string, file: string): unknown => {
  if (text.length > DEEPEST && isDeep(text)) throw tooDeep(file)
  return JSON.parse(text)
}

const isDeep = (text: string): boolean => {
  let depth = 0
  // a string may hold brackets; one that does not end swallows the rest, which is no JSON then
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*(?:"|$)|[[\]{}]/gs)) {
    if (token === '[' || token === '{') depth += 1
    else if (token === ']' || token === '}') depth -= 1
    if (depth > DEEPEST) return true
  }
  return false
}
