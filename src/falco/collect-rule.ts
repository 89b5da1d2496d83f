import { type CollectedRules, defineItem } from './collected-rules.ts'
import { type Exception, isGiven, type RuleDefinition, type RuleUpdate, type Unordered } from './definitions.ts'
import { type KnownFields, validException } from './exception-fields.ts'
import { appended } from './load-budget.ts'
import type { LoadContext } from './load-context.ts'
import { refuse, type Warn } from './load-result.ts'

/** The fields of a source of events; undefined for a source that is not there. */
export type MemoFor = (source: string) => KnownFields | undefined

const invalid = (message: string, context: LoadContext): never => refuse('LOAD_ERR_VALIDATE', message, context)

const OTHER_SOURCE = 'Rule has been re-defined with a different source'
// each costs a pass over the others
const MOST_EXCEPTIONS = 1000

/** Puts a rule in, or in the place of an earlier one. A rule for a source that is not there is kept, but never compiled. */
export const defineRule = (
  collected: CollectedRules,
  rule: Omit<Unordered<RuleDefinition>, 'hasUnknownSource'>,
  memoFor: MemoFor,
  warn: Warn
): void => {
  const previous = collected.rules.get(rule.name)
  if (previous && previous.source !== rule.source) invalid(OTHER_SOURCE, rule.context)
  const memo = memoFor(rule.source)
  if (!memo) warn('LOAD_UNKNOWN_SOURCE', `Unknown source ${rule.source}, skipping`, rule.context)
  const exceptions = rule.exceptions.map(exception => defined(exception, memo))
  refuseMany(exceptions, rule.context)
  defineItem(collected, collected.rules, { ...rule, exceptions, hasUnknownSource: !memo })
}

const defined = (exception: Exception, memo: KnownFields | undefined): Exception =>
  isGiven(exception.fields)
    ? validException(exception, memo)
    : invalid('Rule exception item must have fields property with a list of fields', exception.context)

const refuseMany = (exceptions: readonly Exception[], context: LoadContext): void => {
  if (exceptions.length > MOST_EXCEPTIONS) invalid(`Rule has more than ${MOST_EXCEPTIONS} exceptions`, context)
}

const NO_PREVIOUS = {
  append: "Rule uses 'append' or 'override.<key>: append' but no rule by that name already exists",
  replace: "An 'override.<key>: replace' to a rule was requested but no rule by that name already exists"
} as const

const NO_CHANGE = {
  append: 'Appended rule must have exceptions or condition property',
  replace: 'The rule must have at least one field that can be replaced'
} as const

const previousOf = (
  { rules }: CollectedRules,
  { name, context, source, changes }: RuleUpdate,
  kind: 'append' | 'replace'
): RuleDefinition => {
  const previous = rules.get(name) ?? invalid(NO_PREVIOUS[kind], context)
  if (Object.keys(changes).length === 0) invalid(NO_CHANGE[kind], context)
  if (source !== '' && source !== previous.source) invalid(OTHER_SOURCE, context)
  return previous
}

/** Adds to a rule that is there. */
export const appendToRule = (collected: CollectedRules, update: RuleUpdate, memoFor: MemoFor): void => {
  const previous = previousOf(collected, update, 'append')
  const { context, changes } = update
  const { condition, output, description, tags, exceptions } = changes
  for (const tag of tags ?? []) previous.tags.add(tag)
  for (const exception of exceptions ?? []) appendException(previous.exceptions, exception, memoFor(previous.source))
  refuseMany(previous.exceptions, context)
  collected.rules.set(update.name, {
    ...previous,
    condition: appended(previous.condition, condition, context),
    output: appended(previous.output, output, context),
    description: appended(previous.description, description, context),
    visibility: collected.next++
  })
}

const appendException = (known: Exception[], exception: Exception, memo: KnownFields | undefined): void => {
  const { context, fields, comps, values } = exception
  const previous = known.find(({ name }) => name === exception.name)
  if (!previous) {
    if (!isGiven(fields)) invalid('Rule exception must have fields property with a list of fields', context)
    if (values.length === 0) invalid('Rule exception must have values property with a list of values', context)
    known.push(validException(exception, memo))
    return
  }
  if (isGiven(fields)) invalid('Can not append exception fields to existing exception, only values', context)
  if (isGiven(comps)) invalid('Can not append exception comps to existing exception, only values', context)
  for (const value of values) previous.values.push(value)
}

/** Changes what a rule that is there says. */
export const replaceInRule = (collected: CollectedRules, update: RuleUpdate, memoFor: MemoFor): void => {
  const previous = previousOf(collected, update, 'replace')
  const { exceptions } = update.changes
  collected.rules.set(update.name, {
    ...previous,
    ...update.changes,
    ...(exceptions && { exceptions: exceptions.map(each => defined(each, memoFor(previous.source))) }),
    visibility: collected.next++
  })
}

/** Switches a rule that is there on or off. */
export const enableRule = (
  collected: CollectedRules,
  { name, context, isEnabled }: Pick<RuleDefinition, 'name' | 'context' | 'isEnabled'>
): void => {
  const previous =
    collected.rules.get(name) ?? invalid("Rule has 'enabled' key but no rule by that name already exists", context)
  collected.rules.set(name, { ...previous, isEnabled })
}
