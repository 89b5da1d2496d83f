import { AuditError } from '../errors.ts'
import { globMatcher } from '../text/glob.ts'
import { isRecord } from '../text/guard.ts'
import type { AlertOptions } from './alert.ts'
import { type ConfigurationTree, CORRECT_SETTING } from './configuration-tree.ts'
import type { ExtraField, ExtraOutput } from './extra-output.ts'
import { PLUGIN_DEFAULTS } from './plugin-defaults.ts'
import { type Priority, PRIORITIES, priorityNamed } from './priorities.ts'
import type { Rule } from './rule.ts'

/** What falco.yaml and `-o` say, as far as it counts here. */
export interface Configuration extends Omit<AlertOptions, 'hostname'> {
  readonly rulesFiles: readonly string[]
  /** Which rules are switched on and off, one after the other. */
  readonly selections: readonly Selection[]
  readonly leastPriority: Priority
  readonly matching: 'first' | 'all'
  readonly appended: readonly ExtraOutput[]
  readonly toStdout: boolean
  /** The file to which alerts are written too. */
  readonly file?: string
  readonly plugin: PluginSettings
  /** Outputs that are switched on there, and are Falco's alone. */
  readonly outputsNotHere: readonly string[]
}

/** Rules by their names or by a tag; `*` in a name stands for any characters. */
export interface Selection {
  readonly isEnabled: boolean
  readonly rule?: string
  readonly tag?: string
}

/** The settings of the k8saudit plugin. */
export interface PluginSettings {
  /** Bytes; an event that is larger is dropped. */
  readonly maxEventSize: number
  readonly webhookMaxBatchSize: number
  /** A PEM file with key and certificate. */
  readonly sslCertificate: string
  /** Where events come from: an address, a file or a directory. */
  readonly openParams?: string
  /** Fields are read as they are documented, not with the plugin's faults. */
  readonly isCorrected: boolean
}

/** What is so where nothing is said: falco.yaml as Falco ships it, and the defaults of the plugin. */
export const DEFAULT_TREE: ConfigurationTree = {
  rules_files: [],
  rules: [],
  priority: 'debug',
  rule_matching: 'first',
  json_output: false,
  json_include_output_property: true,
  json_include_tags_property: true,
  json_include_message_property: false,
  json_include_output_fields_property: true,
  time_format_iso_8601: false,
  append_output: [],
  stdout_output: { enabled: true },
  file_output: { enabled: false, keep_alive: false, filename: './events.txt' },
  plugins: [
    {
      name: 'k8saudit',
      init_config: PLUGIN_DEFAULTS
    },
    { name: 'json' }
  ],
  k8saudit: { correct_quirks: false }
}

const OTHER_OUTPUTS = ['http_output', 'program_output', 'syslog_output', 'grpc_output']

/** Reads a configuration out of a tree. Throws BAD_SETTINGS that names the key, what was found and what is wanted. */
export const configurationOf = (tree: ConfigurationTree): Configuration => {
  const flag = (key: string): boolean => booleanOf(tree[key], key)
  const file = recordOf(tree.file_output, 'file_output')
  const quirks = recordOf(tree.k8saudit, 'k8saudit')
  return {
    rulesFiles: textsOf(tree.rules_files ?? tree.rules_file, 'rules_files'),
    selections: itemsOf(tree.rules, 'rules').flatMap(selectionsOf),
    leastPriority: priorityOf(tree.priority),
    matching: oneOf(tree.rule_matching, 'rule_matching', ['first', 'all']),
    isJson: flag('json_output'),
    includeOutput: flag('json_include_output_property'),
    includeTags: flag('json_include_tags_property'),
    includeMessage: flag('json_include_message_property'),
    includeOutputFields: flag('json_include_output_fields_property'),
    isIso8601: flag('time_format_iso_8601'),
    appended: itemsOf(tree.append_output, 'append_output').flatMap(appendedOf),
    toStdout: booleanOf(recordOf(tree.stdout_output, 'stdout_output').enabled ?? true, 'stdout_output.enabled'),
    ...(booleanOf(file.enabled ?? false, 'file_output.enabled') && {
      file: textOf(file.filename ?? './events.txt', 'file_output.filename')
    }),
    plugin: {
      ...pluginOf(itemsOf(tree.plugins, 'plugins')),
      isCorrected: booleanOf(quirks.correct_quirks ?? false, 'k8saudit.correct_quirks')
    },
    outputsNotHere: OTHER_OUTPUTS.filter(key => {
      const output = tree[key]
      return isRecord(output) && booleanOf(output.enabled ?? false, `${key}.enabled`)
    })
  }
}

/** Rules with the selections applied in their order. */
export const selectRules = <E>(rules: readonly Rule<E>[], selections: readonly Selection[]): Rule<E>[] => {
  const tests = selections.map(({ isEnabled, rule, tag }) => {
    const named = rule === undefined ? undefined : globMatcher(rule)
    const isMeant = ({ name, tags }: Rule<E>): boolean =>
      (named?.(name) ?? true) && (tag === undefined || tags.includes(tag))
    return { isEnabled, isMeant }
  })
  return rules.map(rule => ({
    ...rule,
    isEnabled: tests.reduce((isEnabled, test) => (test.isMeant(rule) ? test.isEnabled : isEnabled), rule.isEnabled)
  }))
}

