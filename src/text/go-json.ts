import type { GoValue } from './go-value.ts'
import type { GoNode } from './go-yaml/tree.ts'
import type { Path } from './locate.ts'
import { withinStack } from './nesting.ts'

/**
 * The value that Go's JSON decoder makes of a text that is JSON, parsed as YAML for its offsets. A key that stands twice is
 * decoded into what the first one left: mappings and the items of lists are filled up, not replaced. Throws TOO_DEEP.
 */
export const goJsonOf = (root: GoNode, file: string): GoValue => {
  const duplicates: Path[] = []
  return { value: withinStack(file, () => read(root, undefined, [], duplicates)), duplicates }
}

const read = (node: GoNode, before: unknown, path: Path, duplicates: Path[]): unknown => {
  if (node.kind === 'list') {
    const old: readonly unknown[] = Array.isArray(before) ? before : []
    return node.items.map((item, index) => read(item, old[index], [...path, index], duplicates))
  }
  if (node.kind === 'map') {
    const isOld = typeof before === 'object' && before !== null && !Array.isArray(before)
    const entries = new Map<string, unknown>(isOld ? Object.entries(before) : [])
    const own = new Set<string>()
    for (const { key, value } of node.pairs) {
      const name = key.kind === 'scalar' ? key.value : ''
      if (own.has(name)) duplicates.push([...path, name])
      own.add(name)
      const merged = read(value, entries.get(name), [...path, name], duplicates)
      entries.delete(name)
      entries.set(name, merged)
    }
    return Object.fromEntries(entries)
  }
  if (node.kind !== 'scalar') return null
  const value: unknown = node.isImplicit ? JSON.parse(node.value) : node.value
  // null leaves a string or a boolean as it was, and takes a list or a pointer away
  const keeps = typeof before === 'string' || (typeof before === 'boolean' && path[0] !== 'rules')
  return value === null && keeps ? before : value
}
