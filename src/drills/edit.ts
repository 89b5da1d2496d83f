import { AuditError } from '../errors.ts'

/** A text with one place of it changed. Throws IMPOSSIBLE where it does not stand there exactly once: a drill that is not what it says. */
export const swap = (text: string, from: string, to: string): string => {
  const at = text.indexOf(from)
  if (at === -1 || text.includes(from, at + 1))
    throw new AuditError('IMPOSSIBLE', `a drill wants one ${JSON.stringify(from)} in its manifest`)
  return `${text.slice(0, at)}${to}${text.slice(at + from.length)}`
}

/** A text without some parts of it, each of which stands there once. */
export const without = (text: string, ...parts: readonly string[]): string =>
  parts.reduce((left, part) => swap(left, part, ''), text)
