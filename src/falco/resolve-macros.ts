import type { Condition, Identifier } from './condition.ts'

/** A macro whose condition is known. */
export interface MacroCondition {
  readonly name: string
  readonly condition: Condition
  /** True where no name of another macro is left in it. */
  readonly isResolved: boolean
}

/** A condition without names of macros, and the macros that were named. */
export interface ResolvedMacros {
  readonly condition: Condition
  readonly used: ReadonlySet<string>
  /** Why a name stands for nothing, in Falco's words, and where. */
  readonly fault?: { readonly message: string; readonly at: Identifier }
}

/**
 * Puts macros into a condition in place of their names, as trees: what a macro says stays together
 * (filter_macro_resolver.cpp of falcosecurity/falco). `step` is called for each name.
 */
export const resolveMacros = (
  condition: Condition,
  macroOf: (name: string) => MacroCondition | undefined,
  step: (depth: number) => void
): ResolvedMacros => {
  const used = new Set<string>()
  const loops: Identifier[] = []
  const unknown: Identifier[] = []
  const path: string[] = []
  const named = (at: Identifier): Condition => {
    step(path.length)
    const macro = macroOf(at.name)
    if (!macro) {
      unknown.push(at)
      return at
    }
    if (path.includes(at.name)) {
      loops.push(at)
      return at
    }
    used.add(at.name)
    if (macro.isResolved) return macro.condition
    path.push(at.name)
    const resolved = resolve(macro.condition)
    path.pop()
    return resolved
  }
  const resolve = (each: Condition): Condition => {
    switch (each.kind) {
      case 'and':
      case 'or':
        return { ...each, children: each.children.map(resolve) }
      case 'not':
        return { ...each, child: resolve(each.child) }
      case 'identifier':
        return named(each)
      case 'exists':
      case 'check':
        return each
    }
  }
  const resolved = { condition: resolve(condition), used }
  const [loop] = loops
  const [missing] = unknown
  if (loop) return { ...resolved, fault: { message: `reference loop in macro '${loop.name}'`, at: loop } }
  if (!missing) return resolved
  return { ...resolved, fault: { message: `Undefined macro '${missing.name}' used in filter.`, at: missing } }
}
