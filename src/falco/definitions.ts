import type { LoadContext } from './load-context.ts'
import type { Priority } from './priorities.ts'

interface Named {
  readonly name: string
  readonly context: LoadContext
}

/** Where in the order of all items something was defined first, and where it was changed last: it sees what stands before. */
export interface Ordered extends Named {
  readonly index: number
  readonly visibility: number
}

/** A list as its file says it. */
export interface ListDefinition extends Ordered {
  /** Grows where something is appended, as do the other lists that are not read-only. */
  readonly items: string[]
}

/** A macro as its file says it, and what was appended. */
export interface MacroDefinition extends Ordered {
  readonly condition: string
  readonly conditionContext: LoadContext
}

/** A text, or a list of entries; a text that is not there is empty. */
export type Entry = string | readonly Entry[]

/** An exception: which fields, compared how, and with which values. */
export interface Exception extends Named {
  readonly fields: Entry
  readonly comps: Entry
  readonly values: Entry[]
}

/** What rules have beside their name, and what an append or replacement may change. */
export interface RuleProperties {
  readonly condition: string
  readonly output: string
  readonly description: string
  readonly tags: Set<string>
  readonly exceptions: Exception[]
  readonly priority: Priority
  readonly isEnabled: boolean
  readonly warnsOfEventTypes: boolean
  readonly skipsUnknownFilter: boolean
  readonly captures: boolean
  /** Milliseconds. */
  readonly captureDuration: number
}

/** A rule as its file says it, and what others changed in it. */
export interface RuleDefinition extends Ordered, RuleProperties {
  readonly source: string
  readonly hasUnknownSource: boolean
  readonly conditionContext: LoadContext
  readonly outputContext: LoadContext
}

/** A change of a rule that is there. */
export interface RuleUpdate extends Named {
  /** Empty where none is written. */
  readonly source: string
  readonly changes: Partial<RuleProperties>
}

/** True for an entry that says something. */
export const isGiven = (entry: Entry): boolean => entry.length > 0

/** An item that was read and has no place in the order yet. */
export type Unordered<T extends Ordered> = Omit<T, 'index' | 'visibility'>
