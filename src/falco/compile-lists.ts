import type { CollectedRules } from './collected-rules.ts'
import type { LoadContext } from './load-context.ts'
import { type LoadBudget, LONGEST_CONDITION, spend } from './load-budget.ts'

/** A list whose items that name other lists were replaced by theirs. */
export interface CompiledList {
  readonly name: string
  readonly context: LoadContext
  readonly items: readonly string[]
  /** What takes the place of the name in a condition; undefined where it is longer than any condition. */
  readonly text: string | undefined
  isUsed: boolean
}

/** Compiles lists in their order. An item that names a list seen from here stands for that list's own items, one level deep. */
export const compileLists = ({ lists }: CollectedRules, budget: LoadBudget): CompiledList[] => {
  const used = new Set<string>()
  const compiled = [...lists.values()].map(({ name, context, items, visibility }) => {
    const all: string[] = []
    for (const item of items) {
      const other = lists.get(item)
      const isSeen = other !== undefined && other.index < visibility
      if (isSeen) used.add(item)
      const own = isSeen ? other.items : [item]
      spend(budget, 'items', own.length, context)
      for (const each of own) all.push(each)
    }
    return { name, context, items: all, text: joined(all), isUsed: false }
  })
  return compiled.map(list => ({ ...list, isUsed: used.has(list.name) }))
}

const joined = (items: readonly string[]): string | undefined => {
  let length = 0
  for (const item of items) length += item.length + 4
  if (length > LONGEST_CONDITION) return undefined
  const first = items.findIndex(item => item !== '')
  return first === -1 ? '' : items.slice(first).map(quotedItem).join(', ')
}

/** A word of a list as a condition has it: in quotes, where it has a blank and none yet. */
export const quotedItem = (item: string): string =>
  item.includes(' ') && item[0] !== '"' && item[0] !== "'" ? `"${item}"` : item
