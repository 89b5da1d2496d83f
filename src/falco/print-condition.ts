import type { Condition, Operand, RightSide, TransformerInput } from './condition.ts'

/** A condition as Falco writes one it compiled, `(ka.verb = get and not ka.uri exists)`: libsinsp/filter/ast.cpp. */
export const printCondition = (condition: Condition): string => {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return `(${condition.children.map(printCondition).join(` ${condition.kind} `)})`
    case 'not':
      return `not ${printCondition(condition.child)}`
    case 'identifier':
      return condition.name
    case 'exists':
      return `${printOperand(condition.left)} exists`
    case 'check': {
      const operator = condition.modifier ? `${condition.operator} ${condition.modifier}` : condition.operator
      return `${printOperand(condition.left)} ${operator} ${printRight(condition.right)}`
    }
  }
}

const printInput = (input: TransformerInput): string => {
  if (input.kind === 'value') return escaped(input.text)
  return input.kind === 'inputs' ? `(${input.inputs.map(printInput).join(', ')})` : printOperand(input)
}

/** A field or transformer as in a condition. */
export const printOperand = (operand: Operand): string =>
  operand.kind === 'transformed'
    ? `${operand.transformer}(${operand.inputs.map(printInput).join(', ')})`
    : operand.name + (operand.argument === '' ? '' : `[${escaped(operand.argument)}]`)

const printRight = (right: RightSide): string => {
  if (right.kind === 'value') return escaped(right.text)
  return right.kind === 'list' ? `(${right.values.map(escaped).join(', ')})` : printOperand(right)
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\\': '\\\\',
  '"': '\\"'
}

const escaped = (text: string): string =>
  /[\b\f\n\r\t \\"']/.test(text)
    ? `"${text.replace(/[\b\f\n\r\t\\"]/g, character => ESCAPES[character] ?? character)}"`
    : text
