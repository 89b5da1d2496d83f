import type { AuditError } from './errors.ts'
import type { Finding } from './finding.ts'

/** What kept a text from being read, as a finding about it: `code` is the error's with a word in front. */
export const errorFinding = (error: AuditError, about: string, file: string): Finding => ({
  code: `${about}-${error.code.toLowerCase().replaceAll('_', '-')}`,
  severity: 'error',
  message: error.message,
  file,
  ...(error.position ?? { line: 1, column: 1 })
})
