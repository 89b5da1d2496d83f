import { Composer, type CST, type Document, isCollection, Parser, visit } from 'yaml'
import { AuditError, type ErrorCode, type Position } from '../errors.ts'
import { blockScalarAt } from './block-scalar.ts'
import { type Dialect, dialectOptions } from './dialect.ts'
import { keyFaultIn } from './key-fault.ts'
import { lex } from './lex.ts'
import { isTooMany, tooDeepAt, withinStack } from './nesting.ts'
import { findTemplates, type Template } from './template.ts'
import { unclosedQuote } from './unclosed-quote.ts'

/** A text that was parsed for its offsets. Only the first YAML document is read, as the kubelet does. */
export interface Source {
  readonly file: string
  readonly text: string
  readonly dialect: Dialect
  readonly document: Document.Parsed
  /** True when further YAML documents follow the first. */
  readonly more: boolean
  /** What looks like a template is taken for text, as long as all is YAML. */
  readonly mayHoldTemplates: boolean
}

/** The kubelet reads no manifest beyond this: pkg/kubelet/config/file.go, maxConfigLength. */
export const MAX_BYTES = 10 * 1024 * 1024

/** A text from a file's bytes, byte order mark included. Throws TOO_LARGE or NOT_UTF8. */
export const decodeText = (bytes: Uint8Array, file: string): string => {
  if (bytes.length > MAX_BYTES) {
    throw new AuditError('TOO_LARGE', `${file} has ${bytes.length} bytes; at most ${MAX_BYTES} are read`, {
      path: file
    })
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new AuditError('NOT_UTF8', `${file} is not UTF-8 text`, { path: file, cause })
  }
}

/** The 1-based line and column of an offset. A byte order mark is no column. */
export const positionAt = (text: string, offset: number): Position => {
  let line = 1
  let start = text.startsWith('\uFEFF') ? 1 : 0
  for (let next = text.indexOf('\n'); next !== -1 && next < offset; next = text.indexOf('\n', next + 1)) {
    line += 1
    start = next + 1
  }
  return { line, column: Math.max(0, offset - start) + 1 }
}

/**
 * A text as Kubernetes' own reader takes it from a file's bytes: UTF-16 with a byte order mark too, and, in what begins as
 * JSON, a mark in the place of bytes that are no UTF-8. Throws TOO_LARGE or NOT_UTF8.
 */
export const decodeGoText = (bytes: Uint8Array, file: string): string => {
  const [first, second] = bytes
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : null
  if (bytes.length > MAX_BYTES) return decodeText(bytes, file)
  if (encoding !== null) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes)
    } catch (cause) {
      throw new AuditError('NOT_UTF8', `${file} is neither UTF-8 nor UTF-16 text`, { path: file, cause })
    }
  }
  const start = bytes.findIndex(byte => byte > 32)
  return bytes[start] === 0x7b ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes) : decodeText(bytes, file)
}

/** For many offsets of a text: a function that gives the 1-based line and column of each, as {@link positionAt}. */
export const positionTable = (text: string): ((offset: number) => Position) => {
  const starts = [text.startsWith('\uFEFF') ? 1 : 0]
  for (let next = text.indexOf('\n'); next !== -1; next = text.indexOf('\n', next + 1)) starts.push(next + 1)
  return offset => {
    let [low, high] = [1, starts.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle + 1
      else high = middle
    }
    return { line: low, column: Math.max(0, offset - (starts[low - 1] ?? 0)) + 1 }
  }
}

/** For many offsets of a text: a function that gives the 1-based line of each. */
export const lineTable = (text: string): ((offset: number) => number) => {
  const positionIn = positionTable(text)
  return offset => positionIn(offset).line
}

/** The longest text that is parsed, in characters: a parser keeps a hundred times as much of broken YAML in memory. */
const LONGEST = 512 * 1024

/**
 * Parses the first document of a text. Throws BROKEN_YAML, DUPLICATE_KEY, TEMPLATE or TOO_DEEP with the position of the
 * fault, and TOO_LARGE; what it returns has no errors. With `mayHoldTemplates` only what is no YAML is a TEMPLATE.
 */
