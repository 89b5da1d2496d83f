import { type Exception, isGiven } from './definitions.ts'
import type { FieldMemo } from './field-memo.ts'
import { refuse } from './load-result.ts'
import { MODIFIERS, OPERATORS } from './words.ts'

const names = OPERATORS.map<string>(({ name }) => name)
const texts = OPERATORS.filter(({ kind }) => kind === 'text').map(({ name }) => name)
const quantified = texts.flatMap(name => MODIFIERS.map(modifier => `${name} ${modifier}`))

const normal = (comp: string): string => comp.trim().replace(/\s+/g, ' ')

/** The fields of a source of events. */
export type KnownFields = Pick<FieldMemo<never>, 'fieldAt'>

/** True for an operator on text with a modifier behind it, as `startswith oneof` (rule_loader_cmpop.h). */
export const isQuantified = (comp: string): boolean => quantified.includes(normal(comp))

/**
 * An exception with the comparisons that are meant where none is written: `=` for each of several fields, `in` for one. It
 * is refused where the source of events has no such field.
 */
export const validException = (exception: Exception, memo: KnownFields | undefined): Exception => {
  const { fields } = exception
  return typeof fields === 'string'
    ? validSingle(exception, fields, memo)
    : validSeveral(exception, fields.map(String), memo)
}

const validSingle = (exception: Exception, field: string, memo: KnownFields | undefined): Exception => {
  const { context } = exception
  const comps = isGiven(exception.comps) ? exception.comps : 'in'
  if (typeof comps !== 'string') return refuse('LOAD_ERR_VALIDATE', 'Fields and comps must both be strings', context)
  if (!['in', 'pmatch', 'intersects'].includes(comps) && !isQuantified(comps))
    refuse('LOAD_ERR_VALIDATE', 'When fields is a single value, comps must be one of (in, pmatch, intersects)', context)
  refuseUnknown(exception, field, memo)
  return { ...exception, comps }
}

const validSeveral = (exception: Exception, fields: readonly string[], memo: KnownFields | undefined): Exception => {
  const { context } = exception
  const given = typeof exception.comps === 'string' ? [] : exception.comps.map(String)
  const comps = isGiven(exception.comps) ? given : fields.map(() => '=')
  if (comps.length !== fields.length)
    refuse('LOAD_ERR_VALIDATE', 'Fields and comps lists must have equal length', context)
  const unknown = comps.find(comp => !names.includes(comp) && !isQuantified(comp))
  if (unknown !== undefined) refuse('LOAD_ERR_VALIDATE', `'${unknown}' is not a supported comparison operator`, context)
  for (const field of fields) refuseUnknown(exception, field, memo)
  return { ...exception, comps }
}

const refuseUnknown = ({ context }: Exception, field: string, memo: KnownFields | undefined): void => {
  if (memo && !memo.fieldAt(field)) refuse('LOAD_ERR_VALIDATE', `'${field}' is not a supported filter field`, context)
}
