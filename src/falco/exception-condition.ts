import { quotedItem } from './compile-lists.ts'
import type { Entry, Exception, RuleDefinition } from './definitions.ts'
import { isQuantified } from './exception-fields.ts'
import { refuseLong } from './load-budget.ts'
import { refuse } from './load-result.ts'
import { OPERATORS } from './words.ts'

/** A condition with a rule's exceptions in it, and the fields that these ask. */
export interface ExceptedCondition {
  readonly condition: string
  readonly fields: readonly string[]
}

/** The text of a rule's condition and not any of its exceptions (rule_loader_compiler.cpp, build_rule_exception_infos). */
export const exceptedCondition = ({ condition, exceptions, context }: RuleDefinition): ExceptedCondition => {
  if (exceptions.length === 0) return { condition, fields: [] }
  const fields = new Set<string>()
  let text = `(${condition})`
  for (const exception of exceptions) {
    const { values } = exception
    if (values.length === 0) continue
    refuseLong(text.length + lengthOf(values), context)
    const own = typeof exception.fields === 'string' ? [exception.fields] : exception.fields.map(String)
    for (const field of own) fields.add(field)
    text += ` and not ${typeof exception.fields === 'string' ? single(exception) : several(exception, own)}`
  }
  return { condition: text, fields: [...fields].sort() }
}

const lengthOf = (entry: Entry): number =>
  typeof entry === 'string' ? entry.length + 4 : entry.reduce((sum, each) => sum + lengthOf(each), 0)

const single = ({ fields, comps, values, context }: Exception): string => {
  const words = values.map(value =>
    typeof value === 'string'
      ? quotedItem(value)
      : refuse('LOAD_ERR_VALIDATE', 'Expected values array to contain a list of strings', context)
  )
  return `(${String(fields)} ${String(comps)} (${words.join(', ')}))`
}

const several = ({ comps, values, context }: Exception, fields: readonly string[]): string => {
  const rows = values.map(row => {
    const words = typeof row === 'string' ? [] : row
    if (words.length !== fields.length)
      refuse('LOAD_ERR_VALIDATE', 'Fields and values lists must have equal length', context)
    return `(${fields.map((field, column) => ` ${field} ${comparison(comps[column], words[column] ?? '')}`).join(' and ')})`
  })
  return `(${rows.join(' or ')})`
}

const comparison = (comp: Entry | undefined, value: Entry): string => {
  const operator = String(comp ?? '')
  if (typeof value !== 'string')
    return `${operator} (${value.map(each => quotedItem(typeof each === 'string' ? each : '')).join(', ')})`
  return `${operator} ${takesList(operator) ? (value[0] === '(' ? value : `(${value})`) : quotedItem(value)}`
}

const listOperators = OPERATORS.filter(({ kind }) => kind === 'list').map<string>(({ name }) => name)

const takesList = (operator: string): boolean => listOperators.includes(operator) || isQuantified(operator)
