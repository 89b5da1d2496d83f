import { elementsAt, isList, memberAt, memberName, NOWHERE } from '../text/json-member.ts'
import { indented } from '../text/json-indent.ts'
import { valueJson, valueText } from '../text/json-value-text.ts'
import { type AuditEvent, eventMember, placeOfMember } from './audit-event.ts'
import { type AuditField, cut } from './audit-field.ts'
import type { FieldReader } from './event-source.ts'
import { nanosecondsText } from './event-time.ts'

const readObject: FieldReader<AuditEvent> = event => {
  const text = indented(valueJson(event, event.start))
  return text === undefined ? undefined : cut(text)
}

// an index of a list as Go's strconv.Atoi takes it
const INDEX = /^[-+]?\d+$/

const readPointer = (pointer: string): FieldReader<AuditEvent> => {
  if (pointer === '') return event => cut(valueJson(event, event.start))
  const [name = '', ...names] = (pointer.startsWith('/') ? pointer.slice(1) : pointer)
    .split('/')
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  const first = eventMember(name)
  const rest = names.map(part => ({ ...memberName(part), index: INDEX.test(part) ? Number(part) : NOWHERE }))
  return event => {
    let at = placeOfMember(event, first)
    for (const step of rest) {
      if (at === NOWHERE) return undefined
      at = isList(event, at) ? (elementsAt(event, at)[step.index] ?? NOWHERE) : memberAt(event, at, step)
    }
    return at === NOWHERE ? undefined : cut(valueText(event, at))
  }
}

/** The fields of the plugin json, by either of their names (falcosecurity/plugins plugins/json/pkg/json/json.go 0.7). */
export const JSON_FIELDS: readonly AuditField[] = ['json', 'jevt'].flatMap((prefix): readonly AuditField[] => [
  {
    ...{ name: `${prefix}.value`, type: 'CHARBUF', isList: false, argument: 'key', isArgumentRequired: true },
    description: 'value at a JSON pointer (RFC 6901)',
    readerFor: argument => readPointer(argument ?? '')
  },
  {
    ...{ name: `${prefix}.obj`, type: 'CHARBUF', isList: false },
    description: 'the whole event as JSON on several lines',
    readerFor: () => readObject
  },
  {
    ...{ name: `${prefix}.rawtime`, type: 'CHARBUF', isList: false },
    description: 'time of the event in nanoseconds, as a text',
    readerFor: () => nanosecondsText
  }
])
