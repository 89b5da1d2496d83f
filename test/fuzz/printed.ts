import type { AuditError } from '../../src/errors.ts'
import type { Finding } from '../../src/finding.ts'
import { must } from './kind.ts'

// what could move a cursor, ring, or turn the direction of a text
const HARMFUL = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/

/** Fails where what is printed for people holds a character that a terminal would obey. */
export const mustBeSeemly = (printed: string): void => {
  const found = HARMFUL.exec(printed)
  must(
    found === null,
    () =>
      `a terminal would obey ${JSON.stringify(found?.[0])} in ${JSON.stringify(printed.slice(Math.max(0, (found?.index ?? 0) - 60), (found?.index ?? 0) + 20))}`
  )
}

/** Fails where an error points to a place that its text does not have, or says nothing; that is a refusal. */
export const mustTellPlace = (error: AuditError, text: string): 'refused' => {
  must(error.message.trim() !== '', 'an error says nothing')
  const { position } = error
  if (position === undefined || text === '') return 'refused'
  const lines = text.split('\n')
  must(
    position.line >= 1 &&
      position.line <= lines.length &&
      position.column >= 1 &&
      position.column <= (lines[position.line - 1]?.length ?? 0) + 2,
    () => `${error.code} is at ${position.line}:${position.column} of a text of ${lines.length} lines: ${error.message}`
  )
  return 'refused'
}

/** Fails where a finding points to a place that the text does not have. */
export const mustPointInto = (findings: readonly Finding[], text: string): void => {
  const lines = text.split('\n')
  for (const { line, column, code, message } of findings) {
    must(message.trim() !== '', `${code} says nothing`)
    if (line === undefined) continue
    const isInside =
      line >= 1 && line <= lines.length && (column ?? 1) >= 1 && (column ?? 1) <= (lines[line - 1]?.length ?? 0) + 2
    must(isInside, () => `${code} is at ${line}:${column} of a text of ${lines.length} lines`)
  }
}
