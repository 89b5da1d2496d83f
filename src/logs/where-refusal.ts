import { AuditError } from '../errors.ts'
import { isRecord } from '../text/guard.ts'
import { nearestWord } from '../text/nearest.ts'
import { WHERE_NAMES } from './where-variables.ts'

/** An expression that is none, with its place and what to write instead. */
export const refused = (expression: string, error: unknown): AuditError => {
  const range = isRecord(error) && isRecord(error.range) ? error.range : {}
  const { start, end } = range
  const [place, found] =
    typeof start === 'number' && typeof end === 'number'
      ? [placeIn(expression, start), expression.slice(start, end)]
      : ['', '']
  const hint = hintOf(summaryOf(error), found) ?? emptyHint(expression)
  return new AuditError('USAGE', `--where${place}: ${summaryOf(error)}${hint}`, { cause: error })
}

/** Where a place in an expression is, in words. */
export const placeIn = (expression: string, offset: number): string => {
  const lines = expression.slice(0, offset).split('\n')
  const column = (lines.at(-1) ?? '').length + 1
  return expression.includes('\n') ? `, line ${lines.length}, column ${column}` : `, column ${column}`
}

/** What is wrong, in a few words. */
export const summaryOf = (error: unknown): string => {
  // the errors of the evaluator have one besides their message, which draws the expression
  const summary = isRecord(error) && typeof error.summary === 'string' ? error.summary : messageOf(error)
  return summary === 'Unexpected token: EOF' ? 'the expression ends too soon' : summary
}

/** What an error says, whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** What to write instead of what was found. */
const hintOf = (summary: string, found: string): string | undefined => {
  const [, unknown] = /^Unknown variable: (\w+)$/.exec(summary) ?? []
  if (unknown !== undefined) {
    const near = nearestWord(unknown, WHERE_NAMES)
    return near === undefined ? `; an event has ${WHERE_NAMES.join(', ')}` : `; is it ${near}?`
  }
  if (summary === 'has() invalid argument') {
    // in CEL it asks for a member, and the fields of an event are variables here, which are always there
    const field = WHERE_NAMES.find(name => name !== 'event' && name === found)
    return field === undefined ? '; a member is wanted, as in has(objectRef.name)' : `; write has(event.${field})`
  }
  return summary === 'Unexpected character: =' ? '; equal is ==' : undefined
}

const emptyHint = (expression: string): string =>
  expression.trim() === '' ? '; an expression is wanted, such as responseStatus.code >= 400' : ''
