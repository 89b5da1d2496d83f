import type { Quote, Style } from './style.ts'
import type { Value } from './value.ts'

type Collection = Exclude<Value, string | number | boolean | null>

// an empty collection has no block form
const isBlock = (value: Value): value is Collection =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0

const isList = (value: Value): value is readonly Value[] => Array.isArray(value)

const WORDS = /^(y|n|yes|no|on|off|true|false|null|~)$/i
const PLAIN = /^(--)?[A-Za-z/][A-Za-z0-9/._=+%,:-]*$/

// what no YAML text may hold, or an old one takes for a line break (source.ts): both escape it, as JSON does
// eslint-disable-next-line no-control-regex
const UNPRINTED = /[\0-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/

/**
 * True when a string may stand without quotes and is read as that very string by every YAML version. Cautious: what is
 * not certain gets quotes.
 */
export const isPlainSafe = (text: string, flow: boolean): boolean =>
  PLAIN.test(text) && !WORDS.test(text) && !/:$/.test(text) && !(flow && /[,:]/.test(text))

/** A string as a YAML scalar on one line, in the wished quotes where those can hold it. */
export const writeScalar = (value: string | number | boolean | null, quote: Quote, flow: boolean): string => {
  if (typeof value !== 'string') return String(value)
  if (quote === 'single' && !UNPRINTED.test(value)) return `'${value.replaceAll("'", "''")}'`
  if (quote === 'plain' && isPlainSafe(value, flow)) return value
  return JSON.stringify(value).replaceAll(new RegExp(UNPRINTED, 'g'), character => {
    const code = character.charCodeAt(0).toString(16)
    return `\\u${code.padStart(4, '0')}`
  })
}

/** A value in flow style. With `line` (a line break and the indentation of the enclosing line) it takes several lines. */
export const writeFlow = (value: Value, style: Style, line?: string): string => {
  if (value === null || typeof value !== 'object') return writeScalar(value, style.json ? 'double' : style.quote, true)
  const deeper = line === undefined ? undefined : `${line}${' '.repeat(style.mapIndent)}`
  const parts = isList(value)
    ? value.map(item => writeFlow(item, style, deeper))
    : Object.entries(value).map(
        ([key, item]) =>
          `${writeScalar(key, style.json ? 'double' : 'plain', true)}${style.colon}${writeFlow(item, style, deeper)}`
      )
  const [open, close] = isList(value) ? ['[', ']'] : ['{', '}']
  if (deeper !== undefined && parts.length > 0) return `${open}${deeper}${parts.join(`,${deeper}`)}${line}${close}`
  return `${open}${parts.join(style.colon.endsWith(' ') ? ', ' : ',')}${close}`
}

/** A list item in block style, its dash at a column; lines are joined by the style's line break, none at the end. */
export const writeItem = (value: Value, column: number, style: Style): string => {
  const lines = blockLines(value, column + 1 + style.dashGap, style)
  const first = (lines[0] ?? '').trimStart()
  return [`${' '.repeat(column)}-${' '.repeat(style.dashGap)}${first}`, ...lines.slice(1)].join(style.eol)
}

/** A key with its value in block style, the key at a column; laid out as {@link writeItem}. */
export const writePair = (key: string, value: Value, column: number, style: Style): string =>
  pairLines(key, value, column, style).join(style.eol)

const writeInline = (value: Value, style: Style): string =>
  value === null || typeof value !== 'object' ? writeScalar(value, style.quote, false) : writeFlow(value, style)

const pairLines = (key: string, value: Value, column: number, style: Style): string[] => {
  const name = `${' '.repeat(column)}${writeScalar(key, 'plain', false)}:`
  if (!isBlock(value)) return [`${name} ${writeInline(value, style)}`]
  if (isList(value)) return [name, ...value.map(item => writeItem(item, column + style.listIndent, style))]
  return [name, ...blockLines(value, column + style.mapIndent, style)]
}

const blockLines = (value: Value, column: number, style: Style): string[] => {
  if (!isBlock(value)) return [`${' '.repeat(column)}${writeInline(value, style)}`]
  if (isList(value)) return value.map(item => writeItem(item, column, style))
  return Object.entries(value).flatMap(([key, item]) => pairLines(key, item, column, style))
}
