import { distance, nearestWord } from '../text/nearest.ts'
import { FIELDS, fieldsOf, type ObjectName, SYNONYMS } from './schema.ts'

const RULES: readonly ObjectName[] = ['Policy', 'PolicyRule', 'GroupResources']

/** What the writer of an unknown key most likely meant. */
export type Suggestion =
  | { readonly kind: 'misspelt'; readonly field: string }
  | { readonly kind: 'misplaced'; readonly belongs: string }
  | { readonly kind: 'unknown' }

const PLACES = {
  Policy: 'the top level of the policy',
  PolicyRule: 'the rule itself',
  GroupResources: "an entry of the rule's resources",
  ObjectMeta: 'metadata',
  OwnerReference: 'metadata.ownerReferences',
  ManagedFieldsEntry: 'metadata.managedFields'
} as const satisfies Record<ObjectName, string>

/** What an unknown key of an object should have been: another spelling, or another place. */
export const suggestField = (object: ObjectName, key: string): Suggestion => {
  const synonym = SYNONYMS.find(each => each.in === object && each.wrong === key)
  if (synonym) return { kind: 'misspelt', field: synonym.right }
  const elsewhere = FIELDS.find(field => field.name === key && field.in !== object && RULES.includes(field.in))
  const near = nearestWord(
    key,
    fieldsOf(object, () => true).map(field => field.name)
  )
  // known to other releases
  if (near === key) return { kind: 'unknown' }
  if (near !== undefined && (elsewhere === undefined || distance(key, near) <= 1))
    return { kind: 'misspelt', field: near }
  if (elsewhere) return { kind: 'misplaced', belongs: PLACES[elsewhere.in] }
  return { kind: 'unknown' }
}
