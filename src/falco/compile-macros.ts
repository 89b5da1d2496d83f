import type { CollectedRules } from './collected-rules.ts'
import type { ListSubstitution } from './substitute-lists.ts'
import type { Condition } from './condition.ts'
import { conditionScale } from './condition-weight.ts'
import { type LoadBudget, refuseLong, spend } from './load-budget.ts'
import { conditionContext, type LoadContext } from './load-context.ts'
import { refuse } from './load-result.ts'
import { parseCondition } from './parse-condition.ts'
import { resolveMacros } from './resolve-macros.ts'

/** A macro as it is put into conditions. */
export interface CompiledMacro {
  readonly name: string
  readonly context: LoadContext
  readonly condition: Condition
  readonly isResolved: boolean
  readonly index: number
  isUsed: boolean
}

/** Parses conditions and resolves what they name; lists and macros know afterwards that they are used. */
export interface ConditionReader {
  readonly macros: ReadonlyMap<string, CompiledMacro>
  readonly parse: (condition: string, context: LoadContext) => Condition
  /** Resolves the macros of a condition; `parent` is the item that has it, a rule where it sees infinitely far. */
  readonly resolve: (parsed: Condition, text: string, visibility: number, parent: LoadContext) => Condition
}

// what follows descends by recursion, and macros may be built of macros
const DEEPEST = 1500
const LONGEST_PATH = 200

/**
 * Compiles macros in their order. One sees those that were defined before it was changed last, and is refused where it names
 * another (rule_loader_compiler.cpp, compile_macros_infos).
 */
export const conditionReader = (
  collected: CollectedRules,
  substitute: ListSubstitution,
  budget: LoadBudget
): ConditionReader => {
  const macros = new Map<string, CompiledMacro>()
  const weigh = conditionScale()
  const parse: ConditionReader['parse'] = (condition, context) => {
    refuseLong(condition.length, context)
    const text = substitute(condition, context)
    spend(budget, 'text', text.length, context)
    const { condition: parsed, fault } = parseCondition(text)
    if (parsed) return parsed
    return refuse('LOAD_ERR_COMPILE_CONDITION', fault.message, conditionContext(context, text, fault.place))
  }
  const resolve: ConditionReader['resolve'] = (parsed, text, visibility, parent) => {
    const isRule = visibility === Infinity
    const macroOf = (name: string): CompiledMacro | undefined => {
      const macro = macros.get(name)
      return macro && macro.index < visibility ? macro : undefined
    }
    const { condition, used, fault } = resolveMacros(parsed, macroOf, depth => {
      spend(budget, 'steps', 1, parent)
      if (depth > LONGEST_PATH) refuse('LOAD_ERR_COMPILE_CONDITION', 'Macros are nested too deeply', parent)
    })
    if (fault) return refuse('LOAD_ERR_VALIDATE', fault.message, conditionContext(parent, text, fault.at.place))
    for (const name of used) markUsed(macros.get(name))
    const { depth, total } = weigh(condition)
    if (depth > DEEPEST) refuse('LOAD_ERR_COMPILE_CONDITION', 'Macros are nested too deeply', parent)
    // a macro costs nothing until a rule has it
    spend(isRule ? budget : { ...budget }, 'weight', total, parent)
    return condition
  }
  for (const { name, context, condition, conditionContext, index } of collected.macros.values()) {
    const parsed = parse(condition, conditionContext)
    macros.set(name, { name, context, condition: parsed, isResolved: false, index, isUsed: false })
  }
  for (const { name, context, condition, visibility } of collected.macros.values()) {
    const macro = macros.get(name)
    if (!macro) continue
    const resolved = resolve(macro.condition, condition, visibility, context)
    // one that names itself is refused, but another may have been marked meanwhile
    macros.set(name, { ...macro, condition: resolved, isResolved: true, isUsed: macros.get(name)?.isUsed ?? false })
  }
  return { macros, parse, resolve }
}

const markUsed = (macro: CompiledMacro | undefined): void => {
  if (macro) macro.isUsed = true
}
