import type { LoadContext } from './load-context.ts'
import { refuse } from './load-result.ts'

/** What compiling the rules may cost in all, so that no file can make it last for minutes; real ones need a thousandth. */
const LIMITS = {
  /** Characters of conditions and outputs, lists put in. */
  text: { most: 64 * 1024 * 1024, word: 'Conditions are too long with their lists' },
  /** Characters that are searched for names of lists. */
  search: { most: 1_000_000_000, word: 'Conditions use too many lists' },
  /** Characters of conditions with their macros, each counted once for each level in which it stands. */
  weight: { most: 128 * 1024 * 1024, word: 'Conditions are too large with their macros' },
  /** Items of lists. */
  items: { most: 2_000_000, word: 'Lists have too many items' },
  /** Identifiers that are looked up while macros are put into macros. */
  steps: { most: 2_000_000, word: 'Macros refer to macros too often' }
} as const

/** The longest condition, in characters, with all that is put into it. */
export const LONGEST_CONDITION = 8 * 1024 * 1024

/** How much is left of each. */
export type LoadBudget = Record<keyof typeof LIMITS, number>

/** Nothing is spent yet. */
export const fullBudget = (): LoadBudget => ({
  text: LIMITS.text.most,
  search: LIMITS.search.most,
  weight: LIMITS.weight.most,
  items: LIMITS.items.most,
  steps: LIMITS.steps.most
})

/** Takes from a budget. Throws where too little is left. */
export const spend = (budget: LoadBudget, kind: keyof LoadBudget, amount: number, context: LoadContext): void => {
  budget[kind] -= amount
  if (budget[kind] < 0)
    refuse('LOAD_ERR_COMPILE_CONDITION', `${LIMITS[kind].word}: at most ${LIMITS[kind].most}`, context)
}

/** Throws where a condition, or another text, is longer than any may be. */
export const refuseLong = (length: number, context: LoadContext): void => {
  if (length > LONGEST_CONDITION)
    refuse('LOAD_ERR_COMPILE_CONDITION', `Condition is longer than ${LONGEST_CONDITION} characters`, context)
}

/** A text with another behind it, as appending does. Throws where it becomes too long: what an alias names may be appended often. */
export const appended = (text: string, more: string | undefined, context: LoadContext): string => {
  if (more === undefined || more === '') return text
  refuseLong(text.length + more.length + 1, context)
  return `${text} ${more}`
}
