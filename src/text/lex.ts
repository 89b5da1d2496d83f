import { Lexer } from 'yaml'

/**
 * The lexical tokens of a text, as the `yaml` package's lexer gives them. It looks at each character by itself, which is
 * a good part of the time of a plan; a text of lines as kubeadm writes them is told apart by a line at a time.
 */
export const lex = (text: string): Iterable<string> => plainTokens(text) ?? new Lexer().lex(text)

const [DOCUMENT, SCALAR] = ['\x02', '\x1f']

const VALUE = String.raw`(?:--?[A-Za-z0-9]|[A-Za-z0-9/_.])(?:[^\s:#]|:(?=[^\s]))*|"[^"\\\n]*"|\{\}`
/** Indentation, dashes, and a key, a key with a value, or an item; no comment, no flow style, nothing on more lines. */
const LINE = new RegExp(String.raw`( *)((?:- )*)(?:([A-Za-z][\w./-]*):(?: (${VALUE}))?|(${VALUE}))\n`, 'y')

/** The tokens of a text of plain lines alone; undefined for every other. */
export const plainTokens = (text: string): readonly string[] | undefined => {
  const tokens: string[] = [DOCUMENT]
  // a line that is indented further would go on with the scalar above it
  let deepest = 0
  for (let start = 0; start < text.length; start = LINE.lastIndex) {
    LINE.lastIndex = start
    const [whole, indent = '', marks = '', key, value, item] = LINE.exec(text) ?? []
    if (whole === undefined || indent.length > deepest || (item !== undefined && marks === '')) return undefined
    if (indent !== '') tokens.push(indent)
    for (let mark = 0; mark < marks.length; mark += 2) tokens.push('-', ' ')
    if (key !== undefined) tokens.push(SCALAR, key, ':')
    if (value !== undefined) tokens.push(' ')
    push(tokens, value ?? item)
    tokens.push('\n')
    const column = indent.length + marks.length
    deepest = item !== undefined ? column - 2 : value === undefined ? Infinity : column
  }
  return text === '' ? undefined : tokens
}

const push = (tokens: string[], scalar: string | undefined): void => {
  if (scalar === '{}') tokens.push('{', '}')
  else if (scalar?.startsWith('"') === true) tokens.push(scalar)
  else if (scalar !== undefined) tokens.push(SCALAR, scalar)
}
