import { type CollectedRules, noRules } from './collected-rules.ts'
import { type CompiledRules, compileRules } from './compile-rules.ts'
import type { ExtraOutput } from './extra-output.ts'
import type { FieldMemo } from './field-memo.ts'
import type { LoadWarningCode } from './load-codes.ts'
import type { LoadItem, LoadResult, Warn } from './load-result.ts'
import { refusalOf } from './load-result.ts'
import { readRules } from './read-rules.ts'
import { type PluginVersion, requirementFault, versionOf } from './versions.ts'

/** A rules file that was read. */
export interface RulesContent {
  readonly name: string
  readonly content: string
}

/** What rules are loaded against. */
export interface LoadOptions<E> {
  /** One for each source of events that there is; rules for others are left out. */
  readonly memos: readonly FieldMemo<E>[]
  /** The version of Falco's engine that rules may ask for; 0.62.0 by default. */
  readonly engineVersion?: string
  /** The plugins that rules may ask for; those of audit events by default. */
  readonly plugins?: readonly PluginVersion[]
  readonly extraOutputs?: readonly ExtraOutput[]
  /** Goes on behind a file with an error, as `--validate` does. */
  readonly goesOn?: boolean
}

/** What came of loading rules files, one after the other. */
export interface LoadedRules<E> extends CompiledRules<E> {
  /** One for each file that was looked at. */
  readonly results: readonly LoadResult[]
  readonly isSuccessful: boolean
  /** Which plugin is missing, in Falco's words; told only where the files themselves are well. */
  readonly pluginFault: string | undefined
  readonly collected: CollectedRules
}

const ENGINE_VERSION = '0.62.0'
const PLUGINS = [
  { name: 'k8saudit', version: '0.18.0' },
  { name: 'json', version: '0.7.4' }
] as const

/**
 * Loads rules files in their order, as Falco does: after each file all that is defined up to there must compile, and the
 * first file with an error is the last one (falco_engine.cpp of falcosecurity/falco 0.44). Rules keep the place of their first definition.
 */
export const loadRules = <E>(files: readonly RulesContent[], options: LoadOptions<E>): LoadedRules<E> => {
  const collected = noRules()
  const memos = new Map(options.memos.map(memo => [memo.source.name, memo]))
  const memoFor = (source: string): FieldMemo<E> | undefined => memos.get(source)
  const engineVersion = versionOf(options.engineVersion ?? ENGINE_VERSION) ?? [0, 0, 0]
  const results: LoadResult[] = []
  let compiled: CompiledRules<E> = { rules: [], macros: [], lists: [] }
  for (const { name, content } of files) {
    const { warnings, warn } = warningsOf()
    const error = refusalOf(() => {
      readRules(name, content, { collected, memoFor, engineVersion }, warn)
      compiled = compileRules(collected, { memoFor, extraOutputs: options.extraOutputs ?? [], warn })
    })
    results.push({ name, isSuccessful: !error, errors: error ? [error] : [], warnings })
    if (error && options.goesOn !== true) break
  }
  const isSuccessful = results.every(result => result.isSuccessful)
  const missing = requirementFault(collected.pluginRequirements, options.plugins ?? PLUGINS)
  const pluginFault = isSuccessful ? missing : undefined
  return { ...compiled, results, isSuccessful: isSuccessful && missing === undefined, pluginFault, collected }
}

/** A file of millions of unknown keys is no reason to keep as many warnings. */
const MOST_WARNINGS = 10_000

const warningsOf = (): { warnings: LoadItem<LoadWarningCode>[]; warn: Warn } => {
  const warnings: LoadItem<LoadWarningCode>[] = []
  const warn: Warn = (code, message, context) => {
    if (warnings.length < MOST_WARNINGS) warnings.push({ code, message, context })
  }
  return { warnings, warn }
}
