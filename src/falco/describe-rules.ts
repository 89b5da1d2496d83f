import type { CompiledList } from './compile-lists.ts'
import type { CompiledMacro } from './compile-macros.ts'
import type { CompiledRule } from './compile-rules.ts'
import type { Condition } from './condition.ts'
import { type ConditionDetails, detailsOf } from './condition-details.ts'
import type { Entry } from './definitions.ts'
import type { LoadedRules } from './load-rules.ts'
import { parseCondition } from './parse-condition.ts'
import { printCondition } from './print-condition.ts'
import type { PluginRequirement } from './versions.ts'

/** Which plugin a source of events or a field belongs to. */
const PLUGINS = [
  { name: 'k8saudit', source: 'k8s_audit', fields: /^ka\./ },
  { name: 'json', source: undefined, fields: /^(json|jevt)\./ }
] as const

const sorted = (words: Iterable<string>): string[] => [...new Set(words)].sort()

/** All that was loaded, as `-L` tells it in JSON; the keys and their order are Falco's (falco_engine.cpp, describe_rule). */
export const describeRules = <E>(loaded: LoadedRules<E>): RulesDescription => ({
  lists: loaded.lists.map(list => describeList(list, loaded)),
  macros: loaded.macros.map(macro => describeMacro(macro, loaded)),
  required_engine_version: loaded.collected.requiredEngineVersion.join('.'),
  required_plugin_versions: loaded.collected.pluginRequirements.map(describeRequirement),
  rules: loaded.rules.map(rule => describeOne(rule, loaded))
})

/** One rule, as `-l` tells it in JSON; undefined where none of this name is loaded. */
export const describeRule = <E>(loaded: LoadedRules<E>, name: string): Pick<RulesDescription, 'rules'> | undefined => {
  const rule = loaded.rules.find(each => each.name === name)
  return rule && { rules: [describeOne(rule, loaded)] }
}

/** What `-L` tells. */
export interface RulesDescription {
  readonly lists: readonly object[]
  readonly macros: readonly object[]
  readonly required_engine_version: string
  readonly required_plugin_versions: readonly object[]
  readonly rules: readonly RuleDescription[]
}

/** What `-l` tells of a rule. */
export interface RuleDescription {
  readonly details: object
  readonly info: { readonly name: string; readonly description: string }
}

const describeRequirement = ([first, ...others]: PluginRequirement): object => ({
  alternatives: others.map(({ name, version }) => ({ name, version })),
  name: first?.name,
  version: first?.version
})

// what is written has the names of macros and lists still; one that only parses with its lists has none to tell
const namesIn = <E>(written: string, { collected }: LoadedRules<E>): { lists: string[]; macros: string[] } => {
  const { condition } = parseCondition(written)
  const details = condition && detailsOf(condition)
  return {
    lists: sorted([...(details?.listWords ?? [])].filter(word => collected.lists.has(word))),
    macros: sorted([...(details?.identifiers ?? [])].filter(name => collected.macros.has(name)))
  }
}

const compiledPart = (condition: Condition): { details: ConditionDetails; keys: Record<string, unknown> } => {
  const details = detailsOf(condition)
  return {
    details,
    keys: {
      condition_compiled: printCondition(condition),
      condition_fields: sorted(details.fields),
      condition_operators: sorted(details.operators)
    }
  }
}

const words = (entry: Entry): string[] => (typeof entry === 'string' ? [entry] : entry.flatMap(words))

const describeOne = <E>(rule: CompiledRule<E>, loaded: LoadedRules<E>): RuleDescription => {
  const { definition, condition, format, output, exceptionFields } = rule
  const { details, keys } = compiledPart(condition)
  const outputFields = sorted(format.fields.map(({ token }) => token))
  const { lists, macros } = namesIn(definition.condition, loaded)
  return {
    details: {
      ...keys,
      // events of plugins have but these types
      events: ['asyncevent', 'pluginevent'],
      exception_fields: exceptionFields,
      exception_names: sorted(definition.exceptions.map(({ name }) => name)),
      exception_operators: sorted(definition.exceptions.flatMap(({ comps }) => words(comps))),
      lists,
      macros,
      output_compiled: output,
      output_fields: outputFields,
      plugins: PLUGINS.filter(
        ({ source, fields }) =>
          source === rule.source || [...details.fields, ...outputFields].some(field => fields.test(field))
      )
        .map(({ name }) => name)
        .sort()
    },
    info: {
      condition: definition.condition,
      description: rule.description,
      enabled: rule.isEnabled,
      name: rule.name,
      output: definition.output,
      priority: rule.priority.name,
      source: rule.source,
      tags: rule.tags
    }
  } as RuleDescription // as: info has more than is read again
}

const describeMacro = <E>({ name, condition, isUsed }: CompiledMacro, loaded: LoadedRules<E>): object => {
  const written = loaded.collected.macros.get(name)?.condition ?? ''
  const { keys } = compiledPart(condition)
  return {
    details: { ...keys, events: [], ...namesIn(written, loaded), plugins: [], used: isUsed },
    info: { condition: written, name }
  }
}

const describeList = <E>({ name, items, isUsed }: CompiledList, loaded: LoadedRules<E>): object => {
  const written = loaded.collected.lists.get(name)?.items ?? []
  const all = new Set(items)
  return {
    details: {
      items_compiled: items,
      lists: sorted(written.filter(item => !all.has(item))),
      plugins: [],
      used: isUsed
    },
    info: { items: written.filter(item => all.has(item)), name }
  }
}
