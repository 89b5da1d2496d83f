import type { Operand, TransformerInput } from './condition.ts'
import { byteString, type FieldReader, type FieldType } from './event-source.ts'
import type { FieldMemo } from './field-memo.ts'
import { argumentFault } from './argument-fault.ts'
import { TRANSFORMATIONS } from './transformations.ts'
import type { TransformerName } from './words.ts'

/** A side of a comparison, ready to be read. */
export interface CompiledOperand<E> {
  readonly name: string
  readonly type: FieldType
  readonly isList: boolean
  readonly read: FieldReader<E>
}

/** Fields and transformers by what they read. Throws a SyntaxError in Falco's words. */
export const compileOperand = <E>(operand: Operand, memo: FieldMemo<E>): CompiledOperand<E> => {
  if (operand.kind === 'field') return fieldOperand(operand.name, operand.argument, memo)
  const inputs = operand.inputs.map(input => compileInput(input, memo))
  const [first] = inputs
  if (operand.transformer === 'val' && first?.kind === 'operand') return first.operand
  const transformation = TRANSFORMATIONS[operand.transformer as TransformerName] // as: the parser takes no other
  return transformation(inputs)
}

const fieldOperand = <E>(name: string, argument: string, memo: FieldMemo<E>): CompiledOperand<E> => {
  const field = memo.field(name)
  const written = argument === '' ? name : `${name}[${argument}]`
  if (!field) throw new SyntaxError(`filter_check called with nonexistent field ${written}`)
  const fault = argumentFault(field, argument, written)
  if (fault !== undefined) throw new SyntaxError(fault)
  return { name, type: field.type, isList: field.isList, read: memo.reader(field, argument) }
}

/** What a transformer is given. */
export type Input<E> =
  | { readonly kind: 'operand'; readonly operand: CompiledOperand<E> }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'inputs'; readonly inputs: readonly Input<E>[] }

const compileInput = <E>(input: TransformerInput, memo: FieldMemo<E>): Input<E> => {
  if (input.kind === 'value') return { kind: 'text', text: byteString(input.text) }
  if (input.kind === 'inputs') return { kind: 'inputs', inputs: input.inputs.map(each => compileInput(each, memo)) }
  return { kind: 'operand', operand: compileOperand(input, memo) }
}
