import { LARGEST_PATTERN, patternSize } from './pattern-size.ts'
import type { Condition, Operand, RightSide, TransformerInput } from './condition.ts'

/** How large a condition is: about how many characters it has, how deep it is, and its characters counted on each level. */
export interface Weight {
  readonly length: number
  readonly depth: number
  readonly total: number
}

/** Weighs conditions; what stands in several of them, as macros do, is weighed once. */
export const conditionScale = (): ((condition: Condition) => Weight) => {
  const known = new WeakMap<Condition, Weight>()
  const weigh = (condition: Condition): Weight => {
    const found = known.get(condition)
    if (found) return found
    const parts = partsOf(condition).map(weigh)
    const length = parts.reduce((sum, part) => sum + part.length, ownLength(condition))
    const weight = {
      length,
      depth: 1 + parts.reduce((most, { depth }) => Math.max(most, depth), 0),
      total: parts.reduce((sum, part) => sum + part.total, length)
    }
    known.set(condition, weight)
    return weight
  }
  return weigh
}

const partsOf = (condition: Condition): readonly Condition[] => {
  if (condition.kind === 'and' || condition.kind === 'or') return condition.children
  return condition.kind === 'not' ? [condition.child] : []
}

const ownLength = (condition: Condition): number => {
  if (condition.kind === 'exists') return operandLength(condition.left)
  if (condition.kind !== 'check') return 6
  const { left, right } = condition
  const wanted = right.kind === 'list' ? right.values.reduce((sum, value) => sum + value.length + 2, 0) : 0
  const patterns = condition.operator === 'regex' ? patternsWeight(right) : 0
  return operandLength(left) + wanted + patterns + (right.kind === 'value' ? right.text.length : 8) + 8
}

// compiling one takes time with the square of its size; one that is too large is refused for that
const patternsWeight = (right: RightSide): number => {
  const patterns = right.kind === 'list' ? right.values : right.kind === 'value' ? [right.text] : []
  return patterns.reduce(
    (sum, pattern) => sum + Math.ceil(Math.min(patternSize(pattern), LARGEST_PATTERN) ** 2 / 64),
    0
  )
}

const operandLength = (operand: Operand): number =>
  operand.kind === 'field'
    ? operand.name.length + operand.argument.length + 2
    : operand.inputs.reduce((sum, input) => sum + inputLength(input), 10)

const inputLength = (input: TransformerInput): number => {
  if (input.kind === 'value') return input.text.length + 2
  return input.kind === 'inputs' ? input.inputs.reduce((sum, each) => sum + inputLength(each), 4) : operandLength(input)
}
