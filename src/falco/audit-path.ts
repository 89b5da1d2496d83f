import { elementsAt, isList, memberAt, type MemberName, memberName, NOWHERE } from '../text/json-member.ts'
import { type AuditEvent, type EventMember, eventMember, placeOfMember } from './audit-event.ts'

/** A way through an event: the member that it begins with, and the names behind it. */
export interface AuditPath {
  readonly first: EventMember
  readonly rest: readonly MemberName[]
}

/** A path whose names have a blank between them, as `requestObject spec containers`; the names have dots and slashes. */
export const auditPath = (path: string): AuditPath => {
  const [first = '', ...rest] = path.split(' ')
  return { first: eventMember(first), rest: rest.map(memberName) }
}

const AUDIT_ID = eventMember('auditID')

/** True for an event with an auditID: of others the plugin tells nothing. */
export const isAudit = (event: AuditEvent): boolean => placeOfMember(event, AUDIT_ID) !== NOWHERE

/** Where the value at a path begins that leads through mappings alone; NOWHERE where it is not there. */
export const placeOf = (event: AuditEvent, { first, rest }: AuditPath): number => {
  let at = placeOfMember(event, first)
  for (const name of rest) {
    if (at === NOWHERE) return NOWHERE
    at = memberAt(event, at, name)
  }
  return at
}

/**
 * Where the values at a path begin, through each element of a list on the way, with NOWHERE for an element that has none; an
 * index picks that element of each list instead. Undefined where the path ends before, or a list has not as many. What stands
 * at the end of the path is not entered (falcosecurity/plugins k8saudit/extract.go 0.18: getValuesRecursive).
 */
export const placesOf = (event: AuditEvent, path: AuditPath, index?: number): readonly number[] | undefined => {
  const at = placeOfMember(event, path.first)
  const found: number[] = []
  return at !== NOWHERE && follow(event, at, path.rest, 0, index, found) ? found : undefined
}

const follow = (
  event: AuditEvent,
  start: number,
  names: readonly MemberName[],
  from: number,
  index: number | undefined,
  found: number[]
): boolean => {
  let at = start
  for (let step = from; step < names.length; step++) {
    if (isList(event, at)) {
      const elements = elementsAt(event, at)
      if (index === undefined) {
        for (const element of elements) if (!follow(event, element, names, step, index, found)) found.push(NOWHERE)
        return true
      }
      at = elements[index] ?? NOWHERE
    }
    const name = names[step]
    if (at !== NOWHERE && name && name !== ITSELF) at = memberAt(event, at, name)
    if (at === NOWHERE) return false
  }
  found.push(at)
  return true
}

/** A step that leads to what is there, through a list to each of its elements. */
export const ITSELF: MemberName = memberName('')
