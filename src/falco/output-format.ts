import { argumentFault } from './argument-fault.ts'
import { type FieldReader, type FieldType, textOf } from './event-source.ts'
import type { FieldMemo } from './field-memo.ts'
import { TRANSFORMATIONS } from './transformations.ts'
import { TRANSFORMERS } from './words.ts'

/** A field that an output shows. */
export interface ShownField<E> {
  /** As it is written behind the percent sign. */
  readonly token: string
  readonly type: FieldType
  readonly read: FieldReader<E>
  readonly digits?: ((event: E) => string) | undefined
}

/** An output that can be filled with an event's fields. */
export interface OutputFormat<E> {
  readonly fields: readonly ShownField<E>[]
  /** The output as text; what is not there is `<NA>`, a list stands in parentheses. */
  readonly message: (event: E) => string
}

/** An output, or why it is none, in Falco's words. */
export type CompiledFormat<E> =
  | { readonly format: OutputFormat<E>; readonly fault?: undefined }
  | { readonly fault: string; readonly format?: undefined }

/**
 * Compiles an output: `%field`, `%field[argument]`, `%transformer(field)`, and `%20field` for a fixed width, in which the
 * longest name of a field counts (libsinsp/eventformatter.cpp of falcosecurity/libs).
 */
export const compileFormat = <E>(output: string, memo: FieldMemo<E>): CompiledFormat<E> => {
  try {
    return { format: formatOf(piecesOf(output.replace(/^\*/, ''), memo)) }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { fault: error.message }
  }
}

type Piece<E> = string | { readonly field: ShownField<E>; readonly width: number }

const piecesOf = <E>(output: string, memo: FieldMemo<E>): Piece<E>[] => {
  if (output === '') throw new SyntaxError('empty formatting token')
  const pieces: Piece<E>[] = []
  const marks: Marks = { bracket: nextOf(output, '['), blank: nextOf(output, ' ') }
  let at = 0
  for (let sign = output.indexOf('%'); sign !== -1; sign = output.indexOf('%', at)) {
    if (sign > at) pieces.push(output.slice(at, sign))
    const [digits = ''] = /^[0-9]*/.exec(output.slice(sign + 1, sign + 20)) ?? []
    const start = sign + 1 + digits.length
    if (start === output.length)
      throw new SyntaxError(`invalid formatting syntax: formatting cannot end with a ${digits === '' ? '%' : 'number'}`)
    const field = fieldAt(output, start, marks, memo)
    pieces.push({ field, width: Math.min(Number(digits), MOST_WIDTH) })
    at = start + field.token.length
  }
  if (at < output.length) pieces.push(output.slice(at))
  return pieces
}

const MOST_WIDTH = 64 * 1024

/** Where the next one stands from a place on, -1 for nowhere. */
interface Marks {
  readonly bracket: (at: number) => number
  readonly blank: (at: number) => number
}

// asked for places one behind the other, so that a long text is searched once, not for each of its fields
const nextOf = (text: string, mark: string): ((at: number) => number) => {
  let found = -2
  return at => {
    if (found !== -1 && found < at) found = text.indexOf(mark, at)
    return found
  }
}

const DEEPEST = 100

const fieldAt = <E>(output: string, start: number, marks: Marks, memo: FieldMemo<E>, depth = 0): ShownField<E> => {
  const transformer = TRANSFORMERS.find(name => output.startsWith(`${name}(`, start))
  if (transformer === undefined) return plainField(output, start, marks, memo)
  if (depth === DEEPEST) throw new SyntaxError(`exceeded max depth limit of ${DEEPEST}`)
  const inner = start + transformer.length + 1
  const field = fieldAt(output, inner, marks, memo, depth + 1)
  const end = inner + field.token.length
  if (output[end] !== ')') throw new SyntaxError(`missing closing parenthesis in '${output.slice(start)}'`)
  const isList = memo.fieldAt(field.token)?.isList ?? false
  const { type, read } = TRANSFORMATIONS[transformer]<E>([
    { kind: 'operand', operand: { name: field.token, type: field.type, isList, read: field.read } }
  ])
  return { token: output.slice(start, end + 1), type, read }
}

const plainField = <E>(output: string, start: number, marks: Marks, memo: FieldMemo<E>): ShownField<E> => {
  const rest = output.slice(start)
  const field = memo.fieldAt(rest)
  if (!field) throw new SyntaxError(`invalid formatting token ${rest}`)
  const blank = marks.blank(start)
  const word = blank === -1 ? rest : output.slice(start, blank)
  const bracket = marks.bracket(start)
  const open = bracket === -1 || bracket - start >= word.length ? -1 : bracket - start
  // a bracket later in the word makes it another name to Falco
  if (open > field.name.length) throw new SyntaxError(`invalid formatting token ${rest}`)
  if (open === -1) {
    const fault = argumentFault(field, '', word)
    if (fault !== undefined) throw new SyntaxError(fault)
    return { token: field.name, type: field.type, read: memo.reader(field, ''), digits: field.digits }
  }
  const close = word.indexOf(']', open)
  if (close === -1) throw new SyntaxError(`filter '${rest}': ${field.name} has unbalanced argument brackets`)
  const argument = word.slice(open + 1, close)
  const fault = argumentFault(field, argument, rest)
  if (fault !== undefined) throw new SyntaxError(fault)
  return { token: word.slice(0, close + 1), type: field.type, read: memo.reader(field, argument), digits: field.digits }
}

const formatOf = <E>(pieces: readonly Piece<E>[]): OutputFormat<E> => ({
  fields: pieces.flatMap(piece => (typeof piece === 'string' ? [] : [piece.field])),
  message: event =>
    pieces
      .map(piece => {
        if (typeof piece === 'string') return piece
        const text = shown(piece.field, event)
        return piece.width === 0 ? text : text.slice(0, piece.width).padEnd(piece.width)
      })
      .join('')
})

const shown = <E>({ read, digits }: ShownField<E>, event: E): string => {
  const value = read(event)
  if (value === undefined) return '<NA>'
  if (typeof value === 'number') return digits?.(event) ?? String(value)
  return textOf(typeof value === 'string' ? value : `(${value.join(',')})`)
}
