import { isRecord, valueAt } from '../text/guard.ts'
import type { Path } from '../text/locate.ts'
import type { Operation, Value } from '../text/value.ts'
import type { Source } from '../text/source.ts'
import { badManifest } from './bad-manifest.ts'
import type { FieldEdit } from './fixes.ts'

type Nested = { [key: string]: Value }

/**
 * The operations that set fields of an object, each with the mappings around it that are not there yet; a list gets the items that
 * it lacks. Throws BAD_MANIFEST where something else stands in the place of a mapping or a list.
 */
export const fieldOperations = (source: Source, data: unknown, edits: readonly FieldEdit[]): Operation[] => {
  const added = new Map<string, { readonly path: Path; readonly key: string; value: Value }>()
  const operations: Operation[] = []
  for (const edit of edits) {
    const depth = ownerDepth(data, edit.path)
    const [path, key] = [edit.path.slice(0, depth), String(edit.path[depth])]
    const inner = edit.path.slice(depth + 1).map(String)
    const present = valueAt(data, [...path, key])
    if (present === undefined || present === null) {
      const id = JSON.stringify([path, key])
      const entry = added.get(id) ?? { path, key, value: {} }
      added.set(id, { ...entry, value: nest(entry.value, inner, edit.after) })
    } else operations.push(...change(source, present, [...path, key], inner, edit.after))
  }
  return [...operations, ...[...added.values()].map(each => ({ kind: 'add-key' as const, ...each }))]
}

/** How many steps of a path lead to mappings that are there. */
const ownerDepth = (data: unknown, path: Path): number => {
  let depth = path.length - 1
  while (depth > 0 && !isRecord(valueAt(data, path.slice(0, depth)))) depth -= 1
  return depth
}

const nest = (value: Value, path: readonly string[], leaf: Value): Value => {
  const [key, ...rest] = path
  if (key === undefined) return leaf
  const mapping: Nested = isRecord(value) ? { ...(value as Nested) } : {}
  return Object.fromEntries(
    Object.entries({ ...mapping, [key]: nest(mapping[key] ?? {}, rest, leaf) }).sort(([a], [b]) => (a < b ? -1 : 1))
  )
}

const change = (
  source: Source,
  present: unknown,
  path: Path,
  inner: readonly string[],
  after: FieldEdit['after']
): Operation[] => {
  const isList = typeof after === 'object'
  if (inner.length > 0 || isList !== Array.isArray(present) || isRecord(present))
    throw badManifest(source, path, isList ? 'list' : inner.length > 0 ? 'mapping' : 'single value')
  if (!isList) return [{ kind: 'replace', path, value: after }]
  const items: readonly unknown[] = Array.isArray(present) ? present : []
  return after
    .filter(each => !items.includes(each))
    .map(value => ({ kind: 'insert-item', path, index: items.length, value }))
}
