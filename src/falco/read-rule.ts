import { type YamlNode, yamlValue } from '../text/yaml-documents.ts'
import { appendToRule, defineRule, enableRule, type MemoFor, replaceInRule } from './collect-rule.ts'
import type { CollectedRules } from './collected-rules.ts'
import type { RuleProperties, RuleUpdate } from './definitions.ts'
import { itemContext, type LoadContext } from './load-context.ts'
import { refuse } from './load-result.ts'
import { OVERRIDABLE, type OverrideKind, type Overrides, overridesOf } from './override-keys.ts'
import { type Priority, priorityNamed } from './priorities.ts'
import { readExceptions } from './read-exceptions.ts'
import { flagValue, numberValue, required, type RulesFile, textsValue, textValue } from './rule-values.ts'

/** Falco's word for `append: true`, which every kind of item may have. */
export const APPEND_WARNING =
  "'append' key is deprecated. Add an 'append' entry (e.g. 'condition: append') under 'override' instead."
/** Falco's word where both ways are gone at once. */
export const APPEND_AND_OVERRIDE =
  "Keys 'override' and 'append: true' cannot be used together. Add an 'append' entry (e.g. 'condition: append') under 'override' instead."
const ENABLED_WARNING =
  "The standalone 'enabled' key usage is deprecated. The correct approach requires also a 'replace' entry under the 'override' key (i.e. 'enabled: replace')."

/** Reads a rule, or what changes one, and takes it (rule_loader_reader.cpp of falcosecurity/falco 0.44). */
export const readRule = (
  file: RulesFile,
  item: YamlNode,
  context: LoadContext,
  name: string,
  collected: CollectedRules,
  memoFor: MemoFor
): void => {
  const isAppended = flagValue(file, item, 'append', context) ?? false
  if (isAppended) file.warn('LOAD_DEPRECATED_ITEM', APPEND_WARNING, context)
  const overrides = overridesOf(file, item, OVERRIDABLE.rule, context)
  if (isAppended && overrides.size > 0) refuse('LOAD_ERR_YAML_VALIDATE', APPEND_AND_OVERRIDE, context)
  if (overrides.size > 0) return override(file, item, context, name, overrides, collected, memoFor)
  if (isAppended) {
    const changes = changesOf(file, item, context, ['condition', 'exceptions'], 'append')
    return appendToRule(collected, { name, context, source: updatedSource(item), changes }, memoFor)
  }
  if (['condition', 'output', 'desc', 'priority'].every(key => yamlValue(item, key) === undefined)) {
    const isEnabled = required(flagValue, file, item, 'enabled', context)
    file.warn('LOAD_DEPRECATED_ITEM', ENABLED_WARNING, context)
    return enableRule(collected, { name, context, isEnabled })
  }
  defineRule(collected, readDefinition(file, item, context, name), memoFor, file.warn)
}

type Key = keyof typeof OVERRIDABLE.rule

/** How the value of each key is read, and what of a rule it says. */
const PROPERTIES = {
  condition: (file, item, context) => ({ condition: required(textValue, file, item, 'condition', context) }),
  exceptions: (file, item, context, kind) => ({
    exceptions: readExceptions(file, item, context, kind === 'append')
  }),
  output: (file, item, context) => ({ output: required(textValue, file, item, 'output', context) }),
  desc: (file, item, context) => ({ description: required(textValue, file, item, 'desc', context) }),
  tags: (file, item, context) => ({ tags: new Set(textsValue(file, item, 'tags', context)) }),
  priority: (file, item, context) => ({ priority: readPriority(file, item, context) }),
  enabled: (file, item, context) => ({ isEnabled: required(flagValue, file, item, 'enabled', context) }),
  warn_evttypes: (file, item, context) => ({
    warnsOfEventTypes: required(flagValue, file, item, 'warn_evttypes', context)
  }),
  'skip-if-unknown-filter': (file, item, context) => ({
    skipsUnknownFilter: required(flagValue, file, item, 'skip-if-unknown-filter', context)
  }),
  capture: (file, item, context) => ({ captures: required(flagValue, file, item, 'capture', context) }),
  capture_duration: (file, item, context) => ({
    captureDuration: required(numberValue, file, item, 'capture_duration', context)
  })
} as const satisfies Record<
  Key,
  (file: RulesFile, item: YamlNode, context: LoadContext, kind: OverrideKind) => Partial<RuleProperties>
