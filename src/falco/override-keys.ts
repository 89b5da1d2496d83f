import { type YamlNode, yamlEntries, yamlValue } from '../text/yaml-documents.ts'
import { itemContext, type LoadContext } from './load-context.ts'
import { refuse } from './load-result.ts'
import type { RulesFile } from './rule-values.ts'

/** How a key of an item that was defined before may be changed. */
export type OverrideKind = 'append' | 'replace'

/** Which keys an item changes, and how. */
export type Overrides = ReadonlyMap<string, OverrideKind>

const BOTH = ['append', 'replace'] as const

/** What of each item may be overridden how. */
export const OVERRIDABLE = {
  list: { items: BOTH },
  macro: { condition: BOTH },
  rule: {
    condition: BOTH,
    output: BOTH,
    desc: BOTH,
    tags: BOTH,
    exceptions: BOTH,
    priority: ['replace'],
    enabled: ['replace'],
    warn_evttypes: ['replace'],
    'skip-if-unknown-filter': ['replace'],
    capture: ['replace'],
    capture_duration: ['replace']
  }
} as const satisfies Record<string, Record<string, readonly OverrideKind[]>>

/** Reads what stands under `override`. */
export const overridesOf = (
  file: RulesFile,
  item: YamlNode,
  overridable: Readonly<Record<string, readonly OverrideKind[]>>,
  context: LoadContext
): Overrides => {
  const overrides = new Map<string, OverrideKind>()
  const value = yamlValue(item, 'override')
  if (value === undefined) return overrides
  if (value.kind === 'list' && value.items.length > 0) return refuse('LOAD_ERR_VALIDATE', INVALID_NODE, rootOf(context))
  const outer = itemContext(context, 'overrides', '', file.markOf(item))
  for (const entry of yamlEntries(value)) {
    const key = plainText(entry.key, file, context)
    const operation = plainText(entry.value, file, context)
    const allowed = Object.hasOwn(overridable, key) ? (overridable[key] ?? []) : []
    const kind = BOTH.find(each => each === operation)
    if (kind === undefined)
      return refuse(
        'LOAD_ERR_YAML_VALIDATE',
        `Invalid override operation for key '${key}': '${operation}'. Allowed values are: ${allowed.map(each => `${each} `).join('')}`,
        itemContext(outer, 'value for', key, file.markOf(entry.value))
      )
    if (!allowed.includes(kind))
      return refuse(
        'LOAD_ERR_YAML_VALIDATE',
        kind === 'append'
          ? `Key '${key}' cannot be appended to, use 'replace' instead`
          : `Key '${key}' cannot be replaced`,
        itemContext(outer, 'overrides', key, file.markOf(entry.key))
      )
    overrides.set(key, kind)
  }
  return overrides
}

const INVALID_NODE = 'invalid node; this may result from using a map iterator as a sequence iterator, or vice-versa'

// what yaml-cpp throws itself is told of the file
const rootOf = ({ locations }: LoadContext): LoadContext => ({ locations: locations.slice(0, 1) })

const plainText = (node: YamlNode, file: RulesFile, context: LoadContext): string => {
  if (node.kind === 'scalar') return node.text
  if (node.kind === 'null') return 'null'
  const { line, column } = file.markOf(node)
  const message = `yaml-cpp: error at line ${line + 1}, column ${column + 1}: bad conversion`
  return refuse('LOAD_ERR_VALIDATE', message, rootOf(context))
}
