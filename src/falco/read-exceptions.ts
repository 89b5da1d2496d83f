import { type YamlNode, yamlItems, yamlValue } from '../text/yaml-documents.ts'
import type { Entry, Exception } from './definitions.ts'
import { itemContext, type ItemType, type LoadContext } from './load-context.ts'
import { refuse } from './load-result.ts'
import { required, type RulesFile, textValue } from './rule-values.ts'

/**
 * Reads the exceptions of a rule. Those that are appended need not say their fields again (rule_loader_reader.cpp,
 * read_rule_exceptions).
 */
export const readExceptions = (
  file: RulesFile,
  item: YamlNode,
  context: LoadContext,
  isAppended: boolean
): Exception[] => {
  const list = yamlValue(item, 'exceptions')
  if (list === undefined || list.kind === 'null') return []
  const inner = itemContext(context, 'exceptions', '', file.markOf(list))
  if (list.kind !== 'list') return refuse('LOAD_ERR_YAML_VALIDATE', 'Rule exceptions must be a sequence', inner)
  const names = new Set<string>()
  return yamlItems(list).map(each => {
    const nameless = itemContext(inner, 'exception', '', file.markOf(each))
    if (each.kind !== 'map') return refuse('LOAD_ERR_YAML_VALIDATE', 'Rule exception must be a mapping', nameless)
    const name = required(textValue, file, each, 'name', nameless)
    const own = itemContext(context, 'exception', name, file.markOf(each))
    if (names.has(name))
      file.warn('LOAD_EXCEPTION_NAME_NOT_UNIQUE', `Multiple definitions of exception '${name}' in the same rule`, own)
    names.add(name)
    return readException(file, each, name, own, isAppended)
  })
}

const readException = (
  file: RulesFile,
  item: YamlNode,
  name: string,
  context: LoadContext,
  isAppended: boolean
): Exception => {
  const budget = { left: MOST_ENTRIES }
  const entry = (key: string, isRequired: boolean): Entry => {
    const value = yamlValue(item, key)
    if (value !== undefined)
      return readEntry(value, () => itemContext(context, 'value for', key, file.markOf(value)), file, budget)
    return isRequired ? refuse('LOAD_ERR_YAML_VALIDATE', `Item has no mapping for key '${key}'`, context) : ''
  }
  const fields = entry('fields', !isAppended)
  const comps = entry('comps', false)
  const values = yamlValue(item, 'values')
  if (values === undefined && isAppended)
    file.warn('LOAD_APPEND_NO_VALUES', 'Overriding/appending exception with no values', context)
  if (values === undefined) return { name, context, fields, comps, values: [] }
  const inner = itemContext(context, 'exception values', '', file.markOf(values))
  if (values.kind !== 'list') return refuse('LOAD_ERR_YAML_VALIDATE', 'Rule exception values must be a sequence', inner)
  const read = yamlItems(values).map(each =>
    readEntry(each, () => within(file, within(file, inner, 'exception value', each), 'value for', each), file, budget)
  )
  return { name, context, fields, comps, values: read }
}

// an alias may stand in the list that it names, and lists of aliases may stand for millions of values
const MOST_ENTRIES = 1_000_000
const DEEPEST = 100

const readEntry = (
  node: YamlNode,
  context: () => LoadContext,
  file: RulesFile,
  budget: { left: number },
  depth = 0
): Entry => {
  budget.left -= 1
  if (budget.left < 0 || depth > DEEPEST)
    return refuse('LOAD_ERR_YAML_VALIDATE', 'Rule exception has too many values, or is nested too deeply', context())
  if (node.kind === 'null' || node.kind === 'map') return ''
  if (node.kind === 'scalar')
    return node.text === '' ? refuse('LOAD_ERR_YAML_VALIDATE', 'Value must be non-empty', context()) : node.text
  return yamlItems(node).map(each => {
    const inner = (): LoadContext => within(file, within(file, context(), 'exception', each), 'value for', each)
    return readEntry(each, inner, file, budget, depth + 1)
  })
}

const within = (file: RulesFile, context: LoadContext, itemType: ItemType, node: YamlNode): LoadContext =>
  itemContext(context, itemType, '', file.markOf(node))
