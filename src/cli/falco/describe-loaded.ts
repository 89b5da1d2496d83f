import { AuditError } from '../../errors.ts'
import type { AuditEvent } from '../../falco/audit-event.ts'
import { describeRule, describeRules, type RulesDescription } from '../../falco/describe-rules.ts'
import type { LoadedRules } from '../../falco/load-rules.ts'
import { falcoDescriptionLines } from '../../render/falco-description.ts'
import { jsonLine } from '../../render/json-line.ts'
import { harmless } from '../../render/paint.ts'
import { resultOf } from '../../render/result.ts'
import type { Args } from '../options.ts'
import type { Asked } from './validate-rules.ts'

/** What `-L` or `-l` ask of rules; undefined where neither is given. Throws USAGE for a rule that is not there. */
export const askedDescription = (
  loaded: LoadedRules<AuditEvent>,
  args: Args
): Pick<RulesDescription, 'rules'> | undefined => {
  const name = args.text('rule')
  if (name === undefined) return args.has('list-rules') ? describeRules(loaded) : undefined
  const described = describeRule(loaded, name)
  if (!described) throw new AuditError('USAGE', `-l: no rule "${name}" is loaded; -L lists them`)
  return described
}

/** A description as the table of `-L`. */
export const descriptionText = ({ rules }: Pick<RulesDescription, 'rules'>): string =>
  falcoDescriptionLines(rules).map(harmless).join('\n')

/** Prints what `askedDescription` gave. Gives 0. */
export const printDescription = (
  described: Pick<RulesDescription, 'rules'>,
  { configuration, session, io }: Asked
): number => {
  if (configuration.isJson) {
    const json = session.isJson ? resultOf('FalcoRules', { ...described }) : described
    io.out(jsonLine(json))
  } else io.out(`${descriptionText(described)}\n`)
  return 0
}
