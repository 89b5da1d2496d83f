import { Lexer } from 'yaml'

/** A template marker found outside comments. `certain` when no valid manifest holds such a marker. */
export interface Template {
  readonly text: string
  readonly offset: number
  readonly certain: boolean
}

const MARKER = /\{\{|\{%|<%[=\s-]|\$\{[A-Za-z_]/g

/**
 * The first marker of a template language (`{{ }}`, `{% %}`, `<% %>`, `${ }`) outside comments. `{{` and `${` may be
 * honest text (a shell script in another container): they are certain only where YAML reads the first as a mapping.
 */
export const findTemplate = (text: string): Template | undefined => {
  if (!MARKER.test(text)) return undefined
  MARKER.lastIndex = 0
  const comments = commentSpans(text)
  for (const match of text.matchAll(MARKER)) {
    if (comments.some(([start, end]) => match.index >= start && match.index < end)) continue
    const end = text.indexOf('\n', match.index)
    const found = text.slice(match.index, Math.min(end === -1 ? text.length : end, match.index + 40)).trimEnd()
    return { text: found, offset: match.index, certain: match[0] !== '${' && !match[0].startsWith('${') }
  }
  return undefined
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
