import { elementsAt, isList, NOWHERE } from '../text/json-member.ts'
import { stringText, valueText } from '../text/json-value-text.ts'
import type { AuditEvent } from './audit-event.ts'
import { auditPath, placeOf, placesOf } from './audit-path.ts'

/** Reads one value, as Go has it: a byte string that may hold a NUL. */
export type ReadText = (event: AuditEvent) => string | undefined

/** Reads several values; with an index those of that element of the lists on the way. */
export type ReadTexts = (event: AuditEvent, index?: number) => readonly string[] | undefined

/** Reads the value at a path; what is no string is its JSON, as `null`. */
export const readPath = (path: string): ReadText => {
  const steps = auditPath(path)
  return event => {
    const at = placeOf(event, steps)
    return at === NOWHERE ? undefined : valueText(event, at)
  }
}

/** Reads the string at a path; undefined for every other value. */
export const readString = (path: string): ReadText => {
  const steps = auditPath(path)
  return event => {
    const at = placeOf(event, steps)
    return at === NOWHERE ? undefined : stringText(event, at)
  }
}

/** Reads the elements of the list at a path. */
export const readElements = (path: string): ReadTexts => {
  const steps = auditPath(path)
  return (event, index) => {
    const at = placeOf(event, steps)
    const texts = at === NOWHERE ? undefined : elementTexts(event, at)
    return index === undefined ? texts : texts?.slice(index, index + 1)
  }
}

/** The elements of the list at a place; undefined where there is something else. */
export const elementTexts = (event: AuditEvent, at: number): readonly string[] | undefined =>
  isList(event, at) ? elementsAt(event, at).map(element => valueText(event, element)) : undefined

/** Reads the values at a path through lists, without those that are not there. */
export const readValues = (path: string): ReadTexts => {
  const steps = auditPath(path)
  return (event, index) =>
    placesOf(event, steps, index)
      ?.filter(at => at !== NOWHERE)
      .map(at => valueText(event, at))
}

/** Reads the values at a path through lists; undefined where one of them is not there. */
export const readWholeValues = (path: string): ReadTexts => {
  const steps = auditPath(path)
  return (event, index) => {
    const places = placesOf(event, steps, index)
    if (places === undefined || places.includes(NOWHERE)) return undefined
    return places.map(at => valueText(event, at))
  }
}

/** Reads the elements of the lists at a path through lists; what is no list there is passed over. */
export const readFlattened = (path: string): ReadTexts => {
  const steps = auditPath(path)
  return (event, index) =>
    placesOf(event, steps, index)?.flatMap(at => (at === NOWHERE ? [] : (elementTexts(event, at) ?? [])))
}
