import { AuditError } from '../errors.ts'
import { RULE_TEMPLATES } from './rule-templates.generated.ts'

/** The names of the rules files that come with this program. */
export const RULE_TEMPLATE_NAMES: readonly string[] = Object.keys(RULE_TEMPLATES)

/** The rules file of a name. Throws USAGE, which lists the names. */
export const ruleTemplate = (name: string): string => {
  const text = Object.hasOwn(RULE_TEMPLATES, name) ? RULE_TEMPLATES[name] : undefined
  if (text !== undefined) return text
  throw new AuditError('USAGE', `there is no template "${name}"; there are ${RULE_TEMPLATE_NAMES.join(', ')}`)
}