>

const KEYS = Object.keys(PROPERTIES) as Key[] // as: the keys of a literal

const readPriority = (file: RulesFile, item: YamlNode, context: LoadContext): Priority => {
  const word = required(textValue, file, item, 'priority', context)
  return (
    priorityNamed(word) ??
    refuse('LOAD_ERR_YAML_VALIDATE', 'Invalid priority', valueContext(file, item, 'priority', 'rule priority', context))
  )
}

/** The context of a value that is there. */
export const valueContext = (
  file: RulesFile,
  item: YamlNode,
  key: string,
  itemType: 'rule condition' | 'rule output' | 'rule priority' | 'macro condition',
  context: LoadContext
): LoadContext => itemContext(context, itemType, '', file.markOf(yamlValue(item, key) ?? item))

const changesOf = (
  file: RulesFile,
  item: YamlNode,
  context: LoadContext,
  keys: readonly Key[],
  kind: OverrideKind
): RuleUpdate['changes'] => {
  const there = keys.filter(key => yamlValue(item, key) !== undefined)
  return Object.assign({}, ...there.map(key => PROPERTIES[key](file, item, context, kind)))
}

// one that is written and empty says nothing
const updatedSource = (item: YamlNode): string => {
  const source = yamlValue(item, 'source')
  return source?.kind === 'scalar' ? source.text : ''
}

const override = (
  file: RulesFile,
  item: YamlNode,
  context: LoadContext,
  name: string,
  overrides: Overrides,
  collected: CollectedRules,
  memoFor: MemoFor
): void => {
  const keysOf = (kind: OverrideKind): Key[] => KEYS.filter(key => overrides.get(key) === kind)
  const updateOf = (kind: OverrideKind): RuleUpdate => {
    for (const key of keysOf(kind)) {
      if (yamlValue(item, key) !== undefined) continue
      const article = `An ${kind} override for '${key}' was specified but '${key}' is not defined`
      refuse('LOAD_ERR_YAML_VALIDATE', article, context)
    }
    return { name, context, source: updatedSource(item), changes: changesOf(file, item, context, keysOf(kind), kind) }
  }
  if (keysOf('append').length > 0) appendToRule(collected, updateOf('append'), memoFor)
  if (keysOf('replace').length > 0) replaceInRule(collected, updateOf('replace'), memoFor)
  const unexpected = [...KEYS].sort().find(key => yamlValue(item, key) !== undefined && !overrides.has(key))
  if (unexpected === undefined) return
  const value = yamlValue(item, unexpected) ?? item
  refuse(
    'LOAD_ERR_YAML_VALIDATE',
    `Unexpected key '${unexpected}': no corresponding entry under 'override' is defined.`,
    itemContext(context, 'overrides', unexpected, file.markOf(value))
  )
}

const readDefinition = (
  file: RulesFile,
  item: YamlNode,
  context: LoadContext,
  name: string
): Parameters<typeof defineRule>[1] => {
  const condition = required(textValue, file, item, 'condition', context)
  const output = required(textValue, file, item, 'output', context).trim()
  const description = required(textValue, file, item, 'desc', context)
  const priority = readPriority(file, item, context)
  return {
    ...{ name, context, condition, output, description, priority },
    conditionContext: valueContext(file, item, 'condition', 'rule condition', context),
    outputContext: valueContext(file, item, 'output', 'rule output', context),
    source: textValue(file, item, 'source', context) ?? 'syscall',
    isEnabled: flagValue(file, item, 'enabled', context) ?? true,
    warnsOfEventTypes: flagValue(file, item, 'warn_evttypes', context) ?? true,
    skipsUnknownFilter: flagValue(file, item, 'skip-if-unknown-filter', context) ?? false,
    captures: flagValue(file, item, 'capture', context) ?? false,
    captureDuration: numberValue(file, item, 'capture_duration', context) ?? 0,
    tags: new Set(textsValue(file, item, 'tags', context)),
    exceptions: readExceptions(file, item, context, false)
  }
}
