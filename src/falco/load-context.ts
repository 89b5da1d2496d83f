import type { Mark } from '../text/yaml-documents.ts'
import type { Place } from './condition.ts'

/** What a place in rules belongs to, in Falco's words (rule_loader.cpp of falcosecurity/falco). */
export type ItemType =
  | 'value for'
  | 'exceptions'
  | 'exception'
  | 'exception values'
  | 'exception value'
  | 'rules content'
  | 'rules content item'
  | 'required_engine_version'
  | 'required plugin versions'
  | 'required plugin versions entry'
  | 'required plugin versions alternative'
  | 'list'
  | 'list item'
  | 'macro'
  | 'macro condition'
  | 'rule'
  | 'rule condition'
  | 'condition expression'
  | 'rule output'
  | 'rule priority'
  | 'overrides'

/** A place in a file, or in a condition, whose first words are its name then. */
export interface Location {
  readonly name: string
  readonly itemType: ItemType
  readonly itemName: string
  /** Lines and columns of a file count from 0, as Falco shows them; of a condition from 1, and on from where it stands. */
  readonly position: Mark
}

/** Where something is: the file first, and then each item in which it is. */
export interface LoadContext {
  readonly locations: readonly Location[]
  /** The text to show instead of the file's. */
  readonly condition?: string
}

/** The whole of a file. */
export const fileContext = (name: string): LoadContext => ({
  locations: [{ name, itemType: 'rules content', itemName: '', position: { offset: 0, line: 0, column: 0 } }]
})

const nameOf = ({ locations }: LoadContext): string => locations[0]?.name ?? ''

/** An item in another. */
export const itemContext = (
  parent: LoadContext,
  itemType: ItemType,
  itemName: string,
  position: Mark
): LoadContext => ({ locations: [...parent.locations, { name: nameOf(parent), itemType, itemName, position }] })

const LONGEST_NAME = 20

/** A place in a condition, which stands in an item. */
export const conditionContext = (parent: LoadContext, condition: string, place: Place): LoadContext => {
  const short = condition.length > LONGEST_NAME ? `${condition.slice(0, LONGEST_NAME - 3)}...` : condition
  const name = `"${short}"`.replace(/[\r\n]/g, ' ')
  const from = parent.locations.at(-1)?.position ?? { offset: 0, line: 0, column: 0 }
  const position = {
    offset: place.offset + from.offset,
    line: place.line + from.line,
    column: place.column + from.column
  }
  return {
    locations: [...parent.locations, { name, itemType: 'condition expression', itemName: '', position }],
    condition
  }
}
