import { byteString, type FieldReader } from './event-source.ts'
import type { FieldMemo } from './field-memo.ts'
import type { Priority } from './priorities.ts'
import { requiredValues } from './required-values.ts'
import type { Rule } from './rule.ts'

/** Which rules count, and whether one of them is enough for an event. */
export interface EngineOptions {
  /** `first`: of the rules that match the one that was defined first; `all`: each of them. */
  readonly matching: 'first' | 'all'
  /** Rules that are less grave are not asked. */
  readonly leastPriority: Priority
}

/** Judges events one after the other, and gives each rule that matches to `alert`. */
export type Judge<E> = (event: E, alert: (rule: Rule<E>) => void) => void

/** A judge for the rules of the memo's source that are enabled, in the order of their definition. */
export const ruleEngine = <E>(rules: readonly Rule<E>[], memo: FieldMemo<E>, options: EngineOptions): Judge<E> => {
  const asked = rules.filter(
    ({ isEnabled, priority, source }) =>
      isEnabled && priority.number <= options.leastPriority.number && source === memo.source.name
  )
  const { read, byValue, others } = sortedRules(asked, memo)
  const isFirst = options.matching === 'first'
  return (event, alert) => {
    memo.forget()
    const value = read(event)
    for (const rule of (typeof value === 'string' ? byValue.get(value) : undefined) ?? others) {
      if (!rule.test(event)) continue
      alert(rule)
      if (isFirst) return
    }
  }
}

interface SortedRules<E> {
  readonly read: FieldReader<E>
  /** The rules that may match where the field has a value, in their order. */
  readonly byValue: ReadonlyMap<string, readonly Rule<E>[]>
  /** Those that may match whatever it is. */
  readonly others: readonly Rule<E>[]
}

// most rules want one of a few words in some field, the resource: of the others of an event only few need be asked
const sortedRules = <E>(rules: readonly Rule<E>[], memo: FieldMemo<E>): SortedRules<E> => {
  const required = rules.map(({ condition }) => requiredValues(condition))
  const counts = new Map<string, number>()
  for (const fields of required) for (const name of fields.keys()) counts.set(name, (counts.get(name) ?? 0) + 1)
  const [best] = [...counts]
    .flatMap(([name, count]) => {
      const field = memo.field(name)
      return field && !field.isList && field.type === 'CHARBUF' ? [{ field, count }] : []
    })
    .sort((one, other) => other.count - one.count)
  if (!best) return { read: () => undefined, byValue: new Map(), others: rules }
  const { field } = best
  const wanted = required.map(fields => fields.get(field.name))
  const anyway = rules.flatMap((_, index) => (wanted[index] === undefined ? [index] : []))
  const byValue = new Map<string, number[]>()
  wanted.forEach((values, index) => {
    for (const value of values ?? []) {
      const own = byValue.get(value)
      if (own) own.push(index)
      else byValue.set(value, [index])
    }
  })
  // each value has its own list of rules: of very many rules that would be too much
  if (byValue.size * anyway.length > MOST_PLACES) return { read: () => undefined, byValue: new Map(), others: rules }
  const rulesAt = (indexes: readonly number[]): Rule<E>[] => indexes.flatMap(index => rules[index] ?? [])
  return {
    read: memo.reader(field, ''),
    byValue: new Map(
      [...byValue].map(([value, own]) => [
        byteString(value),
        rulesAt([...own, ...anyway].sort((one, other) => one - other))
      ])
    ),
    others: rulesAt(anyway)
  }
}

const MOST_PLACES = 1_000_000
