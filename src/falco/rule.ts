import type { Condition } from './condition.ts'
import type { Test } from './field-memo.ts'
import type { OutputFormat } from './output-format.ts'
import type { Priority } from './priorities.ts'

/** A rule that was loaded. */
export interface Rule<E> {
  readonly name: string
  readonly source: string
  readonly description: string
  readonly priority: Priority
  /** In their order, each once. */
  readonly tags: readonly string[]
  readonly isEnabled: boolean
  /** With lists and macros resolved and exceptions built in. */
  readonly condition: Condition
  readonly test: Test<E>
  /** As it is written, with what was appended. */
  readonly output: string
  readonly format: OutputFormat<E>
  /** What alerts in JSON have among their fields besides; of a raw one the value is that of its only field. */
  readonly extraFields: readonly { readonly key: string; readonly format: OutputFormat<E>; readonly isRaw: boolean }[]
}
