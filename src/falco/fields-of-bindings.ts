import { elementsAt, memberAt, memberName, NOWHERE } from '../text/json-member.ts'
import { valueText } from '../text/json-value-text.ts'
import type { AuditEvent } from './audit-event.ts'
import { type AuditField, indexField, keyField, listField, textField } from './audit-field.ts'
import { auditPath, placeOf } from './audit-path.ts'
import { readElements, readFlattened, readPath, type ReadTexts } from './read-audit.ts'

const SUBJECTS = auditPath('requestObject subjects')
const KIND = memberName('kind')
const NAME = memberName('name')
const NAMESPACE = memberName('namespace')

// names of the subjects of one kind; without a namespace there is no name in one
const subjects =
  (kind: string, isInNamespace = false): ReadTexts =>
  event => {
    const at = placeOf(event, SUBJECTS)
    if (at === NOWHERE) return undefined
    return elementsAt(event, at).flatMap(subject => {
      if (textOf(event, subject, KIND) !== kind) return []
      const name = textOf(event, subject, NAME)
      const namespace = isInNamespace ? textOf(event, subject, NAMESPACE) : ''
      if (name === undefined || namespace === undefined) return []
      return [isInNamespace ? `${namespace}:${name}` : name]
    })
  }

const textOf = (event: AuditEvent, at: number, member: typeof KIND): string | undefined => {
  const value = memberAt(event, at, member)
  return value === NOWHERE ? undefined : valueText(event, value)
}

const ruleField = (member: string, description: string): AuditField =>
  indexField(`ka.req.role.rules.${member}`, description, readFlattened(`requestObject rules ${member}`))

const SINCE_NAMES = { since: '0.12.0' }

/** What a request binds to which role, and what it says of config maps (as in fields.go). */
export const BINDING_FIELDS: readonly AuditField[] = [
  listField('ka.req.binding.subjects', 'subjects of a binding, each as JSON', readElements('requestObject subjects')),
  listField('ka.req.binding.subjects.user_names', 'users of a binding', subjects('User'), SINCE_NAMES),
  listField(
    'ka.req.binding.subjects.serviceaccount_names',
    'service accounts of a binding',
    subjects('ServiceAccount'),
    SINCE_NAMES
  ),
  listField(
    'ka.req.binding.subjects.serviceaccount_ns_names',
    'service accounts of a binding, as namespace:name',
    subjects('ServiceAccount', true),
    SINCE_NAMES
  ),
  listField('ka.req.binding.subjects.group_names', 'groups of a binding', subjects('Group'), SINCE_NAMES),
  textField('ka.req.binding.role', 'role that a binding gives', readPath('requestObject roleRef name')),
  keyField('ka.req.binding.subject.has_name', 'deprecated, without a meaning', () => () => 'true', {
    quirk: '"true" always, also where no subject has that name'
  }),
  textField('ka.req.configmap.name', 'name of the object that the request is for', readPath('objectRef name')),
  textField('ka.req.configmap.obj', 'data of a config map, as JSON', readPath('requestObject data'))
]

/** What the rules of a role allow. */
export const ROLE_FIELDS: readonly AuditField[] = [
  listField('ka.req.role.rules', 'rules of a role, each as JSON', readElements('requestObject rules')),
  ruleField('apiGroups', 'API groups of the rules of a role'),
  ruleField('nonResourceURLs', 'paths of the rules of a role that are no resources'),
  ruleField('verbs', 'verbs of the rules of a role'),
  ruleField('resources', 'resources of the rules of a role')
]
