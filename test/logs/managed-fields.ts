import { itemsOf, type Member, membersOf } from './json-members.ts'

/**
 * How many bytes of a body, which begins at an offset of a valid JSON text, are left out where managed fields are omitted:
 * those of the object, and of the objects in a list or a table (k8s.io/apiserver pkg/audit/request.go).
 */
export const managedFieldsIn = (json: Uint8Array, from: number): number => {
  const members = objectAt(json, from)
  const items = listUnder(json, members, 'items')
  const rows = listUnder(json, members, 'rows').flatMap(start => startOf(objectAt(json, start), 'object'))
  return [...items, ...rows].reduce((sum, start) => sum + ownOf(json, objectAt(json, start)), ownOf(json, members))
}

const ownOf = (json: Uint8Array, members: readonly Member[]): number => {
  const [start] = startOf(members, 'metadata')
  if (start === undefined) return 0
  const metadata = objectAt(json, start)
  const managed = metadata.find(({ key }) => key === 'managedFields')
  if (managed === undefined) return 0
  // with a comma before or behind it, unless it is alone
  return managed.end - managed.start + (metadata.length > 1 ? 1 : 0)
}

const objectAt = (json: Uint8Array, from: number): Member[] => (json[from] === 0x7b ? membersOf(json, from) : [])

const startOf = (members: readonly Member[], wanted: string): number[] =>
  members.filter(({ key }) => key === wanted).map(({ valueStart }) => valueStart)

const listUnder = (json: Uint8Array, members: readonly Member[], key: string): number[] =>
  startOf(members, key)
    .filter(start => json[start] === 0x5b)
    .flatMap(start => itemsOf(json, start).map(item => item.start))
