import type { Condition } from './condition.ts'

/** The fields that a condition compares with fixed words, each with those of which one it must have; others may be anything. */
export type RequiredValues = ReadonlyMap<string, ReadonlySet<string>>

const MOST = 100

/** What must be so of an event for a condition to be true, as far as words tell: no more than the condition says. */
export const requiredValues = (condition: Condition): RequiredValues => {
  switch (condition.kind) {
    case 'and':
      return condition.children.map(requiredValues).reduce(both)
    case 'or':
      return either(condition.children.map(requiredValues))
    case 'check': {
      const { left, operator, modifier, right } = condition
      const isEqual = ['=', '==', 'in'].includes(operator) && modifier === undefined && right.kind !== 'transformed'
      if (!isEqual || left.kind !== 'field' || left.argument !== '') return new Map()
      const texts = right.kind === 'list' ? right.values : [right.text]
      // as in the comparison itself a text ends at a NUL
      const values = new Set(texts.map(text => text.split('\0', 1)[0] ?? ''))
      return values.size > MOST ? new Map() : new Map([[left.name, values]])
    }
    default:
      return new Map()
  }
}

// of two sets for a field the smaller one says more
const both = (one: RequiredValues, other: RequiredValues): RequiredValues => {
  const all = new Map(one)
  for (const [field, values] of other) {
    const known = all.get(field)
    if (!known || values.size < known.size) all.set(field, values)
  }
  return all
}

const either = (all: readonly RequiredValues[]): RequiredValues => {
  const [first = new Map<string, ReadonlySet<string>>()] = all
  return new Map(
    [...first.keys()].flatMap(field => {
      const values = wantedByAll(all, field)
      return values ? [[field, values] as const] : []
    })
  )
}

// undefined where one of them wants nothing of the field, or all together too many words to be of use
const wantedByAll = (all: readonly RequiredValues[], field: string): ReadonlySet<string> | undefined => {
  const words = new Set<string>()
  for (const each of all) {
    const values = each.get(field)
    if (!values) return undefined
    for (const value of values) words.add(value)
    if (words.size > MOST) return undefined
  }
  return words
}