const shown = (found: unknown): string => {
  const text = JSON.stringify(found) ?? 'nothing'
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}...` : text
}

const MOST_SHOWN = 200

const fault = (key: string, wanted: string, found: unknown): AuditError =>
  new AuditError('BAD_SETTINGS', `${key}: ${wanted} is wanted, found ${shown(found)}`, {
    next: CORRECT_SETTING
  })

const booleanOf = (value: unknown, key: string): boolean => {
  // yaml-cpp takes these words too
  if (/^(true|yes|on|y)$/i.test(String(value))) return true
  if (/^(false|no|off|n)$/i.test(String(value))) return false
  throw fault(key, 'true or false', value)
}

const recordOf = (value: unknown, key: string): Readonly<Record<string, unknown>> => {
  if (value === undefined || value === null) return {}
  if (isRecord(value)) return value
  throw fault(key, 'a mapping', value)
}

const itemsOf = (value: unknown, key: string): readonly unknown[] => {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value
  throw fault(key, 'a list', value)
}

const textOf = (value: unknown, key: string): string => {
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  throw fault(key, 'a text', value)
}

const textsOf = (value: unknown, key: string): string[] =>
  typeof value === 'string' ? [value] : itemsOf(value, key).map((each, index) => textOf(each, `${key}[${index}]`))

const oneOf = <T extends string>(value: unknown, key: string, words: readonly T[]): T => {
  const word = words.find(each => each === value)
  if (word === undefined) throw fault(key, words.join(' or '), value)
  return word
}

const priorityOf = (value: unknown): Priority => {
  const priority = typeof value === 'string' ? priorityNamed(value) : undefined
  if (!priority) throw fault('priority', PRIORITIES.map(({ name }) => name.toLowerCase()).join(', '), value)
  return priority
}

const selectionsOf = (item: unknown, index: number): Selection[] => {
  const key = `rules[${index}]`
  return Object.entries(recordOf(item, key)).map(([word, what]) => {
    if (word !== 'enable' && word !== 'disable') throw fault(key, 'enable or disable', word)
    const { rule, tag } = recordOf(what, `${key}.${word}`)
    if (rule === undefined && tag === undefined) throw fault(`${key}.${word}`, 'rule or tag', what)
    return {
      isEnabled: word === 'enable',
      ...(rule !== undefined && { rule: textOf(rule, `${key}.${word}.rule`) }),
      ...(tag !== undefined && { tag: textOf(tag, `${key}.${word}.tag`) })
    }
  })
}

const appendedOf = (item: unknown, index: number): ExtraOutput[] => {
  const key = `append_output[${index}]`
  const { match, extra_output: format, extra_fields: fields } = recordOf(item, key)
  if (format === undefined && fields === undefined) return []
  const { source, rule, tags } = recordOf(match, `${key}.match`)
  return [
    {
      ...(format !== undefined && { format: textOf(format, `${key}.extra_output`) }),
      fields: itemsOf(fields, `${key}.extra_fields`).flatMap((field, at) =>
        extraFieldsOf(field, `${key}.extra_fields[${at}]`)
      ),
      ...(source !== undefined && { source: textOf(source, `${key}.match.source`) }),
      ...(rule !== undefined && { rule: textOf(rule, `${key}.match.rule`) }),
      ...(tags !== undefined && { tags: textsOf(tags, `${key}.match.tags`) })
    }
  ]
}

// the name of a field, or keys with texts
const extraFieldsOf = (item: unknown, key: string): ExtraField[] =>
  typeof item === 'string'
    ? [{ key: item, format: `%${item}`, isRaw: true }]
    : Object.entries(recordOf(item, key)).map(([name, text]) => ({
        key: name,
        format: textOf(text, `${key}.${name}`),
        isRaw: false
      }))

const pluginOf = (items: readonly unknown[]): Omit<PluginSettings, 'isCorrected'> => {
  const plugin = items.map((item, index) => recordOf(item, `plugins[${index}]`)).find(({ name }) => name === 'k8saudit')
  const init = initOf(plugin?.init_config)
  const size = (key: 'maxEventSize' | 'webhookMaxBatchSize'): number => {
    const value = init[key] ?? PLUGIN_DEFAULTS[key]
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value
    throw fault(`plugins: init_config.${key}`, 'a whole number of bytes', value)
  }
  const open = plugin?.open_params
  return {
    maxEventSize: size('maxEventSize'),
    webhookMaxBatchSize: size('webhookMaxBatchSize'),
    sslCertificate: textOf(
      init.sslCertificate ?? PLUGIN_DEFAULTS.sslCertificate,
      'plugins: init_config.sslCertificate'
    ),
    ...(open !== undefined && open !== null && open !== '' && { openParams: textOf(open, 'plugins: open_params') })
  }
}

// a mapping, or a text with JSON in it
const initOf = (value: unknown): Readonly<Record<string, unknown>> => {
  if (typeof value !== 'string') return recordOf(value, 'plugins: init_config')
  if (value.trim() === '') return {}
  try {
    return recordOf(JSON.parse(value), 'plugins: init_config')
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw fault('plugins: init_config', 'a mapping or JSON', value)
  }
}
