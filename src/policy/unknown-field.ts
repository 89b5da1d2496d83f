import { FIELDS, fieldsOf, type ObjectName, SYNONYMS } from './schema.ts'

/** What the writer of an unknown key most likely meant. */
export type Suggestion =
  | { readonly kind: 'misspelt'; readonly field: string }
  | { readonly kind: 'misplaced'; readonly belongs: string }
  | { readonly kind: 'unknown' }

const PLACES = {
  Policy: 'the top level of the policy',
  PolicyRule: 'the rule itself',
  GroupResources: "an entry of the rule's resources",
  ObjectMeta: 'metadata'
} as const satisfies Record<ObjectName, string>

/** What an unknown key of an object should have been: another spelling, or another place. */
export const suggestField = (object: ObjectName, key: string): Suggestion => {
  const synonym = SYNONYMS.find(each => each.in === object && each.wrong === key)
  if (synonym) return { kind: 'misspelt', field: synonym.right }
  const elsewhere = FIELDS.find(field => field.name === key && field.in !== object && field.in !== 'ObjectMeta')
  const near = nearest(
    key,
    fieldsOf(object, () => true).map(field => field.name)
  )
  if (near !== undefined && (elsewhere === undefined || distance(key, near) <= 1))
    return { kind: 'misspelt', field: near }
  if (elsewhere) return { kind: 'misplaced', belongs: PLACES[elsewhere.in] }
  return { kind: 'unknown' }
}

const nearest = (key: string, names: readonly string[]): string | undefined => {
  const limit = key.length < 5 ? 1 : 2
  const ranked = names
    .map(name => ({ name, away: distance(key, name) }))
    .filter(({ away }) => away <= limit)
    .sort((a, b) => a.away - b.away)
  return ranked[0]?.name
}

/** How many letters must be added, left out or changed; upper and lower case count as one. */
const distance = (a: string, b: string): number => {
  const [from, to] = [a.toLowerCase().slice(0, 40), b.toLowerCase()]
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const change = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
