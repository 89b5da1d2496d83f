import { AuditError } from '../errors.ts'
import { findingLines } from '../render/findings.ts'
import { harmless, paintFor } from '../render/paint.ts'
import { exitCode } from './exit-codes.ts'
import { EXPLANATIONS } from './explain.ts'
import type { Io } from './io.ts'
import { errorJson } from './session.ts'

/** Tells of an error once, with its next step; gives the exit code. */
export const reportError = (error: unknown, argv: readonly string[], isJson: boolean, io: Io): number => {
  const known = error instanceof AuditError ? error : bugOf(error)
  const { exit, next: usual } = EXPLANATIONS[known.code]
  const next = known.next ?? usual
  const { path, position } = known
  const place = path !== undefined && position ? `${path}:${position.line}:${position.column}: ` : ''
  const message = `${place}${known.message}`
  if (isJson) io.out(`${JSON.stringify(errorJson(known.code, message, next, known))}\n`)
  io.err(`auditpatch: ${harmless(message)}\n`)
  const others = known.findings.filter(
    finding => finding.severity === 'error' && !known.message.endsWith(finding.message)
  )
  for (const line of findingLines(others, paintFor(false), io.width)) io.err(`${line}\n`)
  io.err(`next: ${harmless(next)}\n`)
  if (known.code === 'IMPOSSIBLE' && known.cause instanceof Error)
    io.err(`${known.cause.stack ?? known.cause.message}\n`)
  else if (argv.some(word => word === '--verbose' || /^-[a-z]*v[a-z]*$/.test(word))) tellCauses(known.cause, io)
  return exitCode(exit)
}

const tellCauses = (cause: unknown, io: Io): void => {
  if (!(cause instanceof Error)) return
  io.err(`cause: ${harmless(cause.message)}\n`)
  tellCauses(cause.cause, io)
}

const bugOf = (error: unknown): AuditError => {
  const message = error instanceof Error ? error.message : String(error)
  return new AuditError('IMPOSSIBLE', `unexpected: ${message}`, { cause: error })
}
