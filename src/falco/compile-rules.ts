import { AuditError } from '../errors.ts'
import type { CollectedRules } from './collected-rules.ts'
import { compileCondition } from './compile-condition.ts'
import { type CompiledList, compileLists } from './compile-lists.ts'
import { type CompiledMacro, type ConditionReader, conditionReader } from './compile-macros.ts'
import type { Condition } from './condition.ts'
import { doubtsOf } from './condition-warnings.ts'
import type { RuleDefinition } from './definitions.ts'
import { asksTooManyEventTypes } from './event-types.ts'
import { exceptedCondition } from './exception-condition.ts'
import type { ExtraField, ExtraOutput } from './extra-output.ts'
import type { FieldMemo } from './field-memo.ts'
import { fullBudget, type LoadBudget, spend } from './load-budget.ts'
import { DEPRECATED_FIELDS } from './load-codes.ts'
import { conditionContext } from './load-context.ts'
import { refuse, type Warn } from './load-result.ts'
import { compileFormat, type OutputFormat } from './output-format.ts'
import type { Rule } from './rule.ts'
import { listSubstitution } from './substitute-lists.ts'

/** A rule ready to be asked, and what it was made of. */
export interface CompiledRule<E> extends Rule<E> {
  readonly definition: RuleDefinition
  readonly exceptionFields: readonly string[]
}

/** All that rules files define, compiled. */
export interface CompiledRules<E> {
  readonly rules: readonly CompiledRule<E>[]
  readonly macros: readonly CompiledMacro[]
  readonly lists: readonly CompiledList[]
}

/** What rules are compiled with. */
export interface RuleCompiler<E> {
  readonly memoFor: (source: string) => FieldMemo<E> | undefined
  readonly extraOutputs: readonly ExtraOutput[]
  readonly warn: Warn
}

/** Compiles all that was collected (rule_loader_compiler.cpp of falcosecurity/falco 0.44). Throws at the first fault. */
export const compileRules = <E>(collected: CollectedRules, compiler: RuleCompiler<E>): CompiledRules<E> => {
  const budget = fullBudget()
  const lists = compileLists(collected, budget)
  const reader = conditionReader(collected, listSubstitution(lists, budget), budget)
  const rules = [...collected.rules.values()].flatMap(rule =>
    rule.hasUnknownSource ? [] : (compileRule(rule, compiler, reader, budget) ?? [])
  )
  const macros = [...reader.macros.values()]
  for (const { isUsed, context } of macros)
    if (!isUsed) compiler.warn('LOAD_UNUSED_MACRO', 'Macro not referred to by any other rule/macro', context)
  for (const { isUsed, context } of lists)
    if (!isUsed) compiler.warn('LOAD_UNUSED_LIST', 'List not referred to by any other rule/macro', context)
  return { rules, macros, lists }
}

const compileRule = <E>(
  definition: RuleDefinition,
  compiler: RuleCompiler<E>,
  reader: ConditionReader,
  budget: LoadBudget
): CompiledRule<E> | undefined => {
  const { name, source, description, priority, isEnabled, context } = definition
  const memo = compiler.memoFor(source)
  if (!memo) return refuse('LOAD_ERR_VALIDATE', `Unknown source at compile-time${source}`, context)
  const { condition: text, fields: exceptionFields } = exceptedCondition(definition)
  const extra = compiler.extraOutputs.filter(each => isMeant(each, definition))
  const output = outputOf(definition, extra, compiler.warn)
  spend(budget, 'text', output.length, definition.outputContext)
  const format = formatFor(definition, output, memo, compiler.warn)
  if (!format) return undefined
  const extraFields = extra
    .flatMap(({ fields = [] }) => fields)
    .map(each => extraField(definition, each, memo, compiler.warn))
  const parsed = reader.parse(text, definition.conditionContext)
  const condition = reader.resolve(parsed, text, Infinity, context)
  const test = testFor(definition, condition, text, memo, compiler.warn)
  if (!test) return undefined
  const field = memo.source.eventTypeField
  if (definition.warnsOfEventTypes && field !== undefined && asksTooManyEventTypes(condition, field))
    compiler.warn('LOAD_NO_EVTTYPE', TOO_MANY, context)
  const tags = [...definition.tags].sort()
  return {
    ...{ name, source, description, priority, tags, isEnabled, condition, test, output, format, extraFields },
    ...{ definition, exceptionFields }
  }
}

