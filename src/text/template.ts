import { Lexer } from 'yaml'

/** A template marker found outside comments. `certain` when no manifest holds it outside block scalars. */
export interface Template {
  readonly text: string
  readonly offset: number
  readonly certain: boolean
}

const MARKER = /\{\{|\{%|<%[=\s-]|\$\{[A-Za-z_]/g

/**
 * The markers of a template language (`{{ }}`, `{% %}`, `<% %>`, `${ }`) outside comments. `${` may be honest text.
 */
export const findTemplates = (text: string): Template[] => {
  const matches = [...text.matchAll(MARKER)]
  if (matches.length === 0) return []
  const comments = commentSpans(text)
  return matches
    .filter(({ index }) => !comments.some(([start, end]) => index >= start && index < end))
    .map(match => {
      const end = text.indexOf('\n', match.index)
      const found = text.slice(match.index, Math.min(end === -1 ? text.length : end, match.index + 40)).trimEnd()
      return { text: found, offset: match.index, certain: !match[0].startsWith('${') }
    })
}

const commentSpans = (text: string): [number, number][] => {
  const spans: [number, number][] = []
  let offset = 0
  for (const token of new Lexer().lex(text)) {
    // the lexer's control tokens stand for structure and take no room in the text
    if (token === '\x02' || token === '\x1f' || token === '\x18') continue
    if (token.startsWith('#')) spans.push([offset, offset + token.length])
    offset += token.length
  }
  return spans
}
