import type { Condition, Operand, TransformerInput } from './condition.ts'
import { DEPRECATED_FIELDS } from './load-codes.ts'

/** What a condition asks that is doubtful whatever its fields hold. */
export interface DoubtfulCondition {
  /** It compares a field of audit events with `<NA>`. */
  readonly comparesWithNa: boolean
  readonly deprecatedFields: readonly (keyof typeof DEPRECATED_FIELDS)[]
}

const DEPRECATED = Object.keys(DEPRECATED_FIELDS) as (keyof typeof DEPRECATED_FIELDS)[] // as: the keys of a literal

/** Looks through a condition whose macros were resolved (filter_warning_resolver.cpp of falcosecurity/falco). */
export const doubtsOf = (condition: Condition): DoubtfulCondition => {
  const fields = new Set<string>()
  let comparesWithNa = false
  const look = (each: Condition): void => {
    if (each.kind === 'and' || each.kind === 'or') each.children.forEach(look)
    else if (each.kind === 'not') look(each.child)
    else if (each.kind === 'exists' || each.kind === 'check') {
      const own = fieldsOf(each.left)
      for (const name of own) fields.add(name)
      if (each.kind === 'check' && own.some(name => /^(ka|jevt)\./.test(name)) && isNa(each)) comparesWithNa = true
    }
  }
  look(condition)
  return { comparesWithNa, deprecatedFields: DEPRECATED.filter(name => fields.has(name)) }
}

const isNa = ({ operator, right }: Condition & { kind: 'check' }): boolean => {
  if (!['==', '=', '!=', 'in', 'intersects', 'pmatch'].includes(operator)) return false
  return right.kind === 'list' ? right.values.includes('<NA>') : right.kind === 'value' && right.text === '<NA>'
}

/** The names of the fields of a side. */
const fieldsOf = (side: Operand | TransformerInput): string[] => {
  if (side.kind === 'field') return [side.name]
  return side.kind === 'value' ? [] : side.inputs.flatMap(fieldsOf)
}
