import { AuditError } from '../errors.ts'
import type { Finding } from '../finding.ts'

/** What an error says. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Does what is not worth failing for; gives the message when it failed. */
export const attempt = (action: () => void): string | undefined => {
  try {
    action()
    return undefined
  } catch (error) {
    if (error instanceof AuditError) return error.message
    throw error
  }
}

/** Does a part of the clean-up: a failure is a warning, for the change itself stands or is undone already. */
export const tidy = (what: string, action: () => void): Finding[] => {
  const fault = attempt(action)
  return fault === undefined ? [] : [{ code: 'clean-up-failed', severity: 'warning', message: `${what}: ${fault}` }]
}