export const parseSource = (text: string, file: string, dialect: Dialect, mayHoldTemplates = false): Source => {
  const fail = (code: ErrorCode, message: string, offset: number): never => {
    throw new AuditError(code, message, { path: file, position: positionAt(text, offset) })
  }
  // go-yaml refuses these anywhere, comments included: yaml_parser_update_buffer
  const control = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/.exec(text)
  if (control) fail('BROKEN_YAML', `control character ${escapeCharacter(control[0])} in the text`, control.index)
  // line breaks to go-yaml, which reads YAML 1.1, and none to YAML 1.2: what a reader sees would differ
  const lone = dialect === 'kubernetes' ? /\r(?!\n)|[\x85\u2028\u2029]/.exec(text) : null
  if (lone) fail('BROKEN_YAML', `the line break ${escapeCharacter(lone[0])} in the text; \\n is wanted`, lone.index)
  // go-yaml takes it for indentation, and the yaml package now for that and now for nothing
  const last = text.lastIndexOf('\n') + 1
  const tab = text.indexOf('\t', last)
  if (dialect === 'kubernetes' && tab !== -1 && text.slice(last).trim() === '')
    fail('BROKEN_YAML', 'a tab stands alone on the last line', tab)
  const deep = tooDeepAt(text)
  if (deep !== undefined) fail('TOO_DEEP', `${file} is nested too deeply`, deep)
  if (text.length > LONGEST)
    throw new AuditError('TOO_LARGE', `${file} is longer than ${LONGEST} characters`, { path: file })
  if (isTooMany(text))
    throw new AuditError('TOO_LARGE', `${file} holds more lists, mappings and entries than are read`, { path: file })
  const templates = findTemplates(text)
  const { document, more } = firstDocument(text, file, dialect)
  const error = document.errors[0]
  // a script in a block scalar may hold any of the markers
  const isCertain = (each: Template): boolean =>
    each.certain && !blockScalarAt(document, each.offset) && (!mayHoldTemplates || hasCollectionKey(document))
  const template = templates.find(each => error || isCertain(each))
  if (template) fail('TEMPLATE', `a template, not a manifest: found ${template.text}`, template.offset)
  // the composer descends by recursion, and reports the end of its stack as a fault of the text
  if (error && /call stack/.test(error.message)) fail('TOO_DEEP', `${file} is nested too deeply`, error.pos[0])
  const key = keyFaultIn(document)
  if (key && key.offset < (error?.pos[0] ?? Infinity)) fail(key.code, key.message, key.offset)
  if (error) fail('BROKEN_YAML', error.message, error.pos[0])
  const quote = unclosedQuote(document, text)
  if (quote !== undefined) fail('BROKEN_YAML', 'a quote is not closed', quote)
  return { file, text, dialect, document, more, mayHoldTemplates }
}

// {{NAME}} without quotes is a mapping whose key is a mapping
const hasCollectionKey = (document: Document.Parsed): boolean => {
  let found = false
  visit(document, {
    Pair: (_, { key }) => {
      found = isCollection(key)
      return found ? visit.BREAK : undefined
    }
  })
  return found
}

const escapeCharacter = (character: string): string => {
  const code = character.charCodeAt(0).toString(16)
  return code.length > 2 ? `\\u${code}` : `\\x${code.padStart(2, '0')}`
}

function* tokensOf(text: string): Generator<CST.Token> {
  const parser = new Parser()
  for (const lexeme of lex(text)) yield* parser.next(lexeme)
  yield* parser.end()
}

const firstDocument = (text: string, file: string, dialect: Dialect): { document: Document.Parsed; more: boolean } => {
  const composer = new Composer(dialectOptions(dialect))
  // every fault is an Error, and the stacks of a hundred thousand take most of the time and the memory
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    // the composer descends by recursion: nesting of some thousand levels ends its stack
    return withinStack(file, () => {
      const documents = composer.compose(tokensOf(text), true, text.length)
      const first = documents.next()
      if (first.done) throw new AuditError('BROKEN_YAML', `${file} is empty`, { path: file })
      // a document that only holds the fault "stream has more" is none; asking for the next one costs a parse of it alone
      const more = !documents.next().done
      return { document: first.value, more }
    })
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}
