import type { Condition, Operand, TransformerInput } from './condition.ts'

/** What a condition is made of; lists are the words in its parentheses, of which some may name one. */
export interface ConditionDetails {
  readonly identifiers: ReadonlySet<string>
  readonly listWords: ReadonlySet<string>
  readonly operators: ReadonlySet<string>
  /** With their arguments. */
  readonly fields: ReadonlySet<string>
}

/** Takes a condition apart (filter_details_resolver.cpp of falcosecurity/falco). */
export const detailsOf = (condition: Condition): ConditionDetails => {
  const details = {
    identifiers: new Set<string>(),
    listWords: new Set<string>(),
    operators: new Set<string>(),
    fields: new Set<string>()
  }
  const lookAt = (side: Operand | TransformerInput): void => {
    if (side.kind === 'field') details.fields.add(side.argument === '' ? side.name : `${side.name}[${side.argument}]`)
    else if (side.kind !== 'value') side.inputs.forEach(lookAt)
  }
  const look = (each: Condition): void => {
    switch (each.kind) {
      case 'and':
      case 'or':
        return each.children.forEach(look)
      case 'not':
        return look(each.child)
      case 'identifier':
        details.identifiers.add(each.name)
        return
      case 'exists':
        details.operators.add('exists')
        return lookAt(each.left)
      case 'check':
        details.operators.add(each.operator)
        lookAt(each.left)
        if (each.right.kind === 'transformed') lookAt(each.right)
        if (each.right.kind === 'list') for (const word of each.right.values) details.listWords.add(word)
    }
  }
  look(condition)
  return details
}
