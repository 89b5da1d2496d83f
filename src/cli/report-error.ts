import { AuditError, errnoText } from '../errors.ts'
import { findingLines } from '../render/findings.ts'
import { jsonLine } from '../render/json-line.ts'
import { harmless, paintFor } from '../render/paint.ts'
import { exitCode } from './exit-codes.ts'
import { EXPLANATIONS } from './explain.ts'
import type { Io } from './io.ts'
import { errorJson } from './session.ts'

/** Tells of an error once, with its next step; gives the exit code. */
export const reportError = (error: unknown, argv: readonly string[], isJson: boolean, io: Io): number => {
  const known = error instanceof AuditError ? error : (refusalOf(error) ?? bugOf(error))
  const { exit, next: usual } = EXPLANATIONS[known.code]
  const next = known.next ?? usual
  const { path, position } = known
  const place = path !== undefined && position ? `${path}:${position.line}:${position.column}: ` : ''
  const message = shortened(`${place}${known.message}`)
  if (isJson) io.out(jsonLine(errorJson(known.code, message, next, known)))
  io.err(`auditpatch: ${toldText(message)}\n`)
  const others = known.findings.filter(
    finding => finding.severity === 'error' && !known.message.endsWith(finding.message)
  )
  for (const line of findingLines(others, paintFor(false), io.width)) io.err(`${line}\n`)
  io.err(`next: ${toldText(next)}\n`)
  if (known.code === 'IMPOSSIBLE' && known.cause instanceof Error)
    io.err(`${harmless(known.cause.stack ?? known.cause.message)}\n`)
  else if (argv.some(word => word === '--verbose' || /^-[a-z]*v[a-z]*$/.test(word))) tellCauses(known.cause, io)
  return exitCode(exit)
}

// a line break in a name must not begin a line of its own that looks like one of ours
const toldText = (text: string): string => harmless(text).replaceAll('\n', '\n  ')

const LONGEST = 4000

// a word of the input that a message names may be as long as the input
const shortened = (message: string): string =>
  message.length <= LONGEST ? message : `${message.slice(0, LONGEST / 2)} ... ${message.slice(-LONGEST / 2)}`

const tellCauses = (cause: unknown, io: Io): void => {
  if (!(cause instanceof Error)) return
  io.err(`cause: ${toldText(cause.message)}\n`)
  tellCauses(cause.cause, io)
}

// what the machine refuses at a place where nobody thought of it is still no bug
const refusalOf = (error: unknown): AuditError | undefined => {
  const why = errnoText(error)
  if (why === undefined || !(error instanceof Error)) return undefined
  if ('syscall' in error && error.syscall === 'uv_cwd')
    return new AuditError('NOT_FOUND', 'the working directory is not there any more', {
      next: 'change to a directory that is there, or give absolute paths',
      cause: error
    })
  const path = 'path' in error && typeof error.path === 'string' ? error.path : undefined
  const call = 'syscall' in error && typeof error.syscall === 'string' ? error.syscall : 'a system call'
  return new AuditError('CANNOT_READ', `${call}${path === undefined ? '' : ` ${path}`}: ${why}`, {
    path,
    next: 'check the disk, the mount and the permissions, then run again',
    cause: error
  })
}

const bugOf = (error: unknown): AuditError => {
  const message = error instanceof Error ? error.message : String(error)
  return new AuditError('IMPOSSIBLE', `unexpected: ${message}`, { cause: error })
}