const TOO_MANY = 'Rule matches too many evt.type values. This has a significant performance penalty.'

const CONTAINER_INFO =
  '%container.info is deprecated and no more useful, and will be dropped by Falco 1.0.0. The container plugin will automatically add required fields to the output message.'

const isMeant = (extra: ExtraOutput, { name, source, tags }: RuleDefinition): boolean =>
  (extra.source ?? source) === source && (extra.rule ?? name) === name && (extra.tags ?? []).every(tag => tags.has(tag))

const outputOf = ({ output, context }: RuleDefinition, extra: readonly ExtraOutput[], warn: Warn): string => {
  const whole = [output, ...extra.flatMap(({ format }) => format ?? [])].join(' ')
  if (!whole.includes('%container.info')) return whole
  warn('LOAD_DEPRECATED_ITEM', CONTAINER_INFO, context)
  return whole.replaceAll('%container.info', '')
}

const extraField = <E>(
  definition: RuleDefinition,
  { key, format: text, isRaw }: ExtraField,
  memo: FieldMemo<E>,
  warn: Warn
): Rule<E>['extraFields'][number] => {
  const format = formatFor({ ...definition, skipsUnknownFilter: false }, text, memo, warn)
  if (!format) throw new AuditError('IMPOSSIBLE', `the field ${key} has neither a format nor a fault`)
  return { key, format, isRaw }
}

// skip-if-unknown-filter makes a warning of these
const UNKNOWN = /nonexistent field|invalid formatting token|unknown event type|unknown filter:/

const formatFor = <E>(
  { skipsUnknownFilter, outputContext }: RuleDefinition,
  output: string,
  memo: FieldMemo<E>,
  warn: Warn
): OutputFormat<E> | undefined => {
  const { format, fault } = compileFormat(output, memo)
  if (fault !== undefined) {
    if (!skipsUnknownFilter || !UNKNOWN.test(fault)) return refuse('LOAD_ERR_COMPILE_OUTPUT', fault, outputContext)
    warn('LOAD_UNKNOWN_FILTER', fault, outputContext)
    return undefined
  }
  for (const field of Object.keys(DEPRECATED_FIELDS))
    if (output.includes(field)) {
      const message = `usage of deprecated field '${field}' has been detected in the rule output`
      warn('LOAD_DEPRECATED_ITEM', message, outputContext)
    }
  return format
}

const testFor = <E>(
  { skipsUnknownFilter, conditionContext: parent }: RuleDefinition,
  condition: Condition,
  text: string,
  memo: FieldMemo<E>,
  warn: Warn
): Rule<E>['test'] | undefined => {
  const whole = conditionContext(parent, text, { offset: 0, line: 1, column: 1 })
  const { comparesWithNa, deprecatedFields } = doubtsOf(condition)
  if (comparesWithNa) warn('LOAD_UNSAFE_NA_CHECK', '', whole)
  for (const field of deprecatedFields) warn('LOAD_DEPRECATED_ITEM', DEPRECATED_FIELDS[field], whole)
  const compiled = compileCondition(condition, memo)
  if (compiled.fault) {
    const { message, place } = compiled.fault
    const context = conditionContext(parent, text, place)
    if (!skipsUnknownFilter || !UNKNOWN.test(message)) return refuse('LOAD_ERR_COMPILE_CONDITION', message, context)
    warn('LOAD_UNKNOWN_FILTER', message, context)
    return undefined
  }
  for (const { message, place } of compiled.warnings)
    warn('LOAD_COMPILE_CONDITION', message, conditionContext(parent, text, place))
  return compiled.test
}
