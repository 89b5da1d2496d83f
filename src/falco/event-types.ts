import type { Condition } from './condition.ts'

/** Types of events, or all but some. */
interface EventTypes {
  readonly isAllBut: boolean
  readonly names: ReadonlySet<string>
}

const NONE: EventTypes = { isAllBut: false, names: new Set() }
const ALL: EventTypes = { isAllBut: true, names: new Set() }

/** More are too many; each name stands for two, when an event begins and when it ends. */
const MOST = 100 / 2

/**
 * True where a condition is asked of nearly every type of event (libsinsp/filter/ppm_codes.cpp). One that no event can
 * satisfy asks for none: the number of an event is never 0.
 */
export const asksTooManyEventTypes = (condition: Condition, field: string): boolean => {
  const { isAllBut, names } = typesOf(condition, field, false)
  return isAllBut || names.size > MOST
}

const typesOf = (condition: Condition, field: string, isNegated: boolean): EventTypes => {
  const of = (each: Condition): EventTypes => typesOf(each, field, isNegated)
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const isBoth = (condition.kind === 'and') !== isNegated
      return isBoth ? intersection(condition.children.map(of)) : union(condition.children.map(of))
    }
    case 'not':
      return typesOf(condition.child, field, !isNegated)
    case 'identifier':
      return ALL
    case 'exists': {
      const { left } = condition
      return isNegated && left.kind === 'field' && left.name === field ? NONE : ALL
    }
    case 'check':
      return checkedTypes(condition, field, isNegated)
  }
}

const checkedTypes = (
  { left, operator, modifier, right }: Condition & { kind: 'check' },
  field: string,
  isNegated: boolean
): EventTypes => {
  if (left.kind !== 'field' || modifier !== undefined || right.kind === 'transformed') return ALL
  const names = right.kind === 'list' ? right.values : [right.text]
  if (left.name === 'evt.num' && ['=', '=='].includes(operator) && !isNegated && Number(names[0]) === 0) return NONE
  if (left.name !== field || left.argument !== '' || !['=', '==', '!=', 'in'].includes(operator)) return ALL
  return { isAllBut: (operator === '!=') !== isNegated, names: new Set(names) }
}

const union = (all: readonly EventTypes[]): EventTypes => {
  const some = new Set(all.flatMap(({ isAllBut, names }) => (isAllBut ? [] : [...names])))
  const rest = all.filter(({ isAllBut }) => isAllBut)
  const [first] = rest
  if (!first) return { isAllBut: false, names: some }
  const names = [...first.names].filter(name => !some.has(name) && rest.every(each => each.names.has(name)))
  return { isAllBut: true, names: new Set(names) }
}

const inverse = ({ isAllBut, names }: EventTypes): EventTypes => ({ isAllBut: !isAllBut, names })

const intersection = (all: readonly EventTypes[]): EventTypes => inverse(union(all.map(inverse)))
