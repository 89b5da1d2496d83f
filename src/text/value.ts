import { AuditError } from '../errors.ts'
import { formatPath, type Path } from './locate.ts'

/** Plain data, as a manifest holds it. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value }

/**
 * A change of a document, told by meaning. Paths and indexes are those of the document *before* all changes, so their
 * order does not matter, but for items inserted at one index, which keep theirs.
 */
export type Operation =
  | { readonly kind: 'insert-item'; readonly path: Path; readonly index: number; readonly value: Value }
  | { readonly kind: 'remove-item'; readonly path: Path; readonly index: number }
  | { readonly kind: 'add-key'; readonly path: Path; readonly key: string; readonly value: Value }
  | { readonly kind: 'remove-key'; readonly path: Path; readonly key: string }
  /** The value of a key becomes null, written as `text`: one of YAML's words for null, or nothing. */
  | { readonly kind: 'set-null'; readonly path: Path; readonly key: string; readonly text: string }
  | { readonly kind: 'replace'; readonly path: Path; readonly value: string | number | boolean }

/** The path of what an operation replaces or takes away; undefined when it only adds to a list. */
export const touchedBy = (operation: Operation): Path | undefined => {
  switch (operation.kind) {
    case 'insert-item':
      return undefined
    case 'remove-item':
      return [...operation.path, operation.index]
    case 'replace':
      return operation.path
    case 'add-key':
    case 'remove-key':
    case 'set-null':
      return [...operation.path, operation.key]
    default:
      return operation satisfies never
  }
}

type Mutable = { [key: string]: unknown } | unknown[]

const isObject = (value: unknown): value is Mutable => typeof value === 'object' && value !== null

/** The value that a document has after the operations, worked out on a copy of its data and without its text. */
export const applyOperations = (before: unknown, operations: readonly Operation[]): unknown => {
  const after = structuredClone(before)
  const targets = operations.map(operation => ({ operation, target: resolve(after, operation) }))
  for (const { operation, target } of targets) {
    if (operation.kind === 'replace') assign(target, operation.path.at(-1), operation.value)
    else if (operation.kind === 'add-key') assign(target, operation.key, structuredClone(operation.value))
    else if (operation.kind === 'set-null') assign(target, operation.key, null)
    else if (operation.kind === 'remove-key' && !Array.isArray(target)) delete target[operation.key]
  }
  const sequences = new Set(
    targets.filter(({ target }) => Array.isArray(target)).map(({ target }) => target as unknown[])
  )
  for (const sequence of sequences) {
    const own = targets.filter(({ target }) => target === sequence).map(({ operation }) => operation)
    sequence.splice(0, sequence.length, ...rebuild(sequence, own))
  }
  return after
}

const rebuild = (items: readonly unknown[], operations: readonly Operation[]): unknown[] => {
  const removed = new Set(operations.flatMap(operation => (operation.kind === 'remove-item' ? [operation.index] : [])))
  const insertedAt = (index: number): unknown[] =>
    operations.flatMap(operation =>
      operation.kind === 'insert-item' && operation.index === index ? [structuredClone(operation.value)] : []
    )
  return [
    ...items.flatMap((item, index) => [...insertedAt(index), ...(removed.has(index) ? [] : [item])]),
    ...insertedAt(items.length)
  ]
}

/** The map or list that an operation changes. For a null where an operation wants to add, an empty one takes its place. */
const resolve = (root: unknown, operation: Operation): Mutable => {
  const path = operation.kind === 'replace' ? operation.path.slice(0, -1) : operation.path
  let value: unknown = root
  for (const step of path) value = isObject(value) ? Reflect.get(value, step) : undefined
  if (isObject(value)) return value
  throw new AuditError('IMPOSSIBLE', `nothing to change at ${formatPath(path)}`)
}

const assign = (target: Mutable, key: string | number | undefined, value: unknown): void => {
  if (key === undefined) throw new AuditError('IMPOSSIBLE', 'the root of a document is not replaced')
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
}
