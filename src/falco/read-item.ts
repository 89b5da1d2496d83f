import { type YamlNode, yamlEntries, yamlValue } from '../text/yaml-documents.ts'
import type { MemoFor } from './collect-rule.ts'
import { appendToList, appendToMacro, type CollectedRules, defineItem } from './collected-rules.ts'
import { itemContext, type ItemType, type LoadContext } from './load-context.ts'
import { refuse } from './load-result.ts'
import { OVERRIDABLE, type OverrideKind, overridesOf } from './override-keys.ts'
import { APPEND_AND_OVERRIDE, APPEND_WARNING, readRule, valueContext } from './read-rule.ts'
import { readEngineVersion, readPluginVersions } from './read-versions.ts'
import { flagValue, required, type RulesFile, textsValue, textValue } from './rule-values.ts'
import type { Version } from './versions.ts'

/** What the items of all files are read into, and against what. */
export interface Reading {
  readonly collected: CollectedRules
  readonly memoFor: MemoFor
  readonly engineVersion: Version
}

/** The keys that an item of each kind may have. */
const KNOWN_KEYS = {
  list: ['list', 'items', 'append', 'override'],
  macro: ['macro', 'condition', 'append', 'override'],
  rule: ['rule', 'source', 'append', 'override', ...Object.keys(OVERRIDABLE.rule)]
} as const

// a list may have any name that a condition takes for a word, and a macro one that it takes for a name
const LIST_NAME = `([^()"'[:space:]=,]+)`
const MACRO_NAME = '([a-zA-Z]+[a-zA-Z0-9_]*)'

/** Reads an item of a rules file and takes what it says. Throws where it cannot be taken. */
export const readItem = (file: RulesFile, item: YamlNode, parent: LoadContext, reading: Reading): void => {
  const here = (itemType: ItemType, name = ''): LoadContext => itemContext(parent, itemType, name, file.markOf(item))
  if (item.kind !== 'map')
    refuse(
      'LOAD_ERR_YAML_VALIDATE',
      'Unexpected element type. Each element should be a yaml associative array.',
      here('rules content item')
    )
  if (yamlValue(item, 'required_engine_version'))
    return readEngineVersion(file, item, here('required_engine_version'), reading)
  const plugins = yamlValue(item, 'required_plugin_versions')
  if (plugins) return readPluginVersions(file, plugins, parent, reading)
  const kind = (['list', 'macro', 'rule'] as const).find(key => yamlValue(item, key))
  if (!kind) return file.warn('LOAD_UNKNOWN_ITEM', 'Unknown top level item', here('rules content item'))
  const name = required(textValue, file, item, kind, here(kind))
  const context = here(kind, name)
  warnOfKeys(file, item, KNOWN_KEYS[kind], context)
  if (kind === 'list') readList(file, item, context, name, reading)
  else if (kind === 'macro') readMacro(file, item, context, name, reading)
  else readRule(file, item, context, name, reading.collected, reading.memoFor)
}

const warnOfKeys = (file: RulesFile, item: YamlNode, known: readonly string[], context: LoadContext): void => {
  for (const { key } of yamlEntries(item)) {
    if (key.kind !== 'scalar' || known.includes(key.text)) continue
    const own = itemContext(context, 'value for', key.text, file.markOf(key))
    file.warn('LOAD_UNKNOWN_KEY', `Unknown key '${key.text}'`, own)
  }
}

const readList = (
  file: RulesFile,
  item: YamlNode,
  context: LoadContext,
  name: string,
  { collected }: Reading
): void => {
  if (!/^[^()"'\s=,]+$/.test(name)) {
    const message = `List has an invalid name. List names should match a regular expression: ${LIST_NAME}`
    file.warn('LOAD_INVALID_LIST_NAME', message, context)
  }
  const items = required(textsValue, file, item, 'items', context)
  const list = { name, context, items }
  if (isAppended(file, item, context, OVERRIDABLE.list, 'items')) appendToList(collected, list)
  else defineItem(collected, collected.lists, list)
}

const readMacro = (
  file: RulesFile,
  item: YamlNode,
  context: LoadContext,
  name: string,
  { collected }: Reading
): void => {
  if (!/^[a-zA-Z]+[a-zA-Z0-9_]*$/.test(name)) {
    const message = `Macro has an invalid name. Macro names should match a regular expression: ${MACRO_NAME}`
    file.warn('LOAD_INVALID_MACRO_NAME', message, context)
  }
  const condition = required(textValue, file, item, 'condition', context)
  const conditionContext = valueContext(file, item, 'condition', 'macro condition', context)
  const macro = { name, context, condition, conditionContext }
  if (isAppended(file, item, context, OVERRIDABLE.macro, 'condition')) appendToMacro(collected, macro)
  else defineItem(collected, collected.macros, macro)
}

const isAppended = (
  file: RulesFile,
  item: YamlNode,
  context: LoadContext,
  overridable: Readonly<Record<string, readonly OverrideKind[]>>,
  key: string
): boolean => {
  const hasFlag = flagValue(file, item, 'append', context) ?? false
  if (hasFlag) file.warn('LOAD_DEPRECATED_ITEM', APPEND_WARNING, context)
  const overrides = overridesOf(file, item, overridable, context)
  if (hasFlag && overrides.size > 0) refuse('LOAD_ERR_YAML_VALIDATE', APPEND_AND_OVERRIDE, context)
  return hasFlag || overrides.get(key) === 'append'
}
