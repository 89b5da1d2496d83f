import type { ListDefinition, MacroDefinition, Ordered, RuleDefinition, Unordered } from './definitions.ts'
import { appended } from './load-budget.ts'
import { refuse } from './load-result.ts'
import type { PluginRequirement, Version } from './versions.ts'

/** What rules files define, by name and in the order of the first definition; it grows from item to item. */
export interface CollectedRules {
  readonly lists: Map<string, ListDefinition>
  readonly macros: Map<string, MacroDefinition>
  readonly rules: Map<string, RuleDefinition>
  readonly pluginRequirements: PluginRequirement[]
  /** The newest that a file wants. */
  requiredEngineVersion: Version
  /** The place of the next item. */
  next: number
}

/** Nothing yet. */
export const noRules = (): CollectedRules => ({
  lists: new Map(),
  macros: new Map(),
  rules: new Map(),
  pluginRequirements: [],
  requiredEngineVersion: [0, 0, 0],
  next: 0
})

/** Puts an item in, or in the place of an earlier one of its name, whose index it keeps (rule_loader_collector.cpp). */
export const defineItem = <T extends Ordered>(
  collected: CollectedRules,
  known: Map<string, T>,
  item: Unordered<T>
): void => {
  const visibility = collected.next++
  const index = known.get(item.name)?.index ?? visibility
  known.set(item.name, { ...item, index, visibility } as T) // as: an item and its place are T
}

/** Adds items to a list that is there. */
export const appendToList = (collected: CollectedRules, list: Unordered<ListDefinition>): void => {
  const previous = collected.lists.get(list.name)
  if (!previous)
    return refuse(
      'LOAD_ERR_VALIDATE',
      "List uses 'append' or 'override.items: append' but no list by that name already exists",
      list.context
    )
  for (const item of list.items) previous.items.push(item)
  collected.lists.set(list.name, { ...previous, visibility: collected.next++ })
}

/** Adds text to the condition of a macro that is there. */
export const appendToMacro = (collected: CollectedRules, macro: Unordered<MacroDefinition>): void => {
  const previous = collected.macros.get(macro.name)
  if (!previous)
    return refuse(
      'LOAD_ERR_VALIDATE',
      "Macro uses 'append' or 'override.condition: append' but no macro by that name already exists",
      macro.context
    )
  const condition = appended(previous.condition, macro.condition, macro.context)
  collected.macros.set(macro.name, { ...previous, condition, visibility: collected.next++ })
}
