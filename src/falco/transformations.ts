import { asciiLower, asciiUpper } from '../text/ascii-case.ts'
import type { FieldValue } from './event-source.ts'
import type { CompiledOperand, Input } from './operand.ts'
import type { TransformerName } from './words.ts'

/** Makes a value of what stands in a transformer's parentheses. Throws a SyntaxError for what it cannot take. */
export type Transformation = <E>(inputs: readonly Input<E>[]) => CompiledOperand<E>

/** The transformers: libsinsp/sinsp_filter_transformer.cpp of falcosecurity/libs 0.25. */
export const TRANSFORMATIONS: Readonly<Record<TransformerName, Transformation>> = {
  tolower: inputs => eachText('tolower', inputs, asciiLower),
  toupper: inputs => eachText('toupper', inputs, asciiUpper),
  b64: inputs => eachText('b64', inputs, fromBase64),
  basename: inputs => eachText('basename', inputs, value => value.slice(value.lastIndexOf('/') + 1)),
  len: inputs => {
    const { name, read, isList, type } = oneOperand('len', inputs)
    if (!isList && type !== 'CHARBUF') throw unsupported(type, 'len')
    return {
      name,
      type: 'UINT64',
      isList: false,
      read: event => {
        const value = read(event)
        // what is not there is 0 long
        return value === undefined ? 0 : typeof value === 'number' ? 0 : value.length
      }
    }
  },
  join: inputs => {
    const [separator, list] = inputs
    if (inputs.length !== 2 || !separator || !list) throw wrongCount('join', 2, inputs.length)
    return joined('join', separator, list.kind === 'inputs' ? list.inputs : [list])
  },
  concat: inputs => joined('concat', { kind: 'text', text: '' }, inputs),
  getopt: inputs => {
    const [line, options] = inputs
    if (inputs.length !== 2 || !line || options?.kind !== 'text') throw wrongCount('getopt', 2, inputs.length)
    const { name, read } = oneOperand('getopt', [line])
    return { name, type: 'CHARBUF', isList: true, read: event => optionsOf(read(event), options.text) }
  }
}

const unsupported = (type: string, transformer: string): SyntaxError =>
  new SyntaxError(`field type '${type}' is not supported by '${transformer}' transformer`)

const wrongCount = (transformer: string, wanted: number, found: number): SyntaxError =>
  new SyntaxError(`transformer '${transformer}' expects ${wanted} arguments, found ${found}`)

const oneOperand = <E>(transformer: string, inputs: readonly Input<E>[]): CompiledOperand<E> => {
  const [first] = inputs
  if (inputs.length !== 1 || !first) throw wrongCount(transformer, 1, inputs.length)
  if (first.kind === 'operand') return first.operand
  if (first.kind === 'inputs') throw new SyntaxError(`transformer '${transformer}' takes no list`)
  return { name: transformer, type: 'CHARBUF', isList: false, read: () => first.text }
}

// of a list each element
const eachText = <E>(
  transformer: string,
  inputs: readonly Input<E>[],
  transform: (value: string) => string | undefined
): CompiledOperand<E> => {
  const operand = oneOperand(transformer, inputs)
  if (operand.type !== 'CHARBUF') throw unsupported(operand.type, transformer)
  const one = (value: FieldValue): FieldValue | undefined => {
    if (typeof value !== 'object') return transform(String(value))
    const all = value.flatMap(each => transform(each) ?? [])
    return all.length === value.length ? all : undefined
  }
  return {
    ...operand,
    read: event => {
      const value = operand.read(event)
      return value === undefined ? undefined : one(value)
    }
  }
}

const fromBase64 = (value: string): string | undefined =>
  /^[A-Za-z0-9+/]*={0,2}$/.test(value) ? Buffer.from(value, 'base64').toString('latin1') : undefined

// what is not there makes all of it absent
const joined = <E>(transformer: string, separator: Input<E>, parts: readonly Input<E>[]): CompiledOperand<E> => {
  const between = oneOperand(transformer, [separator])
  const operands = parts.map(part => oneOperand(transformer, [part]))
  return {
    name: transformer,
    type: 'CHARBUF',
    isList: false,
    read: event => {
      const middle = between.read(event)
      const values = operands.map(({ read }) => read(event))
      if (middle === undefined || values.includes(undefined)) return undefined
      return values.flatMap(value => (typeof value === 'object' ? value : [String(value)])).join(String(middle))
    }
  }
}

// the letters of the options that a command line gives, as getopt(3) finds them
const optionsOf = (line: FieldValue | undefined, known: string): readonly string[] | undefined => {
  if (line === undefined) return undefined
  const words = typeof line === 'object' ? line : String(line).split(/[ \t]+/)
  const found: string[] = []
  for (const word of words.slice(1)) {
    if (word === '--') break
    if (!/^-[^-]/.test(word)) continue
    for (const letter of word.slice(1)) {
      if (!known.includes(letter) || letter === ':') continue
      found.push(letter)
      // the rest of the word is its value
      if (known[known.indexOf(letter) + 1] === ':') break
    }
  }
  return found.length === 0 ? undefined : found
}
